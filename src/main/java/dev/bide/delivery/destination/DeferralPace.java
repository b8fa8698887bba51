package dev.bide.delivery.destination;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;

/**
 * How many calls that were put off come back in each second, all destinations together: each comes by way of the database, and ten dead destinations must not cost ten
 * times what one does. Who finds a second full comes in a later one; where all are full up to the longest delay, at random in one of them. Safe for any number of threads.
 */
final class DeferralPace {

    private static final long SECOND = 1_000_000_000L;

    /** The ring: that of a second is used again an hour later. */
    private static final int SECONDS = 3_600;

    private final int perSecond;
    private final long longestDelay;
    private final LongSupplier nanos;
    private final long origin;
    private final int[] counts = new int[SECONDS];
    private final long[] seconds = new long[SECONDS];

    /** @param longestDelay beyond what is wanted, in whole seconds; an hour from now is the most all the same */
    DeferralPace(int perSecond, Duration longestDelay, LongSupplier nanos) {
        this.longestDelay = longestDelay.toSeconds();
        this.perSecond = perSecond;
        this.nanos = nanos;
        this.origin = nanos.getAsLong();
    }

    /** @param wanted from now; what is answered is no less */
    synchronized Duration next(Duration wanted) {
        long now = nanos.getAsLong() - origin;
        long earliest = now + wanted.toNanos();
        long first = earliest / SECOND;
        long last = Math.min(first + longestDelay, now / SECOND + SECONDS - 1);
        long second = first;
        while (second < last && !hasRoom(second)) {
            second++;
        }
        if (second == last && last > first && !hasRoom(last)) {
            second = ThreadLocalRandom.current().nextLong(first + 1, last + 1);
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
