package dev.bide.workflow.figures;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How many timers come due when.
 *
 * @param capacityPerSecond the most that was delivered in a minute of the last day; null where nobody knows
 */
public record Density(@Nullable Double capacityPerSecond, List<Bucket> buckets) {
    public Density {
        buckets = List.copyOf(buckets);
    }

    /** @param taskId also of a workflow, which it must be of then; @param host alone: its timers that are not paused, by when they fire */
    public record Asked(
            DueStore.Buckets buckets,
            @Nullable UUID workflowId,
            @Nullable UUID taskId,
            @Nullable String host) {}

    /** From {@code from} up to but not at {@code to}. */
    public record Bucket(Instant from, Instant to, Counted due) {}

    /** All of it was counted. */
    public boolean exact() {
        return buckets.stream().allMatch(bucket -> bucket.due().exact());
    }
}
