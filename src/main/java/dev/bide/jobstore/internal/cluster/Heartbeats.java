package dev.bide.jobstore.internal.cluster;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which of the other nodes have been silent for too long. What counts is for how long this node has seen the same time stamp, by its monotonic clock: no clock that is
 * set wrong, here or there, makes a living node look dead. A time stamp that is old when it is seen for the first time says nothing either: after an outage of the
 * database all of them are. Thread-safe.
 */
public final class Heartbeats {
    /** Instances come and go under names of their own. */
    private static final int CAPACITY = 1_000;

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
    public Heartbeats(long ownInterval, long margin) {
        this.ownInterval = ownInterval;
        this.margin = margin;
    }

    /** This node could see nothing for so long that its lease ran out, and the others may have been no better off: from now on they have their whole time again. */
    synchronized void beginAgain(long now) {
        seen.replaceAll((instance, last) -> new Seen(last.stamp(), now));
    }

    /**
     * @param now by this node's monotonic clock
     * @param ownSilence since this node's own check-in before this one: who could not check in may have been unable to see others do so
     */
    synchronized boolean isDead(MemberRow other, long now, long ownSilence) {
        Seen before = seen.get(other.instance());
        long at = before != null && before.stamp() == other.stamp() ? before.at() : now;
        seen.put(other.instance(), new Seen(other.stamp(), at));
        return now - at > silenceAllowed(other.interval(), ownSilence);
    }

    /** Nodes that check in less often, as stock nodes do, get the margin that Quartz gives them. */
    long silenceAllowed(long interval, long ownSilence) {
        return Math.max(interval, ownSilence)
                + (interval > ownInterval ? Math.max(margin, STOCK_MARGIN_MILLIS) : margin);
    }
}
