package dev.bide.delivery;

/** Calls third parties. */
public interface Deliverer {

    /**
     * Makes one attempt, and blocks until it has ended: at most the request's timeout. Never throws for what a user or
     * a third party did. Safe for any number of threads.
     */
    DeliveryOutcome deliver(DeliveryRequest request);
}
