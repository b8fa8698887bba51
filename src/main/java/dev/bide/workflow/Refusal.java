package dev.bide.workflow;

import dev.bide.json.FieldError;
import java.util.List;

/**
 * Why something that was asked for can't be done, for the one who asked.
 *
 * @param errors all that is wrong, in the order of the request; empty where no value is
 */
public record Refusal(Reason reason, String detail, List<FieldError> errors) {
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

    public Refusal {
        errors = List.copyOf(errors);
    }

    private Refusal(Reason reason, String detail) {
        this(reason, detail, List.of());
    }

    public static Refusal notFound(String what, Object id) {
        return new Refusal(Reason.NOT_FOUND, "There is no " + what + " " + id);
    }

    public static Refusal conflict(String detail) {
        return new Refusal(Reason.CONFLICT, detail);
    }

    public static Refusal stale(String detail) {
        return new Refusal(Reason.STALE, detail);
    }

    /** @param errors at least one */
    public static Refusal invalid(List<FieldError> errors) {
        FieldError first = errors.get(0);
        return new Refusal(Reason.INVALID, first.field() + " " + first.message(), errors);
    }

    public static Refusal busy(String detail) {
        return new Refusal(Reason.BUSY, detail);
    }

    public static Refusal away() {
        return new Refusal(
                Reason.AWAY,
                "Not stored; try again in a moment. What has a key is stored once, however often it is sent");
    }

    /** @param id that the fault is logged with */
    public static Refusal fault(Object id) {
        return new Refusal(Reason.FAULT, "Not stored, of a fault of ours; the log has it under the id " + id);
    }
}
