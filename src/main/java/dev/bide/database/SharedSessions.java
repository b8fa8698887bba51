package dev.bide.database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Finds a pooler that gives each transaction another of the server's sessions (PgBouncer with {@code pool_mode=transaction}, and its like). What belongs to a session is then
 * nobody's: the limits that end a connection whose node is frozen, and the lock under which migrations run.
 */
final class SharedSessions {
    private static final int ROUNDS = 8;

    private static final String SESSION = "SELECT pg_backend_pid() || ' ' || pg_postmaster_start_time()";

    private SharedSessions() {}

    /**
     * Asks each time while {@code other} holds a transaction open, so that a pooler can't give {@code one} the session that it had: unless it has many and goes
     * round them, which is why it is asked several times, out of step. A connection to PostgreSQL itself keeps its session, and no two have the same.
     *
     * @param one whose auto-commit is on
     * @param other of the same url
     */
    static boolean between(Connection one, Connection other) throws SQLException {
        String own = session(one);
        other.setAutoCommit(false);
        for (int round = 0; round < ROUNDS; round++) {
            boolean shared = session(other).equals(own) || !session(one).equals(own);
            other.commit();
            if (shared) {
                return true;
            }
            if (round % 2 == 1) {
                session(other);
                other.commit();
            }
        }
        return false;
    }

    private static String session(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SESSION)) {
            row.next();
            return row.getString(1);
        }
    }
}
