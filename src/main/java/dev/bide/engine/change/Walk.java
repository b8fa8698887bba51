package dev.bide.engine.change;

import dev.bide.workflow.Timer;
import dev.bide.workflow.store.Operation;
import dev.bide.workflow.store.Session;
import java.time.Instant;
import java.util.List;

/** How operations of some kinds come by what they change, batch by batch. */
interface Walk {
    /** Items in one transaction, fewer where they are large: it holds their locks until it ends. */
    int LARGEST_BATCH = 500;

    /** Items looked at in one transaction, where few match: some ten milliseconds. */
    int LARGEST_LOOK = 5_000;

    /**
     * One batch, in the transaction that has locked the operation.
     *
     * @param changed takes the timers whose triggers are to be signalled
     */
    Step further(Session session, Operation operation, Turn turn, List<Timer> changed, Instant now);

    /** @param over nothing is left to do */
    record Step(Operation operation, boolean over) {}
}
