package dev.bide.delivery;

import java.util.function.BooleanSupplier;

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

    /** The same for one that may call whatever happens. */
    default DeliveryOutcome deliver(DeliveryRequest request) {
        return deliver(request, () -> true);
    }
}
