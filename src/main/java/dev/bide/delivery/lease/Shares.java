package dev.bide.delivery.lease;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * This node's share over time. Less is so at once; more only when it has been so for a while, in which all others have seen the same: whoever joins, leaves or is given up,
 * the parts that are held come to no more than the whole. Thread-safe.
 */
public final class Shares {
    /** Three check-ins: the others' next one, the look at it, and the same again for one that is slow. */
    static final Duration SETTLED = Duration.ofSeconds(3);

    /** A node that has not looked for so long may have been given up meanwhile. */
    private static final Duration AWAY = Duration.ofMillis(2_500);

    private record Seen(ClusterShare.View view, long until) {}

    private final LongSupplier nanos;

    /** Those that were followed by others, and still hold. */
    private final Deque<Seen> before = new ArrayDeque<>();

    private List<String> members = List.of();
    private long lookedAt;
    private ClusterShare share = ClusterShare.WHOLE;

    /** @param nanos as {@link System#nanoTime} counts them */
    public Shares(LongSupplier nanos) {
        this.nanos = nanos;
        this.lookedAt = nanos.getAsLong();
    }

    /**
     * The share from now on; the same object as long as it does not change. To be asked some times a second.
     *
     * @param now those of the last check-in, in order of name
     */
    public synchronized ClusterShare look(String nodeId, List<String> now) {
        long time = nanos.getAsLong();
        boolean joins = now.size() > 1 && (members.isEmpty() || time - lookedAt > AWAY.toNanos());
        lookedAt = time;
        boolean changed = before.removeIf(seen -> time - seen.until() >= 0);
        if (!now.equals(members) || joins) {
            before.add(new Seen(
                    joins ? ClusterShare.View.NOTHING : ClusterShare.View.of(nodeId, members),
                    time + SETTLED.toNanos()));
            members = List.copyOf(now);
            changed = true;
        }
        if (changed) {
            List<ClusterShare.View> views = new ArrayList<>();
            views.add(ClusterShare.View.of(nodeId, members));
            before.forEach(seen -> views.add(seen.view()));
            ClusterShare next = new ClusterShare(views);
            share = next.equals(share) ? share : next;
        }
        return share;
    }
}
