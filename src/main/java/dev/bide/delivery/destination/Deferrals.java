package dev.bide.delivery.destination;

import dev.bide.delivery.DeliveryOutcome;
import dev.bide.delivery.DeliveryOutcome.Deferred;
import dev.bide.delivery.DeliveryOutcome.Reason;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** Calls that are put off: when they come again, and that they are counted. Safe for any number of threads. */
public final class Deferrals {

    /** They wait in turn for as long as that takes: each kept aside costs nothing. */
    private static final Duration DESTINATIONS = Duration.ofHours(1);

    /** Once the node can call again no timer waits much longer, however many were put off meanwhile: a second's share would have them wait for most of an hour. */
    private static final Duration NODE = Duration.ofSeconds(30);

    private final HeldLanes lanes;
    private final DeferralPace ofDestinations;
    private final Map<Reason, DeferralPace> ofNode = new EnumMap<>(Reason.class);
    private final Tally tally;

    public Deferrals(HeldLanes lanes, int perSecond, Tally tally) {
        this.lanes = lanes;
        this.ofDestinations = new DeferralPace(perSecond, DESTINATIONS, System::nanoTime);
        for (Reason reason : Reason.values()) {
            if (!reason.ofDestination()) {
                ofNode.put(reason, new DeferralPace(perSecond, NODE, System::nanoTime));
            }
        }
        this.tally = tally;
    }

    /**
     * Whoever keeps the timers holds back those of this destination, if it can. One that is not kept in its lane comes back at the pace of all others.
     *
     * @param lane that the timer is kept in
     */
    public DeliveryOutcome of(Destination destination, Deferred deferred, int lane) {
        boolean held = deferred.reason().ofDestination()
                && lanes.hold(destination, rest(deferred))
                && lane == lanes.lane(destination.name());
        Duration retryIn = held ? deferred.retryIn() : pace(deferred.reason()).next(deferred.retryIn());
        return tally.count(new Deferred(retryIn, deferred.reason(), held));
    }

    /** Each of the node's own reasons has one, so that many of one don't hold up the few of another. */
    private DeferralPace pace(Reason reason) {
        return ofNode.getOrDefault(reason, ofDestinations);
    }

    /**
     * One that wants to be left alone is, whatever room it seems to have: what is taken for it would only be put off again, at once and over and over. Elsewhere room
     * opens with each call that ends.
     */
    private static Duration rest(Deferred deferred) {
        return switch (deferred.reason()) {
            case BREAKER_OPEN, ASKED_TO_WAIT, PAUSED -> deferred.retryIn();
            case DESTINATION_FULL,
                    RATE_LIMITED,
                    NO_THREAD,
                    LOOKUPS_FULL,
                    NO_MEMORY,
                    NODE_FAULT,
                    NOT_OURS,
                    INTERRUPTED -> Duration.ZERO;
        };
    }

    /** One to three seconds: whatever keeps this node from calling, it takes a moment. */
    public Deferred soon(Reason reason) {
        return new Deferred(
                pace(reason).next(Duration.ofMillis(ThreadLocalRandom.current().nextLong(1_000, 3_000))), reason);
    }
}
