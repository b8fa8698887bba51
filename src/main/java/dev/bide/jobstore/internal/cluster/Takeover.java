package dev.bide.jobstore.internal.cluster;

import dev.bide.jobstore.internal.fire.Lease;
import dev.bide.jobstore.internal.recover.DeadNode;
import dev.bide.jobstore.internal.sql.Daemon;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts back what is in nobody's hands, on a thread of its own: a check-in must happen every second, however long this takes. After each check-in it goes round once. */
public final class Takeover {
    private static final Logger LOG = LoggerFactory.getLogger(Takeover.class);

    private final TakeoverRound round;
    private final Lease lease;
    private final Object lock = new Object();
    private volatile @Nullable Daemon thread;
    private @Nullable List<DeadNode> told;
    private boolean closed;

    public Takeover(TakeoverRound round, Lease lease) {
        this.round = round;
        this.lease = lease;
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
                    round.run(dead);
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
}
