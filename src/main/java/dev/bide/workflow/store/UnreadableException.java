package dev.bide.workflow.store;

/** What is stored was written by another version of the program, and this one can't read it. */
public final class UnreadableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UnreadableException(String what, Throwable cause) {
        super(what + " can't be read by this version of the program", cause);
    }

    public UnreadableException(String what) {
        super(what + " is not there");
    }
}
