package dev.bide.jobstore;

import dev.bide.jobstore.internal.sql.Tables;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;

/**
 * How far all nodes of a scheduler are behind, by the database's clock.
 *
 * @param due triggers that are due and in no node's hands, at most 100,000
 * @param oldestSeconds how long the oldest of them is due; 0 where none is
 */
public record Backlog(long due, double oldestSeconds) {
    /** The partial index qrtz_triggers_waiting: up to 100,000 of its rows, and its first. Reads only, no locks. */
    private static final String QUERY = """
            WITH clock AS (SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now)
            SELECT
              (SELECT count(*) FROM (SELECT FROM qrtz_triggers
                 WHERE sched_name = %1$s AND trigger_state = 'WAITING' AND next_fire_time <= clock.now
                 LIMIT 100000) AS t) AS due,
              (SELECT greatest(clock.now - min(next_fire_time), 0) / 1000.0 FROM qrtz_triggers
                 WHERE sched_name = %1$s AND trigger_state = 'WAITING') AS oldest_seconds
            FROM clock
            """;

    /**
     * Index qrtz_triggers_lane: from one lane to the next, 10,000 at most; of each the first entry, and those that are due until there are 100,000 together. So what waits in
     * the lanes that are left out is not read, however much it is.
     */
    private static final String BUT_LANES = """
            WITH RECURSIVE
              clock AS (SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now),
              found (lane, turn) AS (
                (SELECT priority, 1 FROM qrtz_triggers WHERE trigger_state = 'WAITING' AND priority IS NOT NULL ORDER BY priority LIMIT 1)
                UNION ALL
                SELECT (SELECT t.priority FROM qrtz_triggers t
                        WHERE t.trigger_state = 'WAITING' AND t.priority > found.lane ORDER BY t.priority LIMIT 1), turn + 1
                FROM found WHERE found.lane IS NOT NULL AND turn < 10000),
              counted AS MATERIALIZED (SELECT lane FROM found WHERE lane <> ALL (?))
            SELECT
              (SELECT count(*) FROM (
                 SELECT FROM counted, clock CROSS JOIN LATERAL (
                   SELECT FROM qrtz_triggers t
                   WHERE t.priority = counted.lane AND t.sched_name = ? AND t.trigger_state = 'WAITING' AND t.next_fire_time <= clock.now
                   LIMIT 100000) AS due
                 LIMIT 100000) AS all_due) AS due,
              (SELECT greatest(clock.now - min(first.next_fire_time), 0) / 1000.0 FROM counted CROSS JOIN LATERAL (
                 SELECT t.next_fire_time FROM qrtz_triggers t
                 WHERE t.priority = counted.lane AND t.sched_name = ? AND t.trigger_state = 'WAITING'
                 ORDER BY t.next_fire_time LIMIT 1) AS first) AS oldest_seconds
            FROM clock
            """;

    /**
     * Of a scheduler whose tables have Quartz's default prefix.
     *
     * @param butLanes whose triggers don't count
     */
    public static Backlog read(Connection connection, String scheduler, Collection<Integer> butLanes)
            throws SQLException {
        return read(connection, new Tables(scheduler, "", "QRTZ_"), butLanes);
    }

    static Backlog read(Connection connection, Tables tables, Collection<Integer> butLanes) throws SQLException {
        if (butLanes.isEmpty()) {
            try (Statement statement = connection.createStatement()) {
                return read(statement, tables);
            }
        }
        try (PreparedStatement select = connection.prepareStatement(tables.sql(BUT_LANES))) {
            select.setArray(1, connection.createArrayOf("int", butLanes.toArray()));
            select.setString(2, tables.scheduler());
            select.setString(3, tables.scheduler());
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return new Backlog(row.getLong(1), row.getDouble(2));
            }
        }
    }

    private static Backlog read(Statement statement, Tables tables) throws SQLException {
        String query = tables.sql(QUERY).formatted(statement.enquoteLiteral(tables.scheduler()));
        try (ResultSet row = statement.executeQuery(query)) {
            row.next();
            return new Backlog(row.getLong("due"), row.getDouble("oldest_seconds"));
        }
    }
}
