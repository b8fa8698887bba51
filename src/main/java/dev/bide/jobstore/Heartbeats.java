package dev.bide.jobstore;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * When the other nodes were last seen to check in, by this node's own clock. Their time stamps are by theirs: a node whose clock is some seconds behind would look
 * dead all the time, and all it has in hand would be done twice. Thread-safe.
 */
final class Heartbeats {
    /** Instances come and go under names of their own. */
    private static final int CAPACITY = 1_000;

    private record Seen(long timestamp, long at) {}

    private final Map<String, Seen> seen = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Seen> eldest) {
            return size() > CAPACITY;
        }
    };

    /**
     * All in milliseconds since the epoch. Of a node that is seen for the first time nothing is known but its time stamp, which counts for no later than now.
     *
     * @param timestamp of the node's last check-in
     * @param now by this node's clock
     */
    synchronized long last(String instance, long timestamp, long now) {
        Seen before = seen.get(instance);
        Seen current = before != null && before.timestamp() == timestamp
                ? before
                : new Seen(timestamp, before == null ? Math.min(timestamp, now) : now);
        seen.put(instance, current);
        return current.at();
    }
}
