package dev.bide.jobstore.internal.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a piece of work in one transaction at READ COMMITTED, and finds out what became of it when its commit fails: a lost answer to COMMIT says nothing
 * about the transaction, but PostgreSQL keeps its fate ({@code pg_xact_status}).
 */
public final class Transactions {
    private static final Logger LOG = LoggerFactory.getLogger(Transactions.class);
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final Duration FOREVER = Duration.ofDays(365);

    /** Where connections come from: Quartz's registry, in which each is given a name. */
    public interface Connections {
        Connection open() throws SQLException;
    }

    public interface Work<T> {
        T run(Transaction transaction) throws SQLException;
    }

    /** The connection, and the id under which the fate of the transaction can be asked for. */
    public static final class Transaction {
        public final Connection connection;
        private @Nullable String id;

        Transaction(Connection connection) {
            this.connection = connection;
        }

        /** Told by the work, which gets it with a statement it runs anyway. A transaction without it fails where its commit fails. */
        public void id(String transactionId) {
            id = transactionId;
        }
    }

    /** The commit failed and the database could not be asked what became of the transaction. */
    public static final class InDoubtException extends SQLException {
        private static final long serialVersionUID = 1L;

        InDoubtException(String transactionId, SQLException cause) {
            super("transaction " + transactionId + " is in doubt", cause.getSQLState(), cause);
        }
    }

    private enum Fate {
        COMMITTED,
        ABORTED,
        UNKNOWN
    }

    private final Connections connections;
    private final TransactionLimits limits;

    public Transactions(Connections connections, TransactionLimits limits) {
        this.connections = connections;
        this.limits = limits;
    }

    /** Asks for the fate of a doubtful commit for a few seconds, then throws {@link InDoubtException}. */
    public <T> T run(Work<T> work) throws SQLException {
        return run(work, PATIENCE);
    }

    /** Asks for the fate of a doubtful commit until it knows it, or is interrupted: for work that must not be done twice. */
    public <T> T runSurely(Work<T> work) throws SQLException {
        return run(work, FOREVER);
    }

    private <T> T run(Work<T> work, Duration patience) throws SQLException {
        Connection connection = connections.open();
        boolean open = true;
        try {
            boolean autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(false);
            Transaction transaction = new Transaction(connection);
            T result;
            try {
                limits.begin(connection);
                result = work.run(transaction);
            } catch (Throwable e) {
                rollback(connection, autoCommit, e);
                throw e;
            }
            try {
                connection.commit();
            } catch (SQLException e) {
                rollback(connection, autoCommit, e);
                // Before it asks on another, or a pool of which all are broken so would have none to ask on.
                open = false;
                close(connection);
                if (!isCommitted(transaction, e, patience)) {
                    throw e;
                }
                return result;
            }
            restore(connection, autoCommit);
            return result;
        } finally {
            if (open) {
                close(connection);
            }
        }
    }

    private boolean isCommitted(Transaction transaction, SQLException failure, Duration patience)
            throws InDoubtException {
        String id = transaction.id;
        if (id == null) {
            return false;
        }
        return switch (fate(id, patience)) {
            case COMMITTED -> true;
            case ABORTED -> false;
            case UNKNOWN -> throw new InDoubtException(id, failure);
        };
    }

    /** Asks for a while, on connections of its own. A transaction that is still in progress is one whose backend has not yet noticed that its client left. */
    private Fate fate(String transactionId, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        do {
            try (Connection connection = connections.open();
                    PreparedStatement statement = connection.prepareStatement("SELECT pg_xact_status(?::xid8)")) {
                statement.setString(1, transactionId);
                try (ResultSet row = statement.executeQuery()) {
                    String status = row.next() ? row.getString(1) : null;
                    if ("committed".equals(status)) {
                        return Fate.COMMITTED;
                    }
                    if ("aborted".equals(status)) {
                        return Fate.ABORTED;
                    }
                    if (status == null) {
                        return Fate.UNKNOWN;
                    }
                }
            } catch (SQLException e) {
                if ("22023".equals(e.getSQLState())) {
                    return Fate
                            .ABORTED; // The database doesn't know it yet: it went back in time, to a standby that had
                    // not received it.
                }
                LOG.debug("could not ask for the fate of transaction {}", transactionId, e);
            }
        } while (Pause.millis(20) && System.nanoTime() - deadline < 0);
        return Fate.UNKNOWN;
    }

    private static void rollback(Connection connection, boolean autoCommit, Throwable cause) {
        try {
            connection.rollback();
            connection.setAutoCommit(autoCommit);
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("could not close a connection", e);
        }
    }

    private static void restore(Connection connection, boolean autoCommit) {
        try {
            connection.setAutoCommit(autoCommit);
        } catch (SQLException e) {
            LOG.debug("could not restore auto-commit", e);
        }
    }
}
