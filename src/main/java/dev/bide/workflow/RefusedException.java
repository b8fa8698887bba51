package dev.bide.workflow;

import dev.bide.json.FieldError;
import java.util.List;

/** Ends what can't be done. Whatever its transaction had done is undone. Has no stack trace: it is answered, not looked into, and hostile clients can ask for many. */
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Refusal refusal;

    public RefusedException(Refusal refusal) {
        super(refusal.detail(), null, false, false);
        this.refusal = refusal;
    }

    public static RefusedException notFound(String what, Object id) {
        return new RefusedException(Refusal.notFound(what, id));
    }

    public static RefusedException conflict(String detail) {
        return new RefusedException(Refusal.conflict(detail));
    }

    public static RefusedException stale(String detail) {
        return new RefusedException(Refusal.stale(detail));
    }

    public static RefusedException invalid(String field, String rule) {
        return invalid(List.of(new FieldError(field, rule)));
    }

    /** @param errors at least one */
    public static RefusedException invalid(List<FieldError> errors) {
        return new RefusedException(Refusal.invalid(errors));
    }

    public static RefusedException busy(String detail) {
        return new RefusedException(Refusal.busy(detail));
    }

    public static RefusedException away() {
        return new RefusedException(Refusal.away());
    }

    public Refusal refusal() {
        return refusal;
    }
}
