package dev.bide.workflow;

import dev.bide.json.FieldError;
import java.util.List;

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
    private final transient List<FieldError> errors;

    private RefusedException(Reason reason, String message, List<FieldError> errors) {
        super(message);
        this.reason = reason;
        this.errors = List.copyOf(errors);
    }

    public static RefusedException notFound(String what, Object id) {
        return new RefusedException(Reason.NOT_FOUND, "There is no " + what + " " + id, List.of());
    }

    public static RefusedException conflict(String message) {
        return new RefusedException(Reason.CONFLICT, message, List.of());
    }

    public static RefusedException stale(String message) {
        return new RefusedException(Reason.STALE, message, List.of());
    }

    public static RefusedException invalid(String field, String message) {
        return invalid(List.of(new FieldError(field, message)));
    }

    /** @param errors at least one */
    public static RefusedException invalid(List<FieldError> errors) {
        FieldError first = errors.get(0);
        return new RefusedException(Reason.INVALID, first.field() + " " + first.message(), errors);
    }

    public static RefusedException busy(String message) {
        return new RefusedException(Reason.BUSY, message, List.of());
    }

    public static RefusedException away() {
        return new RefusedException(
                Reason.AWAY,
                "Not stored; try again in a moment. What has a key is stored once, however often it is sent",
                List.of());
    }

    /** @param id that the fault is logged with */
    public static RefusedException fault(Object id) {
        return new RefusedException(
                Reason.FAULT, "Not stored, of a fault of ours; the log has it under the id " + id, List.of());
    }

    public Reason reason() {
        return reason;
    }

    /** All that is wrong, in the order of the request; empty where no value is. */
    public List<FieldError> errors() {
        return errors;
    }
}
