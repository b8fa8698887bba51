package dev.bide.jobstore;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

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

    /** Of a scheduler whose tables have Quartz's default prefix. */
    public static Backlog read(Statement statement, String scheduler) throws SQLException {
        try (ResultSet row = statement.executeQuery(QUERY.formatted(statement.enquoteLiteral(scheduler)))) {
            row.next();
            return new Backlog(row.getLong("due"), row.getDouble("oldest_seconds"));
        }
    }
}
