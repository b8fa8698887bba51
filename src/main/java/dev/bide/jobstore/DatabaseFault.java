package dev.bide.jobstore;

import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import java.sql.SQLTransientException;
import org.jspecify.annotations.Nullable;

/**
 * What kind of fault of the database something is: the one place that tells them apart (by SQLSTATE, as in PostgreSQL, Appendix A). What helps depends on who asks; the
 * questions are below. Whoever answers somebody asks whether it {@link #isOfTheCircumstances}, and so may go well in a moment; whoever goes on by itself tries again what
 * {@link #isAway}, too, of which nothing is known.
 */
public enum DatabaseFault {
    /** The database is away or shutting down, or it has no connection to spare, or the pool hasn't: whoever else asks now will fare the same. */
    UNREACHABLE,

    /** Two transactions were in one another's way, and this one was undone: once more, and it will mostly succeed. */
    COLLISION,

    /** Somebody held a lock for longer than one waits for it: who needs another one fares better. */
    LOCKED,

    /** A statement took longer than it may, or somebody cancelled it. */
    CANCELLED,

    /** The database had not enough memory for it. */
    NO_MEMORY,

    /** No disk or lock memory is left, a disk failed, the database takes no writes, or it ended the transaction of a node that was held up in it. */
    CIRCUMSTANCE,

    /** This process had not enough memory for it. */
    OUT_OF_HEAP,

    /** Nobody said what it was, or nothing that is known here. */
    UNKNOWN,

    /** The statement is wrong, or a table or a class is missing: no fault of the data, and it may be of some of them only. */
    NOT_THEIRS,

    /** A key, or another value that must be the only one of its kind, is there already. */
    KEY_TAKEN,

    /** What was to be written, or read, is bad: now and later. */
    DATA;

    /** Class 08: the connection failed, or there was none. */
    private static final String CONNECTION = "08";

    /** Class 0A. */
    private static final String NOT_SUPPORTED = "0A";

    /** An old primary, or one that was set read-only. */
    private static final String READ_ONLY_TRANSACTION = "25006";

    private static final String IDLE_IN_TRANSACTION_TIMEOUT = "25P03";
    private static final String TRANSACTION_TIMEOUT = "25P04";
    private static final String UNIQUE_VIOLATION = "23505";

    /** Class 3F. */
    private static final String INVALID_SCHEMA_NAME = "3F";

    /** Class 40. */
    private static final String ROLLBACK = "40";

    private static final String SERIALIZATION_FAILURE = "40001";

    /** What became of it is not known. */
    private static final String STATEMENT_COMPLETION_UNKNOWN = "40003";

    private static final String DEADLOCK_DETECTED = "40P01";

    /** Class 42: syntax, rights, and names of what is not there. */
    private static final String SYNTAX_OR_ACCESS = "42";

    /** Class 53: no disk, memory, lock memory or connection is left. */
    private static final String RESOURCES = "53";

    private static final String OUT_OF_MEMORY = "53200";
    private static final String TOO_MANY_CONNECTIONS = "53300";

    /** A lock was not to be had for longer than one waits for it, or not at once where one doesn't wait. */
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    /** Class 57. */
    private static final String INTERVENTION = "57";

    /** 57P01 to 57P05: shut down, crashed, can't connect now, database dropped, idle for too long. */
    private static final String SHUTDOWN = "57P";

    private static final String QUERY_CANCELED = "57014";

    /** Class 58. */
    private static final String SYSTEM = "58";

    private static final String IO_ERROR = "58030";

    /** Tomcat's, which has no state. The class is not asked for, so that this needs no pool. */
    private static final String WITHOUT_CONNECTION = "PoolExhaustedException";

