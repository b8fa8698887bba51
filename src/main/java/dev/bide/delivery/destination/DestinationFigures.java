package dev.bide.delivery.destination;

import dev.bide.delivery.DeliveryOutcome.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What this node's calls to one destination came to in the last minute, and what is so now.
 *
 * @param over how long that minute is: shorter where the node has just started
 * @param retryable calls that are made again
 * @param deferred calls that were put off, by reason
 * @param held its timers are left where they are until there is room, or until it is resumed
 * @param latency calls by how long they took, in {@link LatencyBuckets}
 */
public record DestinationFigures(
        String host,
        int port,
        Duration over,
        int delivered,
        int retryable,
        int refused,
        Map<Reason, Integer> deferred,
        int inFlight,
        Breaker breaker,
        boolean held,
        List<Integer> latency) {

    /** Whether the destination is called: always, or not, or by trials only. */
    public enum Breaker {
        CLOSED,
        OPEN,
        HALF_OPEN
    }

    public DestinationFigures {
        deferred = Map.copyOf(deferred);
        latency = List.copyOf(latency);
    }
}
