package dev.bide.delivery;

import dev.bide.delivery.DeliveryOutcome.Deferred;
import dev.bide.delivery.DeliveryOutcome.Reason;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Calls third parties. */
public interface Deliverer {

    /**
     * Makes one attempt, and blocks until it has ended: at most the request's timeout. Never throws for what a user or
     * a third party did. Safe for any number of threads.
     *
     * @param mayCall asked right before the request is sent, after all waiting for names and connections: whether this node may still call. If it may not, the call
     *     is put off and no attempt is spent. Must be quick
     */
    DeliveryOutcome deliver(DeliveryRequest request, BooleanSupplier mayCall);

    /** A request that is made once there is a place for its call. */
    interface Preparation {
        /** Null where there is to be no call now. Called once at most, by the thread that calls. */
        @Nullable
        DeliveryRequest request();
    }

    /**
     * The same for a call that is large, so that it takes no memory while its destination can't be called.
     *
     * @param url of the request, as far as it is known before: one of another url waits for its own place
     * @param lane of the request
     * @return null where the preparation made no request
     */
    @Nullable
    DeliveryOutcome deliver(String url, int lane, Preparation preparation, BooleanSupplier mayCall);

    /**
     * A call for people to look at; one of the two.
     *
     * @param request all but its signature; its headers and body are filled
     * @param problem why it can't be sent
     */
    record Shown(@Nullable HttpAction request, @Nullable String problem) {}

    /** The call as it would be sent; it is not. */
    Shown show(DeliveryRequest request);

    /** What comes of a call that this node can't make, for a reason of its own and not the destination's: when it comes again. It is counted. */
    Deferred putOff(Reason reason);

    /** The same for one that may call whatever happens. */
    default DeliveryOutcome deliver(DeliveryRequest request) {
        return deliver(request, () -> true);
    }
}
