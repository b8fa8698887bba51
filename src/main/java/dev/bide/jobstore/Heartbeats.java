package dev.bide.jobstore;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which of the other nodes have been silent for too long. What counts is for how long this node has seen the same time stamp, by its monotonic clock: no clock that is
 * set wrong, here or there, makes a living node look dead. Thread-safe.
 */
final class Heartbeats {
    /** Instances come and go under names of their own. */
    private static final int CAPACITY = 1_000;

    /** Of a node that is seen for the first time, a time stamp this old, by the database's clock, is believed. Younger ones may come of a clock that is set wrong. */
    private static final long BELIEVED_MILLIS = 60_000;

    /** What Quartz adds to the interval of its own nodes. */
    private static final long STOCK_MARGIN_MILLIS = 7_500;

    private record Seen(long stamp, long at) {}

    private final long ownInterval;
    private final long margin;
    private final Map<String, Seen> seen = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Seen> eldest) {
            return size() > CAPACITY;
        }
    };

    /** All in milliseconds. */
    Heartbeats(long ownInterval, long margin) {
        this.ownInterval = ownInterval;
        this.margin = margin;
    }

    /**
     * @param databaseNow when the row was read, by the clock that the time stamps come of
     * @param now by this node's monotonic clock
     * @param ownSilence since this node's own check-in before this one: who could not check in may have been unable to see others do so
     */
    synchronized boolean isDead(MemberRow other, long databaseNow, long now, long ownSilence) {
        Seen before = seen.get(other.instance());
        long at = now;
        if (before != null && before.stamp() == other.stamp()) {
            at = before.at();
        } else if (before == null && databaseNow - other.stamp() > BELIEVED_MILLIS + 2 * other.interval()) {
            at = now - (databaseNow - other.stamp());
        }
        seen.put(other.instance(), new Seen(other.stamp(), at));
        return now - at > silenceAllowed(other.interval(), ownSilence);
    }

    /** Nodes that check in less often, as stock nodes do, get the margin that Quartz gives them. */
    long silenceAllowed(long interval, long ownSilence) {
        return Math.max(interval, ownSilence)
                + (interval > ownInterval ? Math.max(margin, STOCK_MARGIN_MILLIS) : margin);
    }
}
