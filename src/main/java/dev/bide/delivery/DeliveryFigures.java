package dev.bide.delivery;

import dev.bide.delivery.DeliveryOutcome.Reason;
import java.util.List;
import java.util.Map;

/**
 * Counts since the node started, and what is so now; for metrics. Each is exact; together they are no snapshot.
 *
 * @param resent calls sent a second time within their attempt, because the connection left by an earlier call was dead
 * @param openBreakers {@code host:port} of destinations that are left alone, or are being tried again
 * @param destinations how many are remembered
 * @param leasesAnswered asks for leases of limits that Redis answered in time
 * @param leasesFailed asks that it did not
 * @param leasesAway whether limits are shared out by who lives, though there is a Redis
 */
public record DeliveryFigures(
        long delivered,
        long retryable,
        long refused,
        Map<Reason, Long> deferred,
        long resent,
        int inFlight,
        List<String> openBreakers,
        int destinations,
        long leasesAnswered,
        long leasesFailed,
        boolean leasesAway) {}
