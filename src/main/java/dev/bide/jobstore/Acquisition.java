package dev.bide.jobstore;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Takes due triggers: one statement for a batch, without the cluster's lock.
 *
 * <p>A one-shot simple trigger that is due now, of a job that may run concurrently, is taken and fired in the same statement: {@code WAITING} →
 * {@code COMPLETE} with a fired-trigger entry that is {@code EXECUTING}. There is no moment in between in which it could be changed. Every other trigger goes
 * {@code WAITING} → {@code ACQUIRED}, and {@link Firing} confirms it.
 *
 * <p>Locks: rows locked by others are skipped, so this transaction never waits for a row, and can be part of no deadlock.
 *
 * <p>Used by the scheduler thread alone, but for {@link #lookFrom}.
 */
final class Acquisition {

    /**
     * Index qrtz_triggers_waiting, from its beginning or from a floor, n entries; then the rows by their addresses. {@code ctid = ANY (ARRAY (…))} makes the
     * inner query run once: with {@code IN (…)} PostgreSQL may run it again and lock more than n rows. OFFSET 0 keeps the condition from being evaluated for
     * each column.
     */
    private static final String TAKE = """
            WITH taken AS (
              UPDATE qrtz_triggers t
              SET (trigger_state, next_fire_time, prev_fire_time) = (
                SELECT CASE WHEN fire.now THEN 'COMPLETE' ELSE 'ACQUIRED' END,
                       CASE WHEN fire.now THEN -1 ELSE t.next_fire_time END,
                       CASE WHEN fire.now THEN t.next_fire_time ELSE t.prev_fire_time END
                FROM (SELECT t.next_fire_time <= ?
                             AND t.trigger_type = 'SIMPLE'
                             AND t.calendar_name IS NULL
                             AND t.prev_fire_time IS DISTINCT FROM t.next_fire_time
                             AND (t.job_group || chr(1) || t.job_name) = ANY (?)
                             AND COALESCE((SELECT s.repeat_count = 0 FROM qrtz_simple_triggers s
                                           WHERE s.sched_name = t.sched_name AND s.trigger_name = t.trigger_name
                                             AND s.trigger_group = t.trigger_group), false) AS now
                      OFFSET 0) fire)
              WHERE t.ctid = ANY (ARRAY (
                SELECT w.ctid FROM qrtz_triggers w
                WHERE w.sched_name = ? AND w.trigger_state = 'WAITING'
                  AND w.next_fire_time >= ? AND w.next_fire_time <= ?
                  AND (w.misfire_instr = -1 OR w.next_fire_time >= ?)
                ORDER BY w.next_fire_time, w.priority DESC
                LIMIT ?
                FOR UPDATE SKIP LOCKED))
              RETURNING t.trigger_name, t.trigger_group, t.job_name, t.job_group, t.description, t.priority, t.trigger_type,
                t.trigger_state, t.start_time, t.end_time, t.calendar_name, t.misfire_instr, t.job_data, t.prev_fire_time,
                CASE t.trigger_state WHEN 'COMPLETE' THEN t.prev_fire_time ELSE t.next_fire_time END AS due,
                t.ctid::text AS row_address, t.xmin::text AS row_version),
            numbered AS (
              SELECT taken.*, ? || (? + row_number() OVER ()) AS entry_id FROM taken),
            entered AS (
              INSERT INTO qrtz_fired_triggers (sched_name, entry_id, trigger_name, trigger_group, instance_name, fired_time, sched_time,
                priority, state, job_name, job_group, is_nonconcurrent, requests_recovery)
              SELECT ?, n.entry_id, n.trigger_name, n.trigger_group, ?, ?, n.due, n.priority,
                CASE n.trigger_state WHEN 'COMPLETE' THEN 'EXECUTING' ELSE 'ACQUIRED' END,
                n.job_name, n.job_group, false, (n.job_group || chr(1) || n.job_name) = ANY (?)
              FROM numbered n)
            SELECT n.*, pg_current_xact_id()::text AS transaction_id FROM numbered n
            """;

    /** Index qrtz_triggers_waiting, its first visible entry from the floor on. */
    private static final String NEXT = """
            SELECT w.next_fire_time FROM qrtz_triggers w
            WHERE w.sched_name = ? AND w.trigger_state = 'WAITING' AND w.next_fire_time >= ?
              AND (w.misfire_instr = -1 OR w.next_fire_time >= ?)
            ORDER BY w.next_fire_time
            LIMIT 1
            """;

    private final Tables tables;
    private final Jobs jobs;
    private final TakenTriggers builder;
    private final Counters counters;
    private final Floor floor = new Floor();
    // 20 bits for the entries of a millisecond: a later life of the same instance id starts with a higher number.
    private final AtomicLong entries = new AtomicLong(System.currentTimeMillis() << 20);

    Acquisition(Tables tables, Jobs jobs, TakenTriggers builder, Counters counters) {
        this.tables = tables;
        this.jobs = jobs;
        this.builder = builder;
        this.counters = counters;
    }

    /** A trigger due at this time may have come in below the floor. */
    void lookFrom(long fireTime) {
        floor.lower(fireTime);
    }

    /** The fire time of the first trigger that waits, in milliseconds since the epoch; Long.MAX_VALUE where there is none. */
    long next(Connection connection, long misfireTime) throws SQLException {
        counters.statements.increment();
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(NEXT))) {
            statement.setString(1, tables.scheduler());
            statement.setLong(2, floor.peek());
            statement.setLong(3, misfireTime);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getLong(1) : Long.MAX_VALUE;
            }
        }
    }

    /**
     * In the order in which they are due. Triggers that can't be read are in the state ERROR when the transaction commits, and not among them.
     *
     * @param until the latest fire time to take
     */
    List<Taken> take(Transactions.Transaction transaction, long now, long until, long misfireTime, int limit)
            throws SQLException {
        Connection connection = transaction.connection;
        jobs.refresh(connection);
        counters.statements.increment();
        counters.acquisitions.increment();
        Floor.Scan scan = floor.begin();
        List<TakenRow> rows = new ArrayList<>(limit);
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(TAKE))) {
            int i = 1;
            statement.setLong(i++, now);
            statement.setArray(i++, jobs.concurrent(connection));
            statement.setString(i++, tables.scheduler());
            statement.setLong(i++, scan.from());
            statement.setLong(i++, until);
            statement.setLong(i++, misfireTime);
            statement.setInt(i++, limit);
            statement.setString(i++, tables.instance());
            statement.setLong(i++, entries.getAndAdd(limit));
            statement.setString(i++, tables.scheduler());
            statement.setString(i++, tables.instance());
            statement.setLong(i++, now);
            statement.setArray(i, jobs.recoverable(connection));
            statement.setFetchSize(0);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    if (rows.isEmpty()) {
                        transaction.id(row.getString("transaction_id"));
                    }
                    rows.add(TakenRow.read(row));
                }
            }
        }
        rows.sort(Comparator.comparingLong(TakenRow::due)
                .thenComparing(Comparator.comparingInt(TakenRow::priority).reversed()));
        long last = rows.isEmpty() ? until : rows.get(rows.size() - 1).due();
        floor.end(scan, rows.size() == limit ? last : Math.min(until, now), now);
        return builder.build(connection, rows);
    }

    /**
     * Where in the index to begin. While a transaction anywhere holds back vacuum, the entries of triggers already taken stay at its front, and a scan from the
     * beginning reads all of them each time. So a scan begins where the one before ended, and a scan from the very beginning is made every so often, for
     * triggers that came in late with an early fire time; the longer it takes the rarer it is.
     */
    private static final class Floor {
        private static final long FULL_SCAN_NANOS = TimeUnit.SECONDS.toNanos(1);
        private static final int SHARE = 20;
        /** A trigger due now is visible only when the transaction that stores it has committed. */
        private static final long MARGIN_MILLIS = 1_000;

        record Scan(long from, long startedAt, long lowered) {}

        private long value;
        private long lowered;
        private long nextFullScan = System.nanoTime();

        synchronized void lower(long fireTime) {
            value = Math.min(value, fireTime);
            lowered++;
        }

        synchronized long peek() {
            return value;
        }

        synchronized Scan begin() {
            long now = System.nanoTime();
            return new Scan(now - nextFullScan >= 0 ? 0 : value, now, lowered);
        }

        synchronized void end(Scan scan, long reached, long now) {
            long ended = System.nanoTime();
            if (scan.from() == 0) {
                nextFullScan = ended + Math.max(FULL_SCAN_NANOS, SHARE * (ended - scan.startedAt()));
            }
            if (lowered == scan.lowered()) {
                value = Math.min(reached, now - MARGIN_MILLIS);
            }
        }
    }
}
