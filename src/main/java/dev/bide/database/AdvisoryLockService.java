package dev.bide.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import liquibase.database.Database;
import liquibase.database.core.PostgresDatabase;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.LockException;
import liquibase.lockservice.StandardLockService;

/**
 * Liquibase's lock as a lock of the migrating session. Liquibase's own is a row, which a node that is killed while it migrates leaves behind, and then no node
 * starts until somebody clears it. A session's lock goes with the session. Needs a direct connection to PostgreSQL, not a pooler that shares sessions.
 */
public final class AdvisoryLockService extends StandardLockService {
    /** Any number that nobody else uses: "bide" in ASCII. */
    static final long KEY = 0x62696465;

    @Override
    public int getPriority() {
        return PRIORITY_DATABASE + 1;
    }

    @Override
    public boolean supports(Database database) {
        return database instanceof PostgresDatabase;
    }

    @Override
    public boolean acquireLock() throws LockException {
        if (!hasChangeLogLock) {
            hasChangeLogLock = ask("SELECT pg_try_advisory_lock(?)");
        }
        return hasChangeLogLock;
    }

    @Override
    public void releaseLock() throws LockException {
        if (hasChangeLogLock) {
            ask("SELECT pg_advisory_unlock(?)");
            hasChangeLogLock = false;
        }
    }

    @Override
    public void forceReleaseLock() throws LockException {
        releaseLock();
    }

    private boolean ask(String query) throws LockException {
        Connection connection = ((JdbcConnection) database.getConnection()).getUnderlyingConnection();
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setLong(1, KEY);
            try (ResultSet result = statement.executeQuery()) {
                return result.next() && result.getBoolean(1);
            }
        } catch (SQLException e) {
            throw new LockException(e);
        }
    }
}
