package dev.bide.delivery.destination;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The time for which a destination has asked to be left alone, by 429 or 503 with {@code Retry-After}. Once it is over a few calls go first, until one of them is
 * answered otherwise: else each pause would end with a crowd that is told to wait again, and spends an attempt on it. Safe for any number of threads.
 */
final class AskedPause {

    /** Under way at once after a pause, until one was answered well. */
    private static final int FIRST = 4;

    private final long longest;
    private final LongSupplier nanos;
    private long until;
    private volatile boolean cautious;

    /** @param longest that is honoured; zero for none at all */
    AskedPause(Duration longest, LongSupplier nanos) {
        this.longest = longest.toNanos();
        this.nanos = nanos;
    }

    synchronized void ask(Duration wait) {
        long length = wait.compareTo(Duration.ofNanos(longest)) < 0 ? wait.toNanos() : longest;
        if (length <= 0) {
            return;
        }
        long end = nanos.getAsLong() + length;
        if (!cautious || end - until > 0) {
            until = end;
        }
        cautious = true;
    }

    /** An answer that did not ask for a pause. One to a call from before the pause ends nothing. */
    void answered() {
        if (cautious) {
            synchronized (this) {
                cautious = cautious && nanos.getAsLong() - until < 0;
            }
        }
    }

    /** Nanoseconds that are left; 0 or less where none is. */
    long left() {
        if (!cautious) {
            return 0;
        }
        synchronized (this) {
            return until - nanos.getAsLong();
        }
    }

    /** How many calls could begin beside those under way. */
    int room(int underWay) {
        if (!cautious) {
            return Integer.MAX_VALUE;
        }
        return left() > 0 ? 0 : Math.max(0, FIRST - underWay);
    }
}
