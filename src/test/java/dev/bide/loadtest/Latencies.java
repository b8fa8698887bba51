package dev.bide.loadtest;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A histogram of times, right to 1 in 128; the greatest exactly. One thread records, any may read. The unit is the caller's.
 */
public final class Latencies {
    private static final int EXACT_BITS = 8;
    private static final int HALF = 1 << (EXACT_BITS - 1);

    private final AtomicLongArray counts = new AtomicLongArray((Long.SIZE - EXACT_BITS + 2) * HALF);
    private final AtomicLong total = new AtomicLong();
    private final AtomicLong greatest = new AtomicLong();

    /** What is below 0 counts as 0. */
    public void record(long value) {
        long counted = Math.max(0, value);
        int slot = slot(counted);
        counts.lazySet(slot, counts.getPlain(slot) + 1);
        if (counted > greatest.getPlain()) {
            greatest.lazySet(counted);
        }
        total.lazySet(total.getPlain() + 1);
    }

    public long count() {
        return total.get();
    }

    /** Not above the greatest; 0 where nothing was recorded. */
    public long percentile(double percent) {
        long rank = Math.max(1, (long) Math.ceil(count() * percent / 100));
        long seen = 0;
        for (int slot = 0; slot < counts.length(); slot++) {
            seen += counts.get(slot);
            if (seen >= rank) {
                return Math.min(highest(slot), max());
            }
        }
        return max();
    }

    public long max() {
        return greatest.get();
    }

    /** The first 256 values have a slot each; from there each power of two has 128 slots. */
    private static int slot(long value) {
        int shift = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(value) - EXACT_BITS);
        return shift * HALF + (int) (value >>> shift);
    }

    private static long highest(int slot) {
        int shift = Math.max(0, slot / HALF - 1);
        long leading = slot - (long) shift * HALF;
        return ((leading + 1) << shift) - 1;
    }
}
