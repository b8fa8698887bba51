package dev.bide.engine.figures;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does one thing again and again, on a thread of its own. A fault is logged, once until it has passed, and ends nothing; an error neither, such as a full heap. */
final class Turns implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Turns.class);

    private final String what;
    private final Duration pause;
    private final Runnable turn;
    private final CountDownLatch closing = new CountDownLatch(1);
    private boolean failing;

    /** @param what is done, for the log */
    Turns(String what, Duration pause, Runnable turn) {
        this.what = what;
        this.pause = pause;
        this.turn = turn;
    }

    void start(String threadName) {
        Thread thread = new Thread(this::run, threadName);
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            while (!closing.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                turn();
            }
        } catch (InterruptedException e) {
            LOG.warn("{}: the thread was interrupted, and does it no more", what);
        }
    }

    private void turn() {
        try {
            turn.run();
            failing = false;
        } catch (RuntimeException | Error e) {
            if (!failing) {
                LOG.warn("{} failed, and is tried again each {} s: {}", what, pause.toSeconds(), e.toString());
            }
            failing = true;
        }
    }

    /** A turn under way ends by itself. */
    @Override
    public void close() {
        closing.countDown();
    }
}
