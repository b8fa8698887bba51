package dev.bide.workflow;

/** A value that breaks a rule. The message is for the person who sent it; {@code field} is the path of the value within its object. */
public final class InvalidValueException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String field;

    public InvalidValueException(String field, String message) {
        super(message);
        this.field = field;
    }

    public String field() {
        return field;
    }

    /** The same complaint about an object that is itself the field {@code parent} of another. */
    public InvalidValueException within(String parent) {
        return new InvalidValueException(field.isEmpty() ? parent : parent + "." + field, String.valueOf(getMessage()));
    }
}
