package dev.bide.http;

/**
 * What is wrong with one value of a request.
 *
 * @param field its full path, such as {@code tasks[1].delay.amount}, or the name of a query parameter
 * @param message worded to follow the field's name
 */
record FieldError(String field, String message) {
    FieldError {
        field = PlainText.of(field);
        message = PlainText.of(message);
    }
}
