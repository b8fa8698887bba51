package dev.bide.jobstore.internal.sql;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection that is opened for the first piece of work and kept for those that follow, so that none of them waits until a pool has one, or for what a pool does
 * before it gives one out. After a fault it is given up, and the next piece of work opens another. For one thread at a time.
 */
public final class KeptConnection {
    private static final Logger LOG = LoggerFactory.getLogger(KeptConnection.class);

    public interface Work<T> {
        T run(Connection connection) throws SQLException;
    }

    private final Transactions.Connections connections;
    private @Nullable Connection kept;
    private boolean autoCommit;

    public KeptConnection(Transactions.Connections connections) {
        this.connections = connections;
    }

    /** In one transaction. Where its commit fails, nobody asks what became of it. */
    public <T> T inTransaction(Work<T> work) throws SQLException {
        boolean well = false;
        try {
            Connection connection = open();
            T result = work.run(connection);
            connection.commit();
            well = true;
            return result;
        } finally {
            if (!well) {
                close();
            }
        }
    }

    private Connection open() throws SQLException {
        Connection connection = kept;
        if (connection == null) {
            connection = connections.open();
            kept = connection;
            autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(false);
        }
        return connection;
    }

    /** It may be used again, and opens another one then. */
    public void close() {
        Connection connection = kept;
        kept = null;
        if (connection != null) {
            try (connection) {
                connection.rollback();
                connection.setAutoCommit(autoCommit);
            } catch (SQLException e) {
                LOG.debug("a connection that is given up could not be put in order", e);
            }
        }
    }
}
