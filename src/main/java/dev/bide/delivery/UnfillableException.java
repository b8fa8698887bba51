package dev.bide.delivery;

/** A filled action can't be sent. The message is fit for the timer's user. */
final class UnfillableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnfillableException(String message) {
        super(message);
    }
}
