package dev.bide.json;

/**
 * What is wrong with one value.
 *
 * @param field its path, such as {@code tasks[1].delay.amount}, or the name of a query parameter; empty for the whole
 * @param message worded to follow the field's name, such as {@code must be at least 0}
 */
public record FieldError(String field, String message) {
    /** Of one request: more than that help nobody, and a hostile body could make millions. */
    public static final int MOST = 20;

    public FieldError {
        field = PlainText.of(field);
        message = PlainText.of(message);
    }
}
