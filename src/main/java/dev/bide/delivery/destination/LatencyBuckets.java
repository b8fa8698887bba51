package dev.bide.delivery.destination;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** How long calls took, counted in buckets that all nodes have alike: so the counts of several add up. */
public final class LatencyBuckets {
    /** Where each ends, in milliseconds; what is longer than the last but one is in the last. */
    private static final long[] ENDS = {
        1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1_000, 2_000, 3_000, 5_000, 10_000, 20_000,
        60_000
    };

    public static final int COUNT = ENDS.length;

    private LatencyBuckets() {}

    /** The bucket of a call that took so long. */
    public static int of(long nanos) {
        long millis = TimeUnit.NANOSECONDS.toMillis(nanos);
        int found = Arrays.binarySearch(ENDS, 0, COUNT - 1, millis + 1);
        return found >= 0 ? found : -found - 1;
    }

    /**
     * Within how many milliseconds that share of the calls had ended, as if those of a bucket were spread evenly over it; null where there were none.
     *
     * @param counts by bucket; those of another version may have fewer or more
     * @param share from 0 to 1
     */
    public static @Nullable Long percentile(List<Integer> counts, double share) {
        long all = counts.stream().mapToLong(Integer::longValue).sum();
        if (all == 0) {
            return null;
        }
        double wanted = share * all;
        long before = 0;
        for (int i = 0; i < Math.min(COUNT, counts.size()); i++) {
            int count = counts.get(i);
            if (count > 0 && before + count >= wanted) {
                long begin = i == 0 ? 0 : ENDS[i - 1];
                return Math.round(begin + (ENDS[i] - begin) * (wanted - before) / count);
            }
            before += count;
        }
        return ENDS[COUNT - 1];
    }
}
