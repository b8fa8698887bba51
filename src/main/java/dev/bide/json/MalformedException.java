package dev.bide.json;

/** What was sent is not what is read at all; the message says why, for the person who sent it. Has no stack trace: hostile clients can ask for many. */
public final class MalformedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MalformedException(String message) {
        super(message, null, false, false);
    }
}
