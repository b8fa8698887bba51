package dev.bide.jobstore;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Takes due triggers: one statement for a batch, without the cluster's lock.
 *
 * <p>A {@link PlainOneShot} that is due now, of a durable job that may run concurrently, is taken and fired in the same statement: its rows go, and a fired-trigger
 * entry that is {@code EXECUTING} stands for it. There is no moment in between in which it could be changed. Every other trigger goes {@code WAITING} →
 * {@code ACQUIRED}, and {@link Firing} confirms it.
 *
 * <p>Locks: rows locked by others are skipped, so this transaction never waits for a row, and can be part of no deadlock.
 *
 * <p>Used by the scheduler thread alone, but for {@link #lookFrom}.
 */
final class Acquisition {

    /**
     * Index qrtz_triggers_waiting, from its beginning or from a floor, n entries; then the rows by their addresses, and by primary key what belongs to them.
     * {@code ctid = ANY (ARRAY (…))} makes a query run once: with {@code IN (…)} PostgreSQL may run it again and lock more than n rows. A row that was changed
     * between the statement's snapshot and its lock is locked and not taken; the next statement finds it.
     */
    private static final String TAKE = """
            WITH picked AS MATERIALIZED (
              SELECT w.ctid AS address,
                w.end_time IS NULL AND w.next_fire_time <= ? AND (w.job_group || chr(1) || w.job_name) = ANY (?) AS at_once
              FROM qrtz_triggers w
              WHERE w.sched_name = ? AND w.trigger_state = 'WAITING'
                AND w.next_fire_time >= ? AND w.next_fire_time <= ?
                AND (w.misfire_instr = -1 OR w.next_fire_time >= ?)
              ORDER BY w.next_fire_time, w.priority DESC
              LIMIT ?
              FOR UPDATE SKIP LOCKED),
            fired AS (
              DELETE FROM qrtz_triggers t
              WHERE t.ctid = ANY (ARRAY (SELECT address FROM picked WHERE at_once))
              RETURNING t.*, t.ctid AS address, t.xmin AS version),
            fired_details AS (
              DELETE FROM qrtz_simple_triggers
              WHERE sched_name = ? AND trigger_name = ANY (ARRAY (SELECT trigger_name FROM fired))
                AND trigger_group = ANY (ARRAY (SELECT DISTINCT trigger_group FROM fired))
                AND ((trigger_name, trigger_group) IN (SELECT trigger_name, trigger_group FROM fired)) IS TRUE),
            acquired AS (
              UPDATE qrtz_triggers t SET trigger_state = 'ACQUIRED'
              WHERE t.ctid = ANY (ARRAY (SELECT address FROM picked WHERE NOT at_once))
              RETURNING t.*, t.ctid AS address, t.xmin AS version),
            taken AS (
              SELECT true AS fired, ? || address::text AS entry_id, fired.* FROM fired
              UNION ALL
              SELECT false, ? || address::text, acquired.* FROM acquired),
            entered AS (
              INSERT INTO qrtz_fired_triggers (sched_name, entry_id, trigger_name, trigger_group, instance_name, fired_time, sched_time,
                priority, state, job_name, job_group, is_nonconcurrent, requests_recovery)
              SELECT t.sched_name, t.entry_id, t.trigger_name, t.trigger_group, ?, ?, t.next_fire_time, t.priority,
                CASE WHEN t.fired THEN 'EXECUTING' ELSE 'ACQUIRED' END, t.job_name, t.job_group,
                CASE WHEN t.fired THEN NULL ELSE false END, (t.job_group || chr(1) || t.job_name) = ANY (?)
              FROM taken t)
            SELECT t.fired, t.entry_id, t.trigger_name, t.trigger_group, t.job_name, t.job_group, t.description, t.next_fire_time,
              t.prev_fire_time, t.priority, t.trigger_type, t.start_time, t.end_time, t.calendar_name, t.misfire_instr, t.job_data,
              t.address::text AS row_address, t.version::text AS row_version, pg_current_xact_id()::text AS transaction_id
            FROM taken t
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
    private final EntryIds entryIds;

    Acquisition(Tables tables, EntryIds entryIds, Jobs jobs, TakenTriggers builder, Counters counters) {
        this.tables = tables;
        this.entryIds = entryIds;
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
            String batch = entryIds.nextBatch();
            int i = 1;
            statement.setLong(i++, now);
            statement.setArray(i++, jobs.fireableAtOnce(connection));
            statement.setString(i++, tables.scheduler());
            statement.setLong(i++, scan.from());
            statement.setLong(i++, until);
            statement.setLong(i++, misfireTime);
            statement.setInt(i++, limit);
            statement.setString(i++, tables.scheduler());
            statement.setString(i++, batch);
            statement.setString(i++, batch);
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
