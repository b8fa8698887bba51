package dev.bide.delivery;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;

/**
 * How many calls that were put off come back in each second, all destinations together: each comes by way of the database, and ten dead destinations must not cost ten
 * times what one does. Who finds a second full comes in a later one, up to an hour on. Safe for any number of threads.
 */
final class DeferralPace {

    private static final long SECOND = 1_000_000_000L;

    /** The ring: that of a second is used again an hour later. */
    private static final int SECONDS = 3_600;

    private final int perSecond;
    private final LongSupplier nanos;
    private final long origin;
    private final int[] counts = new int[SECONDS];
    private final long[] seconds = new long[SECONDS];

    DeferralPace(int perSecond, LongSupplier nanos) {
        this.perSecond = perSecond;
        this.nanos = nanos;
        this.origin = nanos.getAsLong();
    }

    /** @param wanted from now; what is answered is no less */
    synchronized Duration next(Duration wanted) {
        long now = nanos.getAsLong() - origin;
        long earliest = now + wanted.toNanos();
        long first = earliest / SECOND;
        long last = now / SECOND + SECONDS - 1;
        long second = first;
        while (second < last && !hasRoom(second)) {
            second++;
        }
        count(second);
        if (second == first) {
            return wanted;
        }
        return Duration.ofNanos(second * SECOND + ThreadLocalRandom.current().nextLong(SECOND) - now);
    }

    private boolean hasRoom(long second) {
        int index = (int) (second % SECONDS);
        return seconds[index] != second || counts[index] < perSecond;
    }

    private void count(long second) {
        int index = (int) (second % SECONDS);
        if (seconds[index] != second) {
            seconds[index] = second;
            counts[index] = 0;
        }
        counts[index]++;
    }
}
