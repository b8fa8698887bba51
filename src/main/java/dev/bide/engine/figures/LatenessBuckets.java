package dev.bide.engine.figures;

import dev.bide.workflow.figures.Percentiles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How late first attempts begin, counted in buckets whose sums over nodes and times can be added up. Ten to a decade, by the preferred numbers R10 of ISO 3, from 1 ms to
 * 100,000 s: no value is told wrong by more than a quarter, and a second, ten and all that promises are made of stand at an edge. What is later counts as 100,000 s.
 */
final class LatenessBuckets {
    private static final long[] PREFERRED = {1_000, 1_250, 1_600, 2_000, 2_500, 3_150, 4_000, 5_000, 6_300, 8_000};
    private static final int DECADES = 8;

    /** The last that each but the last bucket takes, in µs, ascending. */
    private static final long[] EDGES = edges();

    static final int COUNT = EDGES.length + 1;

    private static final double MICROS = 1_000;

    private LatenessBuckets() {}

    private static long[] edges() {
        long[] edges = new long[PREFERRED.length * DECADES + 1];
        long decade = 1;
        for (int i = 0; i < edges.length; i++) {
            edges[i] = PREFERRED[i % PREFERRED.length] * decade;
            if (i % PREFERRED.length == PREFERRED.length - 1) {
                decade *= 10;
            }
        }
        return edges;
    }

    /** The number of its bucket. */
    static int of(Duration lateness) {
        long micros = lateness.getSeconds() > EDGES[EDGES.length - 1] ? Long.MAX_VALUE : lateness.toNanos() / 1_000;
        int found = Arrays.binarySearch(EDGES, micros);
        return found >= 0 ? found : -found - 1;
    }

    /** In ms. As if those of a bucket lay evenly in it. */
    static Percentiles percentiles(long[] counts) {
        long all = Arrays.stream(counts).sum();
        return all == 0
                ? Percentiles.NONE
                : new Percentiles(at(counts, all, 0.5), at(counts, all, 0.95), at(counts, all, 0.99));
    }

    private static long at(long[] counts, long all, double share) {
        long rank = Math.max(1, (long) Math.ceil(share * all));
        long before = 0;
        int bucket = 0;
        while (before + counts[bucket] < rank) {
            before += counts[bucket];
            bucket++;
        }
        double lower = bucket == 0 ? 0 : EDGES[bucket - 1];
        double upper = bucket == EDGES.length ? lower : EDGES[bucket];
        double within = (rank - before - 0.5) / counts[bucket];
        return Math.round((lower + (upper - lower) * within) / MICROS);
    }

    /** As it is kept: without the buckets after the last that has any. */
    static List<Long> kept(long[] counts) {
        int end = counts.length;
        while (end > 0 && counts[end - 1] == 0) {
            end--;
        }
        List<Long> kept = new ArrayList<>(end);
        for (int i = 0; i < end; i++) {
            kept.add(counts[i]);
        }
        return kept;
    }

    /** Adds what was kept, or takes it off where {@code times} is -1; what another version of the program has beyond our last bucket is in the last. */
    static void add(long[] counts, List<Long> kept, int times) {
        for (int i = 0; i < kept.size(); i++) {
            counts[Math.min(i, counts.length - 1)] += times * kept.get(i);
        }
    }
}
