package dev.bide.delivery.destination;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Calls that may begin in a second: one after the other at an even pace, as ATM's generic cell rate algorithm has it, and of those that were not begun at most those of a
 * tenth of a second at once. So whichever second is looked at has no more than a tenth too many; of whole periods, two bursts could fall into one. Below ten a second each
 * waits for its turn, and what is late for it is lost. Safe for any number of threads.
 */
final class Rate {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final LongSupplier nanos;

    /** When the next one is due, if each that began had waited for its turn. */
    private final AtomicLong next;

    /** 0 where none may begin: this node's share of a few calls among many nodes. */
    private volatile int perSecond;

    /** Of all nodes together: whoever has nothing of it comes back at their pace. */
    private volatile int whole;

    /** @param nanos as {@link System#nanoTime} counts them */
    Rate(int perSecond, LongSupplier nanos) {
        this.nanos = nanos;
        this.perSecond = perSecond;
        this.whole = perSecond;
        this.next = new AtomicLong(nanos.getAsLong());
    }

    /**
     * From now on. What has begun counts still.
     *
     * @param all what all nodes may together
     * @return whether this one may more than before
     */
    boolean change(int calls, int all) {
        boolean more = calls > perSecond;
        perSecond = calls;
        whole = all;
        return more;
    }

    boolean acquire() {
        int calls = perSecond;
        if (calls == 0) {
            return false;
        }
        long interval = SECOND / calls;
        while (true) {
            long now = nanos.getAsLong();
            long turn = next.get();
            if (turn - now > (burst(calls) - 1) * interval) {
                return false;
            }
            if (next.compareAndSet(turn, (turn - now > 0 ? turn : now) + interval)) {
                return true;
            }
        }
    }

    /** How many could begin now. */
    int room() {
        int calls = perSecond;
        if (calls == 0) {
            return 0;
        }
        long interval = SECOND / calls;
        long ahead = Math.max(0, next.get() - nanos.getAsLong());
        return (int) Math.max(0, burst(calls) - (ahead + interval - 1) / interval);
    }

    /** Nanoseconds from one call to the next. */
    long pace() {
        int calls = perSecond;
        return SECOND / Math.max(1, calls == 0 ? whole : calls);
    }

    private static long burst(int calls) {
        return (calls + 9) / 10;
    }
}
