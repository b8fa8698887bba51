package dev.bide.delivery.destination;

/** What a call came to, for the breaker. */
public enum Verdict {
    WELL,
    FAILED,
    /** The call says nothing about the destination. */
    UNKNOWN
}
