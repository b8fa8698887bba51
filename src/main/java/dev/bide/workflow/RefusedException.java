package dev.bide.workflow;

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

    /**
     * One value that breaks a rule.
     *
     * @param field its path
     */
    public record Fault(String field, String message) {}

    private final Reason reason;
    private final transient List<Fault> faults;

    private RefusedException(Reason reason, String message, List<Fault> faults) {
        super(message);
        this.reason = reason;
        this.faults = List.copyOf(faults);
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
        return invalid(List.of(new Fault(field, message)));
    }

    /** @param faults at least one */
    public static RefusedException invalid(List<Fault> faults) {
        return new RefusedException(Reason.INVALID, faults.get(0).message(), faults);
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
    public List<Fault> faults() {
        return faults;
    }
}
