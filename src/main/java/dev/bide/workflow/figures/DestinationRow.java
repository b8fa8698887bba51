package dev.bide.workflow.figures;

import dev.bide.json.InvalidException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What was set for a destination, for the whole cluster.
 *
 * @param maxConcurrentCalls null where the configuration says it
 * @param callsPerSecond null where the configuration says it
 * @param pausedAt null where it is not paused
 * @param reason of the pause
 */
public record DestinationRow(
        HostPort name,
        int lane,
        @Nullable Integer maxConcurrentCalls,
        @Nullable Integer callsPerSecond,
        @Nullable Instant pausedAt,
        @Nullable String reason) {
    public static final int MOST_CONCURRENT_CALLS = 100_000;
    public static final int MOST_CALLS_PER_SECOND = 1_000_000;

    public DestinationRow {
        check("maxConcurrentCalls", maxConcurrentCalls, MOST_CONCURRENT_CALLS);
        check("callsPerSecond", callsPerSecond, MOST_CALLS_PER_SECOND);
    }

    private static void check(String field, @Nullable Integer value, int most) {
        if (value != null && (value < 1 || value > most)) {
            throw new InvalidException(field, "must be from 1 to " + most);
        }
    }

    public boolean paused() {
        return pausedAt != null;
    }

    /** Nothing is set: there need be no row. */
    public boolean plain() {
        return maxConcurrentCalls == null && callsPerSecond == null && pausedAt == null;
    }
}
