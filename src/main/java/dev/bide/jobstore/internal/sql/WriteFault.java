package dev.bide.jobstore.internal.sql;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Why completions could not be written, and so what helps. */
public enum WriteFault {
    /** The database can't be reached, or does nothing for anybody: all of them are tried again, after a pause. */
    AWAY,

    /** Somebody holds a row that one of them needs, or it took too long: the others go on without that one. */
    HELD_UP,

    /** There was not enough memory for so many at once. */
    TOO_LARGE,

    /** The statement is wrong, or a table or a class is missing: no fault of theirs, and it may be of some of them only. They are tried again later. */
    NOT_THEIRS,

    /** One of them can't be written, now or later. */
    DATA;

    public static WriteFault of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof OutOfMemoryError) {
                return TOO_LARGE;
            }
            if (cause instanceof SQLException sql) {
                WriteFault fault = ofState(sql.getSQLState());
                if (fault != null) {
                    return fault;
                }
            }
        }
        if (SqlFaults.isTransient(failure)) {
            return AWAY;
        }
        return failure instanceof Error && !(failure instanceof StackOverflowError) ? NOT_THEIRS : DATA;
    }

    private static @Nullable WriteFault ofState(@Nullable String state) {
        if (state == null) {
            return null;
        }
        return switch (state) {
            case "55P03", "57014" -> HELD_UP;
            case "53200" -> TOO_LARGE;
            default -> state.startsWith("42") || state.startsWith("3F") || state.startsWith("0A") ? NOT_THEIRS : null;
        };
    }
}
