package dev.bide.jobstore.internal.fire;

import dev.bide.jobstore.internal.sql.Counters;
import dev.bide.jobstore.internal.sql.Tables;
import dev.bide.jobstore.internal.sql.Transactions;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.quartz.JobKey;
import org.quartz.TriggerKey;

/**
 * The statement that takes due triggers, in its two forms: all that are due, but for lanes left out; and some lanes, so many of each.
 *
 * <p>Locks: rows locked by others are skipped, so this never waits for a row, and can be part of no deadlock.
 */
final class TakeStatement {

    /**
     * Index qrtz_triggers_waiting, from its beginning or from a floor, n entries; then the rows by their addresses, and by primary key what belongs to them.
     * {@code ctid = ANY (ARRAY (…))} makes a query run once: with {@code IN (…)} PostgreSQL may run it again and lock more than n rows. A row that was changed
     * between the statement's snapshot and its lock is locked and not taken; the next statement finds it.
     */
    private static final String ALL = """
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
            """;

    /** The same, but what is passed over is read: what is of these lanes from the floor on. */
    private static final String ALL_BUT_LANES =
            ALL.replace("  ORDER BY w.next", "    AND (w.priority <> ALL (?)) IS NOT FALSE\n  ORDER BY w.next");

    /** Index qrtz_triggers_lane, once for each lane: from its floor on, as many entries as are asked for. */
    private static final String OF_LANES = """
            WITH picked AS MATERIALIZED (
              SELECT w.ctid AS address,
                w.end_time IS NULL AND w.next_fire_time <= ? AND (w.job_group || chr(1) || w.job_name) = ANY (?) AS at_once
              FROM unnest(?::int[], ?::int[], ?::bigint[]) AS l (lane, most, floor)
              CROSS JOIN LATERAL (
                SELECT t.ctid, t.* FROM qrtz_triggers t
                WHERE t.sched_name = ? AND t.trigger_state = 'WAITING' AND t.priority = l.lane
                  AND t.next_fire_time >= l.floor AND t.next_fire_time <= ?
                  AND (t.misfire_instr = -1 OR t.next_fire_time >= ?)
                ORDER BY t.next_fire_time
                LIMIT l.most
                FOR UPDATE SKIP LOCKED) w),
            """;

    private static final String TAKE = """
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

    /**
     * @param until the latest fire time to take
     * @param jobs of which triggers are taken and fired at once, and which are repeated after a crash
     */
    record Wanted(long now, long until, long misfireTime, Jobs.Choice jobs) {}

    /** What the statement that takes triggers returns of each, before anything of it is trusted to be readable. */
    record TakenRow(
            String entryId,
            TriggerKey key,
            JobKey jobKey,
            @Nullable String description,
            int priority,
            String type,
            boolean fired,
            long startTime,
            long endTime,
            @Nullable String calendar,
            int misfireInstruction,
            byte @Nullable [] data,
            long previousFireTime,
            long due,
            String rowAddress,
            String rowVersion) {

        static TakenRow read(ResultSet row) throws SQLException {
            return new TakenRow(
                    row.getString("entry_id"),
                    new TriggerKey(row.getString("trigger_name"), row.getString("trigger_group")),
                    new JobKey(row.getString("job_name"), row.getString("job_group")),
                    row.getString("description"),
                    row.getInt("priority"),
                    row.getString("trigger_type"),
                    row.getBoolean("fired"),
                    row.getLong("start_time"),
                    row.getLong("end_time"),
                    row.getString("calendar_name"),
                    row.getInt("misfire_instr"),
                    row.getBytes("job_data"),
                    row.getLong("prev_fire_time"),
                    row.getLong("next_fire_time"),
                    row.getString("row_address"),
                    row.getString("row_version"));
        }

        /** Recovery leaves a trigger waiting for the time at which it fired already. */
        boolean recovering() {
            return !fired && previousFireTime == due;
        }
    }

    private final Tables tables;
    private final Counters counters;
    private final EntryIds entryIds;
    private final String all;
    private final String allButLanes;
    private final String ofLanes;

    TakeStatement(Tables tables, EntryIds entryIds, Counters counters) {
        this.tables = tables;
        this.counters = counters;
        this.entryIds = entryIds;
        this.all = tables.sql(ALL + TAKE);
        this.allButLanes = tables.sql(ALL_BUT_LANES + TAKE);
        this.ofLanes = tables.sql(OF_LANES + TAKE);
    }

    /** In no order. */
    List<TakenRow> all(Transactions.Transaction transaction, Wanted wanted, long floor, Set<Integer> leftOut, int limit)
            throws SQLException {
        Connection connection = transaction.connection;
        try (PreparedStatement statement = connection.prepareStatement(leftOut.isEmpty() ? all : allButLanes)) {
            Parameters parameters = new Parameters(statement);
            parameters.add(wanted.now());
            parameters.add(wanted.jobs().fireableAtOnce());
            parameters.add(tables.scheduler());
            parameters.add(floor);
            parameters.add(wanted.until());
            parameters.add(wanted.misfireTime());
            if (!leftOut.isEmpty()) {
                parameters.add(connection.createArrayOf("int", leftOut.toArray()));
            }
            parameters.add(limit);
            return take(transaction, statement, parameters, wanted, limit);
        }
    }

    /**
     * @param lanes with how many of each
     * @param scans of the same lanes, in the same order
     */
    List<TakenRow> ofLanes(
            Transactions.Transaction transaction,
            Wanted wanted,
            Map<Integer, Integer> lanes,
            Map<Integer, Floor.Scan> scans)
            throws SQLException {
        Connection connection = transaction.connection;
        try (PreparedStatement statement = connection.prepareStatement(ofLanes)) {
            Parameters parameters = new Parameters(statement);
            parameters.add(wanted.now());
            parameters.add(wanted.jobs().fireableAtOnce());
            parameters.add(connection.createArrayOf("int", lanes.keySet().toArray()));
            parameters.add(connection.createArrayOf("int", lanes.values().toArray()));
            parameters.add(connection.createArrayOf(
                    "bigint", scans.values().stream().map(Floor.Scan::from).toArray()));
            parameters.add(tables.scheduler());
            parameters.add(wanted.until());
            parameters.add(wanted.misfireTime());
            return take(transaction, statement, parameters, wanted, 16);
        }
    }

    private List<TakenRow> take(
            Transactions.Transaction transaction,
            PreparedStatement statement,
            Parameters parameters,
            Wanted wanted,
            int expected)
            throws SQLException {
        String batch = entryIds.nextBatch();
        parameters.add(tables.scheduler());
        parameters.add(batch);
        parameters.add(batch);
        parameters.add(tables.instance());
        parameters.add(wanted.now());
        parameters.add(wanted.jobs().recoverable());
        counters.statements.increment();
        List<TakenRow> rows = new ArrayList<>(expected);
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                if (rows.isEmpty()) {
                    transaction.id(row.getString("transaction_id"));
                }
                rows.add(TakenRow.read(row));
            }
        }
        return rows;
    }

    /** Sets a statement's parameters one after the other. */
    private static final class Parameters {
        private final PreparedStatement statement;
        private int last;

        Parameters(PreparedStatement statement) {
            this.statement = statement;
        }

        void add(long value) throws SQLException {
            statement.setLong(++last, value);
        }

        void add(int value) throws SQLException {
            statement.setInt(++last, value);
        }

        void add(String value) throws SQLException {
            statement.setString(++last, value);
        }

        void add(Array value) throws SQLException {
            statement.setArray(++last, value);
        }
    }
}
