package dev.bide.jobstore.internal.cluster;

import dev.bide.jobstore.internal.fire.EntryIds;
import dev.bide.jobstore.internal.sql.Tables;
import dev.bide.jobstore.internal.sql.Transactions;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Finds fired-trigger entries that nobody thinks of: in this node's name and not in its hands, or in the name of an instance that is no member any more.
 *
 * <p>While a transaction anywhere holds back vacuum, the dead entries of millions of executions stay in the table and its index. So the look that is made every few
 * seconds reads this node's entries from where it may have any: ids are ordered, and all before the oldest in hand were seen to be gone. Everything is read
 * rarely, and the more so the longer it takes.
 *
 * <p>Used by one thread.
 */
public final class Leftovers {
    private static final long STRAY_MILLIS = TimeUnit.SECONDS.toMillis(10);
    private static final long RECENT_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long ALL_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int SHARE = 100;

    /** A transaction that took a batch has ended after so long, or will never commit. */
    private static final long SETTLED_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** What is not found in it is found when vacuum has been there. A million dead entries took 0.13 s. */
    private static final String PATIENCE = "SET LOCAL statement_timeout = '5s'";

    /** Primary key, from the oldest entry that may be there. */
    private static final String RECENT = """
            SELECT entry_id FROM qrtz_fired_triggers
            WHERE sched_name = ? AND entry_id >= ? AND entry_id < ? AND instance_name = ? AND fired_time < ?
            """;

    /** All of two tables. */
    private static final String ALL = """
            SELECT f.instance_name, f.entry_id FROM qrtz_fired_triggers f
            WHERE f.sched_name = ? AND f.fired_time < ?
              AND (f.instance_name = ?
                OR NOT EXISTS (SELECT 1 FROM qrtz_scheduler_state s WHERE s.sched_name = f.sched_name AND s.instance_name = f.instance_name))
            """;

    /**
     * @param own entries in this node's name that are some seconds old
     * @param vanished instances that have entries and are no members. One that was given up for dead, woke in the middle of a batch and died for good left them after
     *     it was recovered; Quartz looks for such only at a node's first check-in
     */
    record Found(List<String> own, List<String> vanished) {}

    private record Mark(long number, long nanos) {}

    private final Tables tables;
    private final Transactions transactions;
    private final EntryIds entryIds;
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private long nextRecent;
    private long nextAll;
    private Mark settled;
    private Mark next;

    public Leftovers(
            Tables tables, Transactions transactions, EntryIds entryIds, InstantSource clock, LongSupplier nanoTime) {
        this.tables = tables;
        this.transactions = transactions;
        this.entryIds = entryIds;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.nextRecent = nanoTime.getAsLong();
        this.nextAll = nextRecent;
        this.settled = new Mark(0, nextRecent);
        this.next = settled;
    }

    /** @param oldestInHand the number of the oldest batch of which this node has something in hand; Long.MAX_VALUE where it has nothing */
    Found look(long oldestInHand) throws SQLException {
        long now = nanoTime.getAsLong();
        moveOn(now);
        if (now - nextAll >= 0) {
            try {
                return all();
            } finally {
                long ended = nanoTime.getAsLong();
                nextAll = ended + Math.max(ALL_NANOS, SHARE * (ended - now));
                nextRecent = ended + RECENT_NANOS;
            }
        }
        if (now - nextRecent >= 0) {
            nextRecent = now + RECENT_NANOS;
            return new Found(recent(Math.min(settled.number(), oldestInHand)), List.of());
        }
        return new Found(List.of(), List.of());
    }

    private void moveOn(long now) {
        if (now - next.nanos() >= SETTLED_NANOS) {
            settled = next;
            next = new Mark(entryIds.next(), now);
        }
    }

    private List<String> recent(long from) throws SQLException {
        return transactions.run(transaction -> {
            List<String> entries = new ArrayList<>();
            try (PreparedStatement statement = transaction.connection.prepareStatement(tables.sql(RECENT))) {
                statement.setString(1, tables.scheduler());
                statement.setString(2, entryIds.from(from));
                statement.setString(3, entryIds.end());
                statement.setString(4, tables.instance());
                statement.setLong(5, clock.millis() - STRAY_MILLIS);
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        entries.add(row.getString(1));
                    }
                }
            }
            return entries;
        });
    }

    private Found all() throws SQLException {
        return transactions.run(transaction -> {
            Found found = new Found(new ArrayList<>(), new ArrayList<>());
            try (Statement patience = transaction.connection.createStatement();
                    PreparedStatement statement = transaction.connection.prepareStatement(tables.sql(ALL))) {
                patience.execute(PATIENCE);
                statement.setString(1, tables.scheduler());
                statement.setLong(2, clock.millis() - STRAY_MILLIS);
                statement.setString(3, tables.instance());
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        String instance = row.getString(1);
                        if (instance.equals(tables.instance())) {
                            found.own().add(row.getString(2));
                        } else if (!found.vanished().contains(instance)) {
                            found.vanished().add(instance);
                        }
                    }
                }
            }
            return found;
        });
    }
}
