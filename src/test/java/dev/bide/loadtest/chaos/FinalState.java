package dev.bide.loadtest.chaos;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the database holds in the end, by the keys that the load gave.
 *
 * @param states of timers and runs
 * @param slowLateness of the timers for third parties that misbehave, in milliseconds, as the service tells it
 */
record FinalState(Map<String, String> states, List<Long> slowLateness) {
    private static final String STATES = """
            SELECT key, status, lateness_ms FROM timer WHERE key IS NOT NULL
            UNION ALL SELECT key, status, lateness_ms FROM timer_history WHERE key IS NOT NULL
            UNION ALL SELECT key, status, NULL FROM run WHERE key IS NOT NULL
            UNION ALL SELECT key, status, NULL FROM run_history WHERE key IS NOT NULL""";

    static FinalState read(Connection connection) throws SQLException {
        Map<String, String> states = new HashMap<>();
        List<Long> slowLateness = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(STATES)) {
            while (rows.next()) {
                String key = rows.getString(1);
                String twice = states.put(key, rows.getString(2));
                if (twice != null) {
                    states.put(key, twice + "+" + rows.getString(2));
                }
                long lateness = rows.getLong(3);
                if (!rows.wasNull() && key.startsWith(Subject.Kind.SLOW.name())) {
                    slowLateness.add(lateness);
                }
            }
        }
        return new FinalState(states, slowLateness);
    }

    /** Empty where there is no such timer or run; two states with {@code +} between them where there are two. */
    String of(String key) {
        return states.getOrDefault(key, "");
    }
}
