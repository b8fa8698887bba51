package dev.bide.delivery.destination;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;

/**
 * Gives those that were turned away a time to come back, one after the other at the pace that the destination can take,
 * so that a crowd returns as a queue and the order of the crowd is roughly kept. Safe for any number of threads.
 */
final class Slots {

    private static final long SECOND = 1_000_000_000L;
    private static final long LONGEST_NANOS = 3_600 * SECOND;

    private final LongSupplier nanos;

    /** Of the last slot given; the past where none waits. */
    private long last;

    /** @param nanos as {@link System#nanoTime} counts them */
    Slots(LongSupplier nanos) {
        this.nanos = nanos;
        this.last = nanos.getAsLong();
    }

    /**
     * @param soonest nanoseconds from now before which it makes no sense to come back
     * @param pace nanoseconds between two of them
     */
    synchronized Duration next(long soonest, long pace) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long now = nanos.getAsLong();
        long earliest = now + soonest;
        long jittered = random.nextLong(pace / 2, pace + pace / 2 + 2);
        long slot = (last - earliest > 0 ? last : earliest) + jittered;
        if (slot - now > LONGEST_NANOS) {
            return Duration.ofNanos(random.nextLong(LONGEST_NANOS / 2, LONGEST_NANOS));
        }
        last = slot;
        return Duration.ofNanos(slot - now);
    }

    /** The destination has room again: who is turned away from now on need not queue behind those who left. */
    synchronized void clear() {
        last = nanos.getAsLong();
    }
}
