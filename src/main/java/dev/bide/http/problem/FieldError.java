package dev.bide.http.problem;

/**
 * What is wrong with one value of a request.
 *
 * @param field its full path, such as {@code tasks[1].delay.amount}, or the name of a query parameter
 * @param message worded to follow the field's name
 */
public record FieldError(String field, String message) {
    /** Of one request: more than that help nobody, and a hostile body could make millions. */
    public static final int MOST = 20;

    public FieldError {
        field = PlainText.of(field);
        message = PlainText.of(message);
    }

    /** A message that begins with the name of its field, which stands beside it. */
    public static String withoutField(String field, String message) {
        return message.startsWith(field + " ") ? message.substring(field.length() + 1) : message;
    }
}
