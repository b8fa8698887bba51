package dev.bide.jobstore;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.quartz.impl.jdbcjobstore.DBSemaphore;
import org.quartz.impl.jdbcjobstore.LockException;
import org.quartz.impl.jdbcjobstore.StdRowLockSemaphore;

/**
 * The locks that a cluster's nodes share, as stock nodes take them: rows of Quartz's table of locks. Where one can't be had, Quartz rolls the caller's transaction
 * back and tries again in it, two more times; what the transaction had set for itself ({@code TransactionLimits}) is lost then, and what it had done. Here it fails.
 */
final class ClusterLocks extends DBSemaphore {
    /** {0} is the tables' prefix and {1} the scheduler's name. Two nodes may meet at the first use of a lock. */
    private static final String INSERT =
            "INSERT INTO {0}LOCKS (SCHED_NAME, LOCK_NAME) VALUES ({1}, ?) ON CONFLICT DO NOTHING";

    ClusterLocks(String tablePrefix, String scheduler, @Nullable String select) {
        super(tablePrefix, scheduler, select == null ? StdRowLockSemaphore.SELECT_FOR_LOCK : select, INSERT);
    }

    @Override
    protected void executeSQL(Connection connection, String lock, String select, String insert) throws LockException {
        try {
            if (!lock(connection, select, lock)) {
                try (PreparedStatement statement = connection.prepareStatement(insert)) {
                    statement.setString(1, lock);
                    statement.executeUpdate();
                }
                if (!lock(connection, select, lock)) {
                    throw new LockException("there is no row for lock " + lock + ", and none could be inserted");
                }
            }
        } catch (SQLException e) {
            throw new LockException("could not get lock " + lock + ": " + e.getMessage(), e);
        }
    }

    private static boolean lock(Connection connection, String select, String lock) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(select)) {
            statement.setString(1, lock);
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }
}
