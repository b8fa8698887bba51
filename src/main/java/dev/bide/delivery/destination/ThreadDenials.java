package dev.bide.delivery.destination;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;

/**
 * How soon those come again for whom there was no thread: the later the longer their destination has been turned away. So of many that wait for a first call the
 * newest asks most often, and a good one among hundreds that hang, each of which waits with one timer, is soon found. Safe for any number of threads.
 */
final class ThreadDenials {

    private static final long SOONEST_NANOS = 100_000_000L;
    private static final long LATEST_NANOS = 16_000_000_000L;

    private final LongSupplier nanos;
    private volatile boolean going;
    private volatile long since;

    /** @param nanos as {@link System#nanoTime} counts them */
    ThreadDenials(LongSupplier nanos) {
        this.nanos = nanos;
    }

    Duration next() {
        long now = nanos.getAsLong();
        if (!going) {
            since = now;
            going = true;
        }
        long wait = Math.min(LATEST_NANOS, Math.max(SOONEST_NANOS, now - since));
        return Duration.ofNanos(ThreadLocalRandom.current().nextLong(wait / 2, wait + wait / 2));
    }

    void over() {
        if (going) {
            going = false;
        }
    }
}
