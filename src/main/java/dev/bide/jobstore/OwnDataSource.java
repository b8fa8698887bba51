package dev.bide.jobstore;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.quartz.utils.ConnectionProvider;

/** A DataSource of the caller's in Quartz's registry. Its life is the caller's. */
record OwnDataSource(DataSource source) implements ConnectionProvider {
    @Override
    public Connection getConnection() throws SQLException {
        return source.getConnection();
    }

    @Override
    public void shutdown() {}

    @Override
    public void initialize() {}
}
