package dev.bide.delay;

/**
 * A delay that breaks a rule of its own, whatever the time: a missing, unknown or bad field.
 *
 * <p>Jackson wraps it (as the cause of a {@code ValueInstantiationException}, whose path leads to the delay).
 */
public final class InvalidDelayException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final String field;

    /**
     * @param field the JSON field, relative to the delay, such as {@code amount}
     * @param rule what is wrong, worded to follow the field's name, such as {@code must be at least 0}
     */
    public InvalidDelayException(String field, String rule) {
        super(field + " " + rule);
        this.field = field;
    }

    /** The JSON field relative to the delay: {@code amount}, {@code days}, …, or the name of an unknown field. */
    public String field() {
        return field;
    }
}
