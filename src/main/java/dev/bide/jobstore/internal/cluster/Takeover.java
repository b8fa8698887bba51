package dev.bide.jobstore.internal.cluster;

import dev.bide.jobstore.internal.fire.EntryIds;
import dev.bide.jobstore.internal.fire.Lease;
import dev.bide.jobstore.internal.fire.TriggerFlow;
import dev.bide.jobstore.internal.recover.DeadNode;
import dev.bide.jobstore.internal.recover.Recovery;
import dev.bide.jobstore.internal.sql.Daemon;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts back what is in nobody's hands, on a thread of its own: a check-in must happen every second, however long this takes. After each check-in it goes round once: dead
 * nodes, this node's own earlier life, what this node gives back, and what was left over. What is locked at the moment is left for the next round.
 */
public final class Takeover {
    private static final Logger LOG = LoggerFactory.getLogger(Takeover.class);

    private final String instance;
    private final Recovery recovery;
    private final Leftovers leftovers;
    private final EntryIds entryIds;
    private final TriggerFlow flow;
    private final Lease lease;
    private final Runnable wake;
    private final Object lock = new Object();
    private volatile @Nullable Daemon thread;
    private @Nullable List<DeadNode> told;
    private boolean closed;
    private boolean earlierLifeIsDone;

    /** @param wake called where triggers wait again that did not before */
    public Takeover(
            String instance,
            Recovery recovery,
            Leftovers leftovers,
            EntryIds entryIds,
            TriggerFlow flow,
            Lease lease,
            Runnable wake) {
        this.instance = instance;
        this.recovery = recovery;
        this.leftovers = leftovers;
        this.entryIds = entryIds;
        this.flow = flow;
        this.lease = lease;
        this.wake = wake;
    }

    public void start(String threadName, boolean daemon) {
        Daemon started = new Daemon(threadName + "_Takeover", daemon, this::run);
        thread = started;
        started.start();
    }

    /** After a check-in. Never waits. */
    public void tell(List<DeadNode> dead) {
        synchronized (lock) {
            told = dead;
            lock.notifyAll();
        }
    }

    public void close() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
        Daemon running = thread;
        if (running != null) {
            running.join();
        }
    }

    private void run() {
        try {
            for (List<DeadNode> dead = next(); dead != null; dead = next()) {
                if (lease.isHeld()) {
                    round(dead);
                }
            }
        } catch (InterruptedException e) {
            LOG.warn("the takeover thread was interrupted; dead nodes are taken over by others");
        }
    }

    /** Null where it is closed. */
    private @Nullable List<DeadNode> next() throws InterruptedException {
        synchronized (lock) {
            while (told == null && !closed) {
                lock.wait();
            }
            List<DeadNode> dead = closed ? null : told;
            told = null;
            return dead;
        }
    }

    private void round(List<DeadNode> dead) {
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
