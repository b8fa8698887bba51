package dev.bide.workflow.figures;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** When waiting timers are due. Part of a {@code Session}. */
public interface DueStore {
    /** Equal parts of the time from {@code from} up to but not at {@code to}; their borders are whole milliseconds. */
    record Buckets(Instant from, Instant to, int count) {
        public Buckets {
            if (!from.isBefore(to) || count < 1) {
                throw new IllegalArgumentException("there must be a bucket, and time in it");
            }
        }

        public long millis() {
            return to.toEpochMilli() - from.toEpochMilli();
        }

        /** Where a bucket begins; of the one behind the last, where that ends. */
        public Instant begin(int bucket) {
            // Rounded up: a time is in the bucket that its own distance falls into, rounded down.
            return from.plusMillis((bucket * millis() + count - 1) / count);
        }

        /** Where a time within them lies. */
        public int of(Instant at) {
            return (int) ((at.toEpochMilli() - from.toEpochMilli()) * count / millis());
        }
    }

    /**
     * What was counted from the beginning on.
     *
     * @param counts by bucket, where there are any
     * @param last the latest that was counted; null where all were
     */
    record Near(Map<Integer, Long> counts, @Nullable Instant last) {
        public Near {
            counts = Map.copyOf(counts);
        }
    }

    /** The earliest {@code most} of all. */
    Near near(Buckets buckets, int most);

    /** The earliest {@code most} of each of these tasks. */
    Map<UUID, Near> near(Collection<UUID> tasks, Buckets buckets, int most);

    /** The workflow's tasks, of the newest versions, {@code most} at most. */
    List<UUID> tasks(UUID workflow, int most);

    /** What the database's statistics say of all that wait: as of some time ago, from a sample. */
    Statistics statistics();

    /**
     * @param rows so many wait
     * @param common the due times that most have, with their share of all
     * @param steps borders between equal parts of all others, in order; none where nothing is known
     * @param tasks shares of each task
     * @param lanes shares of each lane
     */
    record Statistics(
            double rows, Map<Instant, Double> common, List<Instant> steps, Shares<UUID> tasks, Shares<Integer> lanes) {
        public Statistics {
            common = Map.copyOf(common);
            steps = List.copyOf(steps);
        }
    }

    /**
     * @param common of those that most have
     * @param other of each other one
     */
    record Shares<T>(Map<T, Double> common, double other) {
        public Shares {
            common = Map.copyOf(common);
        }

        public double of(T value) {
            return common.getOrDefault(value, other);
        }
    }
}
