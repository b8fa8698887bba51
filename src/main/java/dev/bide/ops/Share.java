package dev.bide.ops;

import java.util.Locale;

/**
 * The shares into which a node's connections are cut, each a pool of its own: whatever one kind of work waits for (a row that is locked, a table that is read for
 * seconds), no other kind waits behind it.
 */
enum Share {
    /** Reading and changing by request. */
    REQUESTS("database"),
    /** Storing new timers and runs. */
    ACCEPTING,
    /** Taking, firing and settling timers, and checking in. */
    JOBS,
    /** What runs in the background, and may take minutes. */
    UPKEEP;

    private final String pool;

    Share() {
        this.pool = name().toLowerCase(Locale.ROOT);
    }

    Share(String pool) {
        this.pool = pool;
    }

    /** As the pool is named in metrics. */
    String pool() {
        return pool;
    }
}
