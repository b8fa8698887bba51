package dev.bide.jobstore.internal.fire;

import dev.bide.jobstore.internal.sql.Counters;
import dev.bide.jobstore.internal.sql.Tables;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Looks every so often for triggers that came in late with an early fire time, below the {@link Floor}, while lanes are held: in place of a scan from the very beginning,
 * which would fetch each of the million rows that may be held from the table, to lock what it finds. This reads the index alone, and finds one moment after the other.
 *
 * <p>A pass over what is held that finds nothing and takes long comes half as often each time, up to every 20 s. So one that another node stored below this node's floor,
 * by a commit that took longer than a second, may go out that much later while a large lane is held. What this node stores lowers its floor.
 *
 * <p>For the scheduler thread.
 */
final class Probe {
    /** Moments in one take; the pass goes on with the next. */
    static final int MOST = 32;

    /** Nothing is below. */
    static final long NOTHING = Long.MAX_VALUE;

    private static final long SHORTEST_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long LONG_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final int SHARE = 20;

    /** Index qrtz_triggers_waiting, and nothing else: what is not in it, as how a misfire is dealt with, may not be named here. */
    private static final String FIRST = """
            SELECT w.next_fire_time FROM qrtz_triggers w
            WHERE w.sched_name = ? AND w.trigger_state = 'WAITING' AND w.next_fire_time >= ? AND w.next_fire_time < ?
              AND (w.priority <> ALL (?)) IS NOT FALSE
            ORDER BY w.next_fire_time
            LIMIT 1
            """;

    private final Tables tables;
    private final Counters counters;
    private final LongSupplier nanos;

    private long interval = SHORTEST_NANOS;
    private long nextAt;
    private long position;
    private boolean underWay;
    private boolean found;
    private long took;

    Probe(Tables tables, Counters counters, LongSupplier nanos) {
        this.tables = tables;
        this.counters = counters;
        this.nanos = nanos;
        this.nextAt = nanos.getAsLong();
    }

    boolean isDue() {
        return underWay || nanos.getAsLong() - nextAt >= 0;
    }

    /** Whether a pass goes on with the next take. */
    boolean isUnderWay() {
        return underWay;
    }

    /** Where to look first. */
    long begin() {
        if (!underWay) {
            position = 0;
            took = 0;
            found = false;
            underWay = true;
        }
        return position;
    }

    /** The first fire time from {@code from} up to but not at {@code below}, of a trigger that is in none of these lanes; {@link #NOTHING} where there is none. */
    long next(Connection connection, long from, long below, Set<Integer> leftOut) throws SQLException {
        long begun = nanos.getAsLong();
        counters.statements.increment();
        try (PreparedStatement select = connection.prepareStatement(tables.sql(FIRST))) {
            select.setString(1, tables.scheduler());
            select.setLong(2, from);
            select.setLong(3, below);
            select.setArray(4, connection.createArrayOf("int", leftOut.toArray()));
            try (ResultSet row = select.executeQuery()) {
                if (row.next()) {
                    found = true;
                    return row.getLong(1);
                }
                return NOTHING;
            }
        } finally {
            took += nanos.getAsLong() - begun;
        }
    }

    /** There may be more from there on. */
    void stopped(long at) {
        position = at;
    }

    /** All was seen. */
    void over() {
        underWay = false;
        interval = !found && took > LONG_NANOS ? Math.min(2 * interval, LONGEST_NANOS) : SHORTEST_NANOS;
        nextAt = nanos.getAsLong() + Math.max(interval, Math.min(SHARE * took, LONGEST_NANOS));
    }

    /** What was found may be there still: from the beginning. */
    void again() {
        underWay = false;
        nextAt = nanos.getAsLong();
    }

    /** No lane is held any more: what is left is taken with all the others, and a pass that was stopped is not gone on with. */
    void drop() {
        if (underWay) {
            again();
        }
    }
}
