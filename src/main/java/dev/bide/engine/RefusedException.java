package dev.bide.engine;

import org.jspecify.annotations.Nullable;

/** A request that can't be met, and why, for the one who asked. Whatever its transaction had done is undone. */
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The kinds of refusal, one for each answer of the contract. */
    public enum Reason {
        /** There is no such thing. */
        NOT_FOUND,
        /** Its state does not allow it. */
        CONFLICT,
        /** It was changed since the caller read it. */
        STALE,
        /** A value breaks a rule. */
        INVALID,
        /** This node can't keep up; try again in a moment. */
        BUSY,
        /** The database can't be reached, or a lock not be had; try again in a moment. */
        AWAY,
        /** A fault of ours. */
        FAULT
    }

    private final Reason reason;
    private final @Nullable String field;

    private RefusedException(Reason reason, @Nullable String field, String message) {
        super(message);
        this.reason = reason;
        this.field = field;
    }

    public static RefusedException notFound(String what, Object id) {
        return new RefusedException(Reason.NOT_FOUND, null, "There is no " + what + " " + id);
    }

    public static RefusedException conflict(String message) {
        return new RefusedException(Reason.CONFLICT, null, message);
    }

    public static RefusedException stale(String message) {
        return new RefusedException(Reason.STALE, null, message);
    }

    public static RefusedException invalid(String field, String message) {
        return new RefusedException(Reason.INVALID, field, message);
    }

    public static RefusedException busy(String message) {
        return new RefusedException(Reason.BUSY, null, message);
    }

    static RefusedException away() {
        return new RefusedException(
                Reason.AWAY,
                null,
                "Not stored; try again in a moment. What has a key is stored once, however often it is sent");
    }

    /** @param id that the fault is logged with */
    static RefusedException fault(Object id) {
        return new RefusedException(
                Reason.FAULT, null, "Not stored, of a fault of ours; the log has it under the id " + id);
    }

    public Reason reason() {
        return reason;
    }

    /** The path of the offending value, where there is one. */
    public @Nullable String field() {
        return field;
    }
}
