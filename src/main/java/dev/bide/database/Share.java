package dev.bide.database;

import java.util.Locale;

/**
 * The shares into which a node's connections are cut, each a pool of its own: whatever one kind of work waits for (a row that is locked, a table that is read for
 * seconds), no other kind waits behind it.
 */
enum Share {
    /** Reading by request. */
    READS,
    /** Changing by request: to cancel is what must go through when all else hangs. */
    CHANGES,
    /** Storing new timers and runs. */
    ACCEPTING,
    /** Taking, firing and settling timers. */
    JOBS,
    /** Saying that this node lives: it must not wait behind what the node does, or the others take it for dead. */
    CHECK_INS,
    /** What runs in the background, and may take minutes. */
    UPKEEP;

    /** As the pool is named in metrics. */
    String pool() {
        return name().toLowerCase(Locale.ROOT);
    }
}
