package dev.bide.delivery.template;

/** A filled action can't be sent. The message is fit for the timer's user. */
public final class UnfillableException extends Exception {
    private static final long serialVersionUID = 1L;

    public UnfillableException(String message) {
        super(message);
    }
}
