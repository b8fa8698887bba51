package dev.bide.embedded;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** The settings without which a committed transaction may be lost, as a session of ours sees them. */
final class Durability {
    private static final List<String> SETTINGS = List.of("fsync", "full_page_writes", "synchronous_commit");

    private Durability() {}

    /**
     * Asks the server.
     *
     * @return the settings and their values, for the log
     * @throws IllegalStateException one of them is not on
     */
    static String check(String jdbcUrl) throws SQLException {
        List<String> shown = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(jdbcUrl);
                Statement statement = connection.createStatement()) {
            for (String setting : SETTINGS) {
                try (ResultSet result = statement.executeQuery("SHOW " + setting)) {
                    result.next();
                    shown.add(setting + "=" + result.getString(1));
                }
            }
        }
        String all = String.join(" ", shown);
        if (!shown.stream().allMatch(setting -> setting.endsWith("=on"))) {
            throw new IllegalStateException("the embedded database would lose committed work in a crash: " + all);
        }
        return all;
    }
}
