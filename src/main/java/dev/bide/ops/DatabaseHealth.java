package dev.bide.ops;

import com.codahale.metrics.health.HealthCheck;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** Whether the database takes a write: a standby answers queries, and is of no use. */
public final class DatabaseHealth extends HealthCheck {
    private final DataSource database;

    public DatabaseHealth(DataSource database) {
        this.database = database;
    }

    @Override
    protected Result check() throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(3);
            try (var result = statement.executeQuery("SELECT pg_is_in_recovery()")) {
                result.next();
                return result.getBoolean(1) ? Result.unhealthy("the database is a standby") : Result.healthy();
            }
        }
    }
}