    /** Looks through its causes. Null, and what has nothing to do with the database, is {@link #DATA}. */
    public static DatabaseFault of(@Nullable Throwable fault) {
        DatabaseFault found = fault instanceof Error && !(fault instanceof StackOverflowError) ? NOT_THEIRS : DATA;
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            DatabaseFault kind = kind(cause);
            if (kind != UNKNOWN && !kind.isOfTheData()) {
                return kind;
            }
            if (kind != DATA && found != UNKNOWN) {
                found = kind;
            }
        }
        return found;
    }

    private static DatabaseFault kind(Throwable cause) {
        if (cause instanceof OutOfMemoryError) {
            return OUT_OF_HEAP;
        }
        return cause instanceof SQLException sql ? kind(sql, sql.getSQLState()) : DATA;
    }

    private static DatabaseFault kind(SQLException fault, @Nullable String state) {
        if (fault instanceof SQLTransientConnectionException) {
            return UNREACHABLE;
        }
        if (state == null) {
            return fault.getClass().getSimpleName().equals(WITHOUT_CONNECTION) ? UNREACHABLE : UNKNOWN;
        }
        DatabaseFault kind = ofState(state);
        boolean passes = fault instanceof SQLTransientException || fault instanceof SQLRecoverableException;
        return kind == DATA && passes ? UNKNOWN : kind;
    }

    private static DatabaseFault ofState(String state) {
        return switch (state) {
            case TOO_MANY_CONNECTIONS -> UNREACHABLE;
            case SERIALIZATION_FAILURE, DEADLOCK_DETECTED -> COLLISION;
            case LOCK_NOT_AVAILABLE -> LOCKED;
            case QUERY_CANCELED -> CANCELLED;
            case OUT_OF_MEMORY -> NO_MEMORY;
            case READ_ONLY_TRANSACTION,
                    IDLE_IN_TRANSACTION_TIMEOUT,
                    TRANSACTION_TIMEOUT,
                    IO_ERROR,
                    STATEMENT_COMPLETION_UNKNOWN -> CIRCUMSTANCE;
            case UNIQUE_VIOLATION -> KEY_TAKEN;
            default -> ofClass(state);
        };
    }

    private static DatabaseFault ofClass(String state) {
        if (state.startsWith(CONNECTION) || state.startsWith(SHUTDOWN)) {
            return UNREACHABLE;
        }
        return switch (state.substring(0, Math.min(2, state.length()))) {
            case RESOURCES -> CIRCUMSTANCE;
            case SYNTAX_OR_ACCESS, INVALID_SCHEMA_NAME, NOT_SUPPORTED -> NOT_THEIRS;
            case ROLLBACK, INTERVENTION, SYSTEM -> UNKNOWN;
            default -> DATA;
        };
    }

    /** Whether the same may succeed in a moment: to be answered so, and not to be looked for in the data. */
    public boolean isOfTheCircumstances() {
        return switch (this) {
            case UNREACHABLE, COLLISION, LOCKED, CANCELLED, NO_MEMORY, CIRCUMSTANCE -> true;
            case OUT_OF_HEAP, UNKNOWN, NOT_THEIRS, KEY_TAKEN, DATA -> false;
        };
    }

    /** Whether the database can't be reached, does nothing for anybody, or undid it, or nobody knows: all of it is tried again, after a pause. */
    public boolean isAway() {
        return switch (this) {
            case UNREACHABLE, COLLISION, CIRCUMSTANCE, UNKNOWN -> true;
            case LOCKED, CANCELLED, NO_MEMORY, OUT_OF_HEAP, NOT_THEIRS, KEY_TAKEN, DATA -> false;
        };
    }

    /** Whether somebody holds a row that one of them needs, or it took too long: the others go on without that one. */
    public boolean isHeldUp() {
        return this == LOCKED || this == CANCELLED;
    }

    /** Whether there was not enough memory for so many at once. */
    public boolean isTooLarge() {
        return this == NO_MEMORY || this == OUT_OF_HEAP;
    }

    /** Whether the data is to blame: one of them can't be written, now or later. */
    public boolean isOfTheData() {
        return this == KEY_TAKEN || this == DATA;
    }

    /** Whether the same may succeed without one of its items: somebody has locked it, or it is bad. */
    public boolean isOfOneItem() {
        return switch (this) {
            case LOCKED, OUT_OF_HEAP, NOT_THEIRS, KEY_TAKEN, DATA -> true;
            case UNREACHABLE, COLLISION, CANCELLED, NO_MEMORY, CIRCUMSTANCE, UNKNOWN -> false;
        };
    }
}
