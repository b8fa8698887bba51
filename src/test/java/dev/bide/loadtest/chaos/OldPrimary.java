package dev.bide.loadtest.chaos;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What came to be in a primary that woke after another had taken its place, while it did not know it yet.
 *
 * @param settled timers that were finished there
 * @param fired timers that were taken there
 * @param accepted timers that came to be there
 * @param sessions that nodes of the service opened there
 */
record OldPrimary(long settled, long fired, long accepted, long sessions) {
    static final OldPrimary NONE = new OldPrimary(0, 0, 0, 0);

    private static final String SESSIONS =
            "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'chaos-%' AND backend_start > ?";

    private record State(long history, Set<String> fired, Set<String> timers) {
        static State of(Connection connection) throws SQLException {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT count(*) FROM timer_history")) {
                row.next();
                return new State(
                        row.getLong(1),
                        names(connection, "SELECT entry_id FROM qrtz_fired_triggers"),
                        names(connection, "SELECT id::text FROM timer"));
            }
        }

        private static Set<String> names(Connection connection, String query) throws SQLException {
            Set<String> names = new HashSet<>();
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(query)) {
                while (rows.next()) {
                    names.add(rows.getString(1));
                }
            }
            return names;
        }

        private static long added(Set<String> before, Set<String> now) {
            return now.stream().filter(name -> !before.contains(name)).count();
        }
    }

    /**
     * Watches it for so long. Whatever commits there is seen; what waits for a standby to commit is not, and nobody was told of it.
     *
     * @param connection to it, of a superuser
     */
    static OldPrimary watch(Connection connection, Duration length) throws SQLException, InterruptedException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_is_in_recovery(), now()")) {
            row.next();
            if (row.getBoolean(1)) {
                return NONE;
            }
            State before = State.of(connection);
            TimeUnit.MILLISECONDS.sleep(length.toMillis());
            State after = State.of(connection);
            try (PreparedStatement sessions = connection.prepareStatement(SESSIONS)) {
                sessions.setObject(1, row.getObject(2, java.time.OffsetDateTime.class));
                try (ResultSet count = sessions.executeQuery()) {
                    count.next();
                    return new OldPrimary(
                            after.history() - before.history(),
                            State.added(before.fired(), after.fired()),
                            State.added(before.timers(), after.timers()),
                            count.getLong(1));
                }
            }
        }
    }
}
