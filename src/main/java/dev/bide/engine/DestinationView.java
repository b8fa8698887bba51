package dev.bide.engine;

import dev.bide.workflow.figures.Counted;
import dev.bide.workflow.figures.HostPort;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A destination, as the whole cluster has to do with it now, and had in the last minute.
 *
 * @param breakers of the nodes that called it
 * @param waiting how many are due and wait because it is paused, or can't take more
 * @param pausedAt null where it is not paused
 */
public record DestinationView(
        HostPort name,
        double callsPerSecond,
        Latency latency,
        Outcomes outcomes,
        int inFlight,
        List<Breaker> breakers,
        Limits limits,
        Counted waiting,
        @Nullable Instant pausedAt,
        @Nullable String reason) {

    /** Milliseconds within which half, or 95 of 100, of the calls ended; null where there were none. */
    public record Latency(@Nullable Long p50, @Nullable Long p95) {}

    /** @param deferred calls that were put off without an attempt, by reason */
    public record Outcomes(int delivered, int failed, int refused, Map<String, Integer> deferred) {}

    /** @param state closed, open or half-open */
    public record Breaker(String nodeId, String state) {}

    /**
     * Of all workers together.
     *
     * @param ofEachNode so many calls at once are each worker's own: nobody has stated how many there may be
     * @param callsPerSecond null where there is no such limit
     * @param set in the database; otherwise they are those of the configuration
     * @param binding those for which calls were put off
     */
    public record Limits(
            int maxConcurrentCalls,
            boolean ofEachNode,
            @Nullable Integer callsPerSecond,
            boolean set,
            List<String> binding) {}

    /**
     * Part of a list.
     *
     * @param next that the next part begins after; null at the end
     */
    public record Page(
            List<DestinationView> items, @Nullable HostPort next) {}
}
