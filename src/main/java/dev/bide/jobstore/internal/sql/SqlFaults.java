package dev.bide.jobstore.internal.sql;

import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import org.jspecify.annotations.Nullable;

/** Whether a failure lies in the data of a statement or in the circumstances. */
public final class SqlFaults {
    /** Also said of a lock that is not waited for. */
    private static final String LOCK_TIMEOUT = "55P03";

    private SqlFaults() {}

    /** True where somebody else has held a row, or a lock, for longer than this waits. */
    public static boolean isLockTimeout(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && LOCK_TIMEOUT.equals(sql.getSQLState())) {
                return true;
            }
        }
        return false;
    }

    /** True where the same work may succeed without one of its items: somebody has locked it, or it is bad. */
    public static boolean isOfOneItem(Throwable failure) {
        return isLockTimeout(failure) || !isTransient(failure);
    }

    /** True where the same work may succeed later: no connection, shutdown, resources, deadlock, serialisation, or an unknown fate. */
    static boolean isTransient(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLTransientException || cause instanceof SQLRecoverableException) {
                return true;
            }
            if (cause instanceof SQLException sql) {
                String state = sql.getSQLState();
                if (state == null
                        || state.startsWith("08")
                        || state.startsWith("40")
                        || state.startsWith("53")
                        || state.startsWith("57")
                        || state.startsWith("58")
                        || state.equals(LOCK_TIMEOUT)
                        // The database ended the transaction because this node said nothing for too long.
                        || state.equals("25P03")
                        || state.equals("25P04")
                        || state.equals("25006")) {
                    return true;
                }
            }
        }
        return false;
    }
}
