package dev.bide.jobstore.internal.cluster;

import dev.bide.jobstore.internal.fire.EntryIds;
import dev.bide.jobstore.internal.fire.TriggerFlow;
import dev.bide.jobstore.internal.recover.DeadNode;
import dev.bide.jobstore.internal.recover.Recovery;
import java.sql.SQLException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Once round what is in nobody's hands: dead nodes, this node's own earlier life, what this node gives back, and what was left over. What is locked at the moment is left
 * for the next round. For one thread.
 */
public final class TakeoverRound {
    private static final Logger LOG = LoggerFactory.getLogger(TakeoverRound.class);

    private final String instance;
    private final Recovery recovery;
    private final Leftovers leftovers;
    private final EntryIds entryIds;
    private final TriggerFlow flow;
    private final Runnable wake;
    private boolean earlierLifeIsDone;

    /** @param wake called where triggers wait again that did not before */
    public TakeoverRound(
            String instance,
            Recovery recovery,
            Leftovers leftovers,
            EntryIds entryIds,
            TriggerFlow flow,
            Runnable wake) {
        this.instance = instance;
        this.recovery = recovery;
        this.leftovers = leftovers;
        this.entryIds = entryIds;
        this.flow = flow;
        this.wake = wake;
    }

    /** Throws nothing. */
    void run(List<DeadNode> dead) {
        for (DeadNode node : dead) {
            attempt("take over from instance " + node.instance(), () -> {
                wakeIf(recovery.recover(node, any -> true).any());
                recovery.forget(node);
            });
        }
        if (!earlierLifeIsDone) {
            attempt("take over from this instance's earlier life", () -> {
                Recovery.Outcome outcome =
                        recovery.recover(new DeadNode(instance, null), entry -> !entryIds.isOfThisLife(entry));
                wakeIf(outcome.any());
                earlierLifeIsDone = outcome.complete();
            });
        }
        attempt("give triggers back", flow::releasePending);
        attempt("look for what was left over", this::takeLeftovers);
    }

    private void takeLeftovers() throws SQLException {
        Leftovers.Found found = leftovers.look(flow.oldestInHand());
        flow.releaseStrays(found.own().stream().filter(entryIds::isOfThisLife).toList());
        if (found.own().stream().anyMatch(entry -> !entryIds.isOfThisLife(entry))) {
            // An earlier life that woke once more, or another node that had this one's name for a while.
            earlierLifeIsDone = false;
        }
        for (String vanished : found.vanished()) {
            wakeIf(recovery.recover(new DeadNode(vanished, null), any -> true).any());
        }
    }

    private void wakeIf(boolean any) {
        if (any) {
            wake.run();
        }
    }

    private interface Step {
        void run() throws SQLException;
    }

    private static void attempt(String what, Step step) {
        try {
            step.run();
        } catch (SQLException | RuntimeException | Error e) {
            // An error too: without this thread nobody would be taken over by this node.
            LOG.warn("could not {}, trying again: {}", what, e.toString());
        }
    }
}
