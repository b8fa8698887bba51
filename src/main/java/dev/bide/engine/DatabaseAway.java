package dev.bide.engine;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLState;

/**
 * The one place that tells faults of the database apart (SQLSTATE as in PostgreSQL, Appendix A): those that lie in the circumstances, where the same may succeed in a
 * moment, and all others, which lie in what was asked of it.
 */
public final class DatabaseAway {
    /** Class 08: the connection failed, or there was none. */
    private static final String CONNECTION = "08";

    /** Class 53: no disk, memory, lock memory or connection is left. */
    private static final String RESOURCES = "53";

    /** 57P01 to 57P05: shut down, crashed, can't connect now, database dropped, idle for too long. */
    private static final String SHUTDOWN = "57P";

    private static final String TOO_MANY_CONNECTIONS = "53300";

    /** A lock was not to be had for longer than one waits for it. */
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private static final Set<String> CIRCUMSTANCES = Set.of(
            // A statement took longer than it may, or somebody cancelled it.
            PSQLState.QUERY_CANCELED.getState(),
            LOCK_NOT_AVAILABLE,
            // An old primary, or one that was set read-only.
            "25006",
            // A transaction was ended because it idled, or lasted too long: this node was held up in it.
            "25P03",
            "25P04",
            PSQLState.IO_ERROR.getState(),
            // What became of it is not known.
            "40003");

    private static final Set<String> COLLISIONS =
            Set.of(PSQLState.SERIALIZATION_FAILURE.getState(), PSQLState.DEADLOCK_DETECTED.getState());

    private DatabaseAway() {}

    /** Whether {@code fault} lies in the circumstances: to be answered 503, and not to be looked for in the data. */
    public static boolean is(@Nullable Throwable fault) {
        return has(fault, sql -> isUnreachable(sql) || isCircumstance(sql) || isCollision(sql));
    }

    /** Whether the database is away, shutting down, or has no connection to spare, nor has the pool: whoever else asks now will fare the same. */
    public static boolean unreachable(@Nullable Throwable fault) {
        return has(fault, DatabaseAway::isUnreachable);
    }

    /** Whether two transactions were in one another's way, and this one was undone: once more, and it will mostly succeed. */
    public static boolean collision(@Nullable Throwable fault) {
        return has(fault, DatabaseAway::isCollision);
    }

    /** Whether a key, or another value that must be the only one of its kind, is there already. */
    public static boolean keyTaken(@Nullable Throwable fault) {
        return has(fault, sql -> PSQLState.UNIQUE_VIOLATION.getState().equals(sql.getSQLState()));
    }

    /** Whether somebody held a lock for longer than one waits for it: who needs another one fares better. */
    public static boolean locked(@Nullable Throwable fault) {
        return has(fault, sql -> LOCK_NOT_AVAILABLE.equals(sql.getSQLState()));
    }

    private static boolean has(@Nullable Throwable fault, Predicate<SQLException> kind) {
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && kind.test(sql)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isUnreachable(SQLException fault) {
        if (fault instanceof SQLTransientConnectionException) {
            return true;
        }
        String state = fault.getSQLState();
        return state == null
                ? fault.getClass().getSimpleName().equals("PoolExhaustedException")
                : state.startsWith(CONNECTION) || state.startsWith(SHUTDOWN) || state.equals(TOO_MANY_CONNECTIONS);
    }

    private static boolean isCircumstance(SQLException fault) {
        String state = fault.getSQLState();
        return state != null && (state.startsWith(RESOURCES) || CIRCUMSTANCES.contains(state));
    }

    private static boolean isCollision(SQLException fault) {
        String state = fault.getSQLState();
        return state != null && COLLISIONS.contains(state);
    }
}
