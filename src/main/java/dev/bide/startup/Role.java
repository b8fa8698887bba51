package dev.bide.startup;

/** What a node does. */
public enum Role {
    /** Answers the HTTP contract. */
    API,
    /** Does the upkeep: repair, history, changes to many timers. */
    SCHEDULER,
    /** Fires timers, calls the third parties and settles the outcomes. */
    WORKER
}
