package dev.bide.json;

import java.util.List;

/**
 * A value that breaks rules of its own, whatever the time and whatever else there is: for the person who sent it.
 *
 * <p>Has no stack trace: hostile clients can ask for many. Jackson wraps it (as the cause of a {@code ValueInstantiationException}, whose path leads to the value).
 */
public final class InvalidException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final transient List<FieldError> errors;

    /**
     * @param field its path within the value
     * @param rule what is wrong, worded to follow the field's name, such as {@code must be at least 0}
     */
    public InvalidException(String field, String rule) {
        this(List.of(new FieldError(field, rule)));
    }

    /** @param errors at least one */
    public InvalidException(List<FieldError> errors) {
        super(errors.get(0).field() + " " + errors.get(0).message());
        this.errors = List.copyOf(errors);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }

    /** All that is wrong, the first at first. */
    public List<FieldError> errors() {
        return errors;
    }

    public FieldError first() {
        return errors.get(0);
    }
}
