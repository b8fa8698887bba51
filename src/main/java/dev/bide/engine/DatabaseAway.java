package dev.bide.engine;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/** Tells a database that can't be reached from one that refuses what it was asked. */
public final class DatabaseAway {
    private DatabaseAway() {}

    /**
     * Whether {@code fault} means that the database is away, shutting down, or has no connection to spare: SQLSTATE classes 08 and 57P, 53300,
     * and a pool that has run out (PostgreSQL, Appendix A).
     */
    public static boolean is(@Nullable Throwable fault) {
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLTransientConnectionException) {
                return true;
            }
            if (cause instanceof SQLException sql && isAway(sql)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAway(SQLException fault) {
        String state = fault.getSQLState();
        return state == null
                ? fault.getClass().getSimpleName().equals("PoolExhaustedException")
                : state.startsWith("08") || state.startsWith("57P") || state.equals("53300");
    }
}
