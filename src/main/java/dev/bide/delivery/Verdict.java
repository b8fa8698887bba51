package dev.bide.delivery;

/** What a call came to, for the breaker. */
enum Verdict {
    WELL,
    FAILED,
    /** The call says nothing about the destination. */
    UNKNOWN
}
