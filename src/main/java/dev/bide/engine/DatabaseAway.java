package dev.bide.engine;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Tells a database that can't be reached from one that refuses what it was asked. */
public final class DatabaseAway {
    private DatabaseAway() {}

    /**
     * Whether {@code fault} means that the same may succeed in a moment: the database {@linkplain #unreachable can't be reached}, or a lock
     * could not be had (40P01, a deadlock that was broken, and 55P03).
     */
    public static boolean is(@Nullable Throwable fault) {
        return has(fault, sql -> isAway(sql) || isLocked(sql));
    }

    /**
     * Whether {@code fault} means that the database is away, shutting down, or has no connection to spare: SQLSTATE classes 08 and 57P, 53300,
     * and a pool that has run out (PostgreSQL, Appendix A).
     */
    static boolean unreachable(@Nullable Throwable fault) {
        return has(fault, DatabaseAway::isAway);
    }

    private static boolean has(@Nullable Throwable fault, Predicate<SQLException> kind) {
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && kind.test(sql)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isLocked(SQLException fault) {
        return "40P01".equals(fault.getSQLState()) || "55P03".equals(fault.getSQLState());
    }

    private static boolean isAway(SQLException fault) {
        if (fault instanceof SQLTransientConnectionException) {
            return true;
        }
        String state = fault.getSQLState();
        return state == null
                ? fault.getClass().getSimpleName().equals("PoolExhaustedException")
                : state.startsWith("08") || state.startsWith("57P") || state.equals("53300");
    }
}
