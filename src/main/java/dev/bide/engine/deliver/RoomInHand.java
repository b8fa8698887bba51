package dev.bide.engine.deliver;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The memory that this node grants to what it has in hand. Half of it is for calls that are small enough to be read together, as many as the
 * node has threads; the other half for larger ones, each of which is read by its own thread once there is room. Thread-safe.
 *
 * <p>Who waits for room holds neither a connection nor a lock, and who has it ends with its call, so that nobody waits for one who waits. But a call can take minutes
 * where its destination hangs: no destination may have more than a third of what is left free, so that one has a quarter at most, and many never all.
 */
public final class RoomInHand {
    /** Larger ones alone, however much room there is: an ordinary timer has some hundred bytes. */
    private static final long LARGEST_SMALL = 16 << 10;

    private static final long SMALLEST_SMALL = 1 << 10;

    /**
     * What a call takes for each byte that is stored of it: as text of one or two bytes a character, once as it came of the database, and
     * filled and in bytes for the wire.
     */
    private static final int COPIES = 6;

    private static final int UNIT = 1 << 10;

    private static final int SHARE_OF_FREE = 3;

    private final long small;
    private final int units;
    private final Semaphore free;

    /** Units by lane: what its calls have or wait for. */
    private final Map<Integer, Integer> used = new HashMap<>();

    /**
     * @param bytes all of it
     * @param calls how many may be in hand at once
     */
    public RoomInHand(long bytes, int calls) {
        this.small = Math.max(SMALLEST_SMALL, Math.min(LARGEST_SMALL, bytes / 2 / COPIES / calls));
        this.units = (int) Math.max(1, Math.min(Integer.MAX_VALUE, bytes / 2 / UNIT));
        this.free = new Semaphore(units, true);
    }

    /** Bytes of the largest call that is read together with others. */
    long small() {
        return small;
    }

    /**
     * Whether there was room for a call of {@code bytes} within that time; it must be given back then. The largest has all of it.
     *
     * @param lane of its destination
     */
    boolean take(int lane, long bytes, long milliseconds) throws InterruptedException {
        int units = units(bytes);
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(milliseconds);
        if (!reserve(lane, units, end)) {
            return false;
        }
        boolean taken = false;
        try {
            taken = free.tryAcquire(units, Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            return taken;
        } finally {
            if (!taken) {
                unreserve(lane, units);
            }
        }
    }

    void giveBack(int lane, long bytes) {
        int units = units(bytes);
        free.release(units);
        unreserve(lane, units);
    }

    private synchronized boolean reserve(int lane, int units, long end) throws InterruptedException {
        while (!isWithinShare(lane, units)) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        used.merge(lane, units, Integer::sum);
        return true;
    }

    private synchronized void unreserve(int lane, int units) {
        used.computeIfPresent(lane, (any, had) -> had == units ? null : had - units);
        notifyAll();
    }

    /** One call each may have as much as it takes. */
    private boolean isWithinShare(int lane, int units) {
        int had = used.getOrDefault(lane, 0);
        return had == 0 || (long) SHARE_OF_FREE * (had + units) <= free.availablePermits() - units;
    }

    private int units(long bytes) {
        return (int) Math.min(units, (bytes * COPIES + UNIT - 1) / UNIT);
    }
}
