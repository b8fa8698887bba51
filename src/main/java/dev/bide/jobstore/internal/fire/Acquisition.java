package dev.bide.jobstore.internal.fire;

import dev.bide.jobstore.Lanes;
import dev.bide.jobstore.internal.fire.TakeStatement.TakenRow;
import dev.bide.jobstore.internal.sql.Counters;
import dev.bide.jobstore.internal.sql.Tables;
import dev.bide.jobstore.internal.sql.Transactions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Takes due triggers: one statement for a batch, without the cluster's lock; and one more for {@link Lanes} that are held and have room.
 *
 * <p>A {@code PlainOneShot} that is due now, of a durable job that may run concurrently, is taken and fired in the same statement: its rows go, and a fired-trigger
 * entry that is {@code EXECUTING} stands for it. There is no moment in between in which it could be changed. Every other trigger goes {@code WAITING} →
 * {@code ACQUIRED}, and {@link ConfirmStatement} confirms it.
 *
 * <p>Used by the scheduler thread alone, but for {@code lookFrom} and {@link #next}.
 */
public final class Acquisition {

    /** Index qrtz_triggers_waiting, its first visible entry from the floor on. */
    private static final String NEXT = """
            SELECT w.next_fire_time FROM qrtz_triggers w
            WHERE w.sched_name = ? AND w.trigger_state = 'WAITING' AND w.next_fire_time >= ? AND w.next_fire_time <= ?
              AND (w.misfire_instr = -1 OR w.next_fire_time >= ?)
            ORDER BY w.next_fire_time
            LIMIT 1
            """;

    private static final String NEXT_BUT_LANES =
            NEXT.replace("ORDER BY", "  AND (w.priority <> ALL (?)) IS NOT FALSE\nORDER BY");

    /** Index qrtz_triggers_lane, the first visible entry of each lane from its floor on. */
    private static final String NEXT_OF_LANES = """
            SELECT min(w.next_fire_time) FROM unnest(?::int[], ?::bigint[]) AS l (lane, floor)
            CROSS JOIN LATERAL (
              SELECT t.next_fire_time FROM qrtz_triggers t
              WHERE t.sched_name = ? AND t.trigger_state = 'WAITING' AND t.priority = l.lane
                AND t.next_fire_time >= l.floor AND t.next_fire_time <= ?
                AND (t.misfire_instr = -1 OR t.next_fire_time >= ?)
              ORDER BY t.next_fire_time
              LIMIT 1) w
            """;

    /**
     * @param triggers in the order in which they are due; those that can't be read are in the state ERROR when the transaction commits, and not among them
     * @param isFull whether more may be due than were asked for
     */
    record Batch(List<Taken> triggers, boolean isFull) {}

    private final Tables tables;
    private final Jobs jobs;
    private final TakenTriggers builder;
    private final Counters counters;
    private final TakeStatement statement;
    private final LaneTurns lanes;
    private final Floor floor = new Floor();
    private final Probe probe;
    private LaneTurns.Turn turn = LaneTurns.Turn.NONE;
    private Set<Integer> emptied = Set.of();
    private long from;

    public Acquisition(
            Tables tables, EntryIds entryIds, Jobs jobs, TakenTriggers builder, Counters counters, Lanes lanes) {
        this.tables = tables;
        this.jobs = jobs;
        this.builder = builder;
        this.counters = counters;
        this.statement = new TakeStatement(tables, entryIds, counters);
        this.lanes = new LaneTurns(lanes);
        this.probe = new Probe(tables, counters, System::nanoTime);
    }

    /** A trigger due at this time may have come in below the floor. */
    void lookFrom(long fireTime) {
        floor.lower(fireTime);
        lanes.lower(fireTime);
    }

    /** One of this lane: where it is left out, only who looks there has to begin so early. */
    void lookFrom(long fireTime, int lane) {
        if (!lanes.lower(lane, fireTime)) {
            lookFrom(fireTime);
        }
    }

    /**
     * The fire time of the first trigger that waits to be taken, in milliseconds since the epoch; Long.MAX_VALUE where there is none up to a time: what is far ahead is
     * not looked at, or the many of a lane that is held would be.
     */
    public long next(Connection connection, long until, long misfireTime) throws SQLException {
        LaneTurns.Turn now = lanes.look(1);
        long next = nextButLanes(connection, now, floor.peek(), until, misfireTime);
        return Math.min(next, nextOfLanes(connection, now, until, misfireTime));
    }

    /** The same for who takes only what this finds: from the very beginning every so often. */
    long nextToTake(Connection connection, long until, long misfireTime) throws SQLException {
        LaneTurns.Turn now = lanes.look(1);
        Floor.Scan scan = floor.begin();
        long next = nextButLanes(connection, now, scan.from(), until, misfireTime);
        floor.looked(scan);
        if (next <= until) {
            floor.lower(next);
        }
        return Math.min(next, nextOfLanes(connection, now, until, misfireTime));
    }

    private long nextButLanes(Connection connection, LaneTurns.Turn now, long from, long until, long misfireTime)
            throws SQLException {
        counters.statements.increment();
        long next = Long.MAX_VALUE;
        try (PreparedStatement select =
                connection.prepareStatement(tables.sql(now.leftOut().isEmpty() ? NEXT : NEXT_BUT_LANES))) {
            select.setString(1, tables.scheduler());
            select.setLong(2, from);
            select.setLong(3, until);
            select.setLong(4, misfireTime);
            if (!now.leftOut().isEmpty()) {
                select.setArray(5, connection.createArrayOf("int", now.leftOut().toArray()));
            }
            try (ResultSet row = select.executeQuery()) {
                if (row.next()) {
                    next = row.getLong(1);
                }
            }
        }
        return next;
    }

    private long nextOfLanes(Connection connection, LaneTurns.Turn now, long until, long misfireTime)
            throws SQLException {
        if (!now.isOpen()) {
            return Long.MAX_VALUE;
        }
        Set<Integer> open = now.open().keySet();
        counters.statements.increment();
        try (PreparedStatement select = connection.prepareStatement(tables.sql(NEXT_OF_LANES))) {
            select.setArray(1, connection.createArrayOf("int", open.toArray()));
            select.setArray(
                    2,
                    connection.createArrayOf(
                            "bigint",
                            open.stream().map(lane -> lanes.floor(lane).peek()).toArray()));
            select.setString(3, tables.scheduler());
            select.setLong(4, until);
            select.setLong(5, misfireTime);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                long next = row.getLong(1);
                return row.wasNull() ? Long.MAX_VALUE : next;
            }
        }
    }

    /**
     * Followed by {@link #committed} or {@link #failed}.
     *
     * @param until the latest fire time to take
     */
    Batch take(Transactions.Transaction transaction, long now, long until, long misfireTime, int limit)
            throws SQLException {
        Connection connection = transaction.connection;
        jobs.refresh(connection);
        counters.acquisitions.increment();
        turn = lanes.look(limit);
        from = Long.MAX_VALUE;
        TakeStatement.Wanted wanted = new TakeStatement.Wanted(now, until, misfireTime, jobs.choice(connection));
        int forAll = limit - lanes.reserved(turn, limit);
        List<TakenRow> rows = new ArrayList<>(limit);
        if (forAll > 0) {
            takeOfAll(transaction, wanted, forAll, rows);
        }
        boolean isFull = rows.size() == forAll || probe.isUnderWay();
        if (turn.isOpen()) {
            isFull |= takeOfLanes(transaction, wanted, limit - rows.size(), rows);
        }
        rows.sort(Comparator.comparingLong(TakenRow::due)
                .thenComparing(Comparator.comparingInt(TakenRow::priority).reversed()));
        return new Batch(builder.build(connection, rows), isFull);
    }

    private void takeOfAll(
            Transactions.Transaction transaction, TakeStatement.Wanted wanted, int most, List<TakenRow> rows)
            throws SQLException {
        boolean besideLanes = !turn.leftOut().isEmpty();
        Floor.Scan scan = begin(besideLanes ? floor.beginAbove() : floor.begin());
        if (!besideLanes) {
            probe.drop();
        } else if (probe.isDue()) {
            takeEarly(transaction, wanted, scan.from(), most, rows);
        }
        int left = most - rows.size();
        if (left > 0) {
            List<TakenRow> taken = statement.all(transaction, wanted, scan.from(), turn.leftOut(), left);
            floor.end(scan, reached(taken, left, wanted), wanted.now());
            rows.addAll(taken);
        }
    }

    /** Those that came in below where the scan begins, moment by moment: to begin the scan with them would lead it through all that is held since. */
    private void takeEarly(
            Transactions.Transaction transaction,
            TakeStatement.Wanted wanted,
            long below,
            int most,
            List<TakenRow> rows)
            throws SQLException {
        long position = probe.begin();
        for (int i = 0; i < Probe.MOST && rows.size() < most; i++) {
            long at = probe.next(transaction.connection, position, below, turn.leftOut());
            if (at == Probe.NOTHING) {
                probe.over();
                return;
            }
            int asked = most - rows.size();
            TakeStatement.Wanted only = new TakeStatement.Wanted(wanted.now(), at, wanted.misfireTime(), wanted.jobs());
            List<TakenRow> taken = statement.all(transaction, only, at, turn.leftOut(), asked);
            rows.addAll(taken);
            // Of fewer than asked for the others are locked, or wait for their misfire.
            position = taken.size() < asked ? at + 1 : at;
        }
        probe.stopped(position);
    }

    /** Whether more may be due than was taken for want of room in the batch. */
    private boolean takeOfLanes(
            Transactions.Transaction transaction, TakeStatement.Wanted wanted, int limit, List<TakenRow> rows)
            throws SQLException {
        Map<Integer, Integer> asked = lanes.divide(turn, limit);
        if (asked.isEmpty()) {
            return true;
        }
        Map<Integer, Floor.Scan> scans = new LinkedHashMap<>();
        asked.keySet()
                .forEach(lane -> scans.put(lane, begin(lanes.floorToScan(lane).begin())));
        List<TakenRow> taken = statement.ofLanes(transaction, wanted, asked, scans);
        Map<Integer, List<TakenRow>> byLane = taken.stream().collect(Collectors.groupingBy(TakenRow::priority));
        emptied = new TreeSet<>();
        boolean isFull = false;
        for (Map.Entry<Integer, Floor.Scan> scan : scans.entrySet()) {
            int lane = scan.getKey();
            int most = asked.getOrDefault(lane, 0);
            List<TakenRow> ofLane = byLane.getOrDefault(lane, List.of());
            lanes.floor(lane).end(scan.getValue(), reached(ofLane, most, wanted), wanted.now());
            if (ofLane.size() < most) {
                emptied.add(lane);
            } else {
                isFull |= most < turn.open().getOrDefault(lane, 0);
            }
        }
        rows.addAll(taken);
        return isFull;
    }

    private Floor.Scan begin(Floor.Scan scan) {
        from = Math.min(from, scan.from());
        return scan;
    }

    private static long reached(List<TakenRow> rows, int asked, TakeStatement.Wanted wanted) {
        return rows.size() < asked
                ? Math.min(wanted.until(), wanted.now())
                : rows.stream().mapToLong(TakenRow::due).max().orElse(0);
    }

    /** One that was just taken, and can't be fired. */
    void setAside(Connection connection, Taken taken) throws SQLException {
        builder.setAside(connection, taken);
    }

    /** What was taken last is this node's. */
    void committed() {
        lanes.committed(turn, emptied);
        turn = LaneTurns.Turn.NONE;
        emptied = Set.of();
    }

    /** What would have been taken waits still, or nobody knows: it is looked for again. */
    void failed() {
        lanes.failed(turn);
        lookFrom(from);
        probe.again();
        turn = LaneTurns.Turn.NONE;
        emptied = Set.of();
    }
}
