package dev.bide;

/** What a node does. */
enum Role {
    /** Answers the HTTP contract. */
    API,
    /** Takes due timers from the database. */
    SCHEDULER,
    /** Calls the third parties and settles the outcomes. */
    WORKER
}
