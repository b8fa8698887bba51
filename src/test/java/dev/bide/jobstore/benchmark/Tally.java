package dev.bide.jobstore.benchmark;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** Counts every firing, by number, and how late it started. */
final class Tally {
    private final AtomicIntegerArray firings;
    private final long[] dueMillis;
    private final long[] lateness;
    private final AtomicInteger total = new AtomicInteger();

    Tally(int timers) {
        firings = new AtomicIntegerArray(timers);
        dueMillis = new long[timers];
        lateness = new long[timers];
    }

    void due(int number, long millis) {
        dueMillis[number] = millis;
    }

    void fired(int number) {
        long late = System.currentTimeMillis() - dueMillis[number];
        if (firings.incrementAndGet(number) == 1) {
            lateness[number] = late;
        }
        total.incrementAndGet();
    }

    int total() {
        return total.get();
    }

    int timers() {
        return firings.length();
    }

    /** Empty where each fired once. */
    String faults() {
        int missing = 0;
        int doubled = 0;
        int early = 0;
        for (int i = 0; i < firings.length(); i++) {
            int count = firings.get(i);
            missing += count == 0 ? 1 : 0;
            doubled += count > 1 ? 1 : 0;
            early += lateness[i] < 0 ? 1 : 0;
        }
        return missing + doubled + early == 0
                ? ""
                : missing + " missing, " + doubled + " doubled, " + early + " early, of " + timers();
    }

    long latenessPercentile(double share) {
        long[] sorted = lateness.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.min(sorted.length - 1L, Math.round(share * sorted.length))];
    }
}
