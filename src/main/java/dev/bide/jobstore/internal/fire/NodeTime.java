package dev.bide.jobstore.internal.fire;

import java.time.InstantSource;

/**
 * Between the store's clock, which decides what is due, and this node's own, by which Quartz's scheduler thread waits. They may be seconds apart. Quartz's thread can't
 * be given another clock; so the times that pass between it and the store are translated, and what it fires is looked at once more.
 */
public final class NodeTime {
    /** Clocks this near to one another count as the same: it is the order of the error of a measurement. */
    private static final long ALIKE_MILLIS = 20;

    private final InstantSource clock;

    public NodeTime(InstantSource clock) {
        this.clock = clock;
    }

    /** The store's time as this node's clock will show it. */
    public long toNode(long millis) {
        return millis + ahead();
    }

    /** What this node's clock shows, as the store's time. */
    long fromNode(long millis) {
        return millis - ahead();
    }

    /** How far this node's clock is ahead. */
    private long ahead() {
        long ahead = System.currentTimeMillis() - clock.millis();
        return Math.abs(ahead) < ALIKE_MILLIS ? 0 : ahead;
    }
}
