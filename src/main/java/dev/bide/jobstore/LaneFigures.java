package dev.bide.jobstore;

import dev.bide.jobstore.internal.sql.Tables;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The statements of {@link TriggerFigures}. Reads only, no locks. What limits them stands in their text: as a parameter it would be guessed at, and the statement planned
 * for reading everything. Thread-safe.
 */
final class LaneFigures {

    /** Index qrtz_triggers_lane, once for each lane, {@code most} entries. */
    private static final String OF_LANES = """
            FROM unnest(?::int[]) AS l (lane)
            CROSS JOIN LATERAL (
              SELECT t.next_fire_time FROM qrtz_triggers t
              WHERE t.sched_name = ? AND t.trigger_state = 'WAITING' AND t.priority = l.lane
                AND t.next_fire_time >= ? AND t.next_fire_time < ?
              ORDER BY t.next_fire_time
              LIMIT %1$d) w
            """;

    private static final String COUNT = "SELECT count(*) FROM (SELECT " + OF_LANES + "LIMIT %1$d) AS counted";

    private static final String TIMES = "SELECT w.next_fire_time " + OF_LANES + "ORDER BY w.next_fire_time LIMIT %1$d";

    /**
     * The same index; the names are not in it: one row of the table for each. Those of one moment are numbered as the index has them, so that who reads on, with more to
     * skip, meets none twice.
     */
    private static final String NAMES = """
            SELECT w.trigger_name, w.next_fire_time
            FROM unnest(?::int[]) AS l (lane)
            CROSS JOIN LATERAL (
              SELECT t.trigger_name, t.next_fire_time, row_number() OVER (ORDER BY t.next_fire_time) AS turn FROM qrtz_triggers t
              WHERE t.sched_name = ? AND t.trigger_state = 'WAITING' AND t.priority = l.lane
                AND t.next_fire_time >= ? AND t.next_fire_time < ? AND t.trigger_group = ?
              ORDER BY t.next_fire_time
              LIMIT %1$d) w
            ORDER BY w.next_fire_time, l.lane, w.turn
            LIMIT %2$d OFFSET %3$d
            """;

    private final Tables tables;

    LaneFigures(Tables tables) {
        this.tables = tables;
    }

    long count(Connection connection, Collection<Integer> lanes, Instant from, Instant to, int most)
            throws SQLException {
        try (PreparedStatement select = ofLanes(connection, COUNT.formatted(most), lanes, from, to);
                ResultSet row = select.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    List<Instant> times(Connection connection, Collection<Integer> lanes, Instant from, Instant to, int most)
            throws SQLException {
        List<Instant> times = new ArrayList<>();
        try (PreparedStatement select = ofLanes(connection, TIMES.formatted(most), lanes, from, to);
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                times.add(Instant.ofEpochMilli(row.getLong(1)));
            }
        }
        return times;
    }

    List<TriggerFigures.Waiting> names(
            Connection connection, String group, Collection<Integer> lanes, Instant from, int skip, int most)
            throws SQLException {
        String statement = NAMES.formatted(Math.addExact(skip, most), most, skip);
        List<TriggerFigures.Waiting> names = new ArrayList<>();
        try (PreparedStatement select = ofLanes(connection, statement, lanes, from, Instant.MAX)) {
            select.setString(5, group);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    names.add(new TriggerFigures.Waiting(row.getString(1), Instant.ofEpochMilli(row.getLong(2))));
                }
            }
        }
        return names;
    }

    private PreparedStatement ofLanes(
            Connection connection, String statement, Collection<Integer> lanes, Instant from, Instant to)
            throws SQLException {
        PreparedStatement select = connection.prepareStatement(tables.sql(statement));
        try {
            select.setArray(1, connection.createArrayOf("int", lanes.toArray()));
            select.setString(2, tables.scheduler());
            select.setLong(3, millis(from));
            select.setLong(4, millis(to));
            return select;
        } catch (SQLException | RuntimeException e) {
            select.close();
            throw e;
        }
    }

    /** Far ahead and long ago are as far as milliseconds go. */
    private static long millis(Instant time) {
        try {
            return time.toEpochMilli();
        } catch (ArithmeticException e) {
            return time.isBefore(Instant.EPOCH) ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }

    Backlog backlog(Connection connection, Collection<Integer> butLanes) throws SQLException {
        return Backlog.read(connection, tables, butLanes);
    }
}
