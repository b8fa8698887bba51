package dev.bide.delivery.destination;

import dev.bide.delivery.DeliveryFigures;
import dev.bide.delivery.DeliveryOutcome;
import dev.bide.delivery.DeliveryOutcome.Deferred;
import dev.bide.delivery.DeliveryOutcome.Delivered;
import dev.bide.delivery.DeliveryOutcome.Reason;
import dev.bide.delivery.DeliveryOutcome.Refused;
import dev.bide.delivery.DeliveryOutcome.Retryable;
import dev.bide.delivery.lease.LeaseFigures;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** Counts for {@link DeliveryFigures}. */
public final class Tally {

    private final LongAdder delivered = new LongAdder();
    private final LongAdder retryable = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder resent = new LongAdder();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final Map<Reason, LongAdder> deferred = new ConcurrentHashMap<>();

    public void begun() {
        inFlight.incrementAndGet();
    }

    public void ended() {
        inFlight.decrementAndGet();
    }

    public void resent() {
        resent.increment();
    }

    public DeliveryOutcome count(DeliveryOutcome outcome) {
        if (outcome instanceof Delivered) {
            delivered.increment();
        } else if (outcome instanceof Retryable) {
            retryable.increment();
        } else if (outcome instanceof Refused) {
            refused.increment();
        } else if (outcome instanceof Deferred turnedAway) {
            deferred.computeIfAbsent(turnedAway.reason(), reason -> new LongAdder())
                    .increment();
        }
        return outcome;
    }

    public DeliveryFigures figures(Destinations destinations) {
        LeaseFigures leases = destinations.leases();
        Map<Reason, Long> byReason = new EnumMap<>(Reason.class);
        for (Reason reason : Reason.values()) {
            LongAdder count = deferred.get(reason);
            byReason.put(reason, count == null ? 0L : count.sum());
        }
        return new DeliveryFigures(
                delivered.sum(),
                retryable.sum(),
                refused.sum(),
                byReason,
                resent.sum(),
                inFlight.get(),
                destinations.open(),
                destinations.count(),
                leases.answered(),
                leases.failed(),
                leases.away());
    }
}
