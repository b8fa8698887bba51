package dev.bide.jobstore.internal.fire;

import dev.bide.jobstore.internal.sql.Daemon;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wakes the scheduler thread when a trigger is due. While the scheduler thread idles, it asks every few milliseconds when the next trigger is due: one entry of an
 * index. So triggers that another node stored are noticed at once.
 *
 * <p>Not LISTEN/NOTIFY: transactions that notify commit one after another, behind a lock of the whole database (PostgreSQL, async.c), and storing is what must be
 * fast here. A poll costs the same however much is stored, and nothing while the scheduler is busy.
 */
public final class DueWatch {
    private static final Logger LOG = LoggerFactory.getLogger(DueWatch.class);

    public interface Next {
        /** Milliseconds since the epoch; Long.MAX_VALUE for none. */
        long fireTime() throws SQLException;
    }

    private final long intervalMillis;
    private final Next next;
    private final LongConsumer wake;
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private final Object lock = new Object();
    private volatile @Nullable Daemon thread;
    private boolean idle;
    private boolean closed;
    private long told = Long.MAX_VALUE;

    /**
     * @param clock decides what is due
     * @param nanoTime the monotonic clock, by which it asks again
     */
    public DueWatch(long intervalMillis, Next next, LongConsumer wake, InstantSource clock, LongSupplier nanoTime) {
        this.intervalMillis = intervalMillis;
        this.next = next;
        this.wake = wake;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    public void start(String name, boolean daemon) {
        Daemon started = new Daemon(name + "_DueWatch", daemon, this::run);
        thread = started;
        started.start();
    }

    /** The scheduler thread found nothing due. */
    void idle() {
        synchronized (lock) {
            idle = true;
            lock.notifyAll();
        }
    }

    /** The scheduler thread is looking for triggers itself. */
    void busy() {
        synchronized (lock) {
            idle = false;
            told = Long.MAX_VALUE;
            lock.notifyAll();
        }
    }

    /** A trigger of this fire time was stored by this node. */
    void tell(long fireTime) {
        synchronized (lock) {
            told = Math.min(told, fireTime);
            lock.notifyAll();
        }
    }

    /** Returns when it has ended; after some seconds in any case. */
    void close() {
        Daemon running;
        synchronized (lock) {
            closed = true;
            running = thread;
            lock.notifyAll();
        }
        if (running != null) {
            running.join();
        }
    }

    private void run() {
        boolean failing = false;
        while (true) {
            try {
                if (!awaitIdle()) {
                    return;
                }
                long due = next.fireTime();
                failing = false;
                if (!awaitDue(due)) {
                    continue;
                }
                wake.accept(due);
                awaitBusy();
            } catch (SQLException | RuntimeException | Error e) {
                // An error too: without this thread the node would only look by itself, once a second.
                if (!failing) {
                    LOG.warn("could not look for the next trigger due: {}", e.toString());
                }
                failing = true;
                pause();
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private boolean awaitIdle() throws InterruptedException {
        synchronized (lock) {
            while (!idle && !closed) {
                lock.wait();
            }
            return !closed;
        }
    }

    /** True once that time, or one told of meanwhile, has come; false after the interval. */
    private boolean awaitDue(long due) throws InterruptedException {
        long pollAgain = nanoTime.getAsLong() + intervalMillis * 1_000_000;
        synchronized (lock) {
            while (idle && !closed) {
                long untilDue = Math.min(due, told) - clock.millis();
                if (untilDue <= 0) {
                    return true;
                }
                long untilPoll = (pollAgain - nanoTime.getAsLong() + 999_999) / 1_000_000;
                if (untilPoll <= 0) {
                    return false;
                }
                lock.wait(Math.min(untilDue, untilPoll));
            }
            return false;
        }
    }

    /** Woken, the scheduler thread has this long to come: a scheduler in standby never does. */
    private void awaitBusy() throws InterruptedException {
        long deadline = nanoTime.getAsLong() + intervalMillis * 1_000_000;
        synchronized (lock) {
            long left = intervalMillis;
            while (idle && !closed && left > 0) {
                lock.wait(left);
                left = (deadline - nanoTime.getAsLong()) / 1_000_000;
            }
        }
    }

    private void pause() {
        synchronized (lock) {
            long deadline = nanoTime.getAsLong() + 500_000_000L;
            try {
                for (long left = 500; left > 0 && !closed; left = (deadline - nanoTime.getAsLong()) / 1_000_000) {
                    lock.wait(left);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
