package dev.bide.delivery;

/**
 * What is wrong with one field of an action.
 *
 * @param field the path below the action: {@code url}, {@code headers.X-Name}, {@code body.lines[0].text}
 * @param message a sentence's predicate: "must be …"
 */
public record ActionProblem(String field, String message) {}
