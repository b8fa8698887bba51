package dev.bide;

import dev.bide.engine.DatabaseAway;
import dev.bide.startup.StartFault;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a start wait for a database that restarts, or fails over, in the middle of it: what the start asks of it is asked again, for so long in all. What no
 * waiting mends ends the start at once.
 */
final class StartPatience {
    private static final Logger LOG = LoggerFactory.getLogger(StartPatience.class);
    private static final long PAUSE_MILLIS = 500;
    private static final long TELL_EACH_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Duration longest;
    private final long end;
    private long tellAt = System.nanoTime();

    /** From now on. */
    StartPatience(Duration longest) {
        this.longest = longest;
        this.end = System.nanoTime() + longest.toNanos();
    }

    /** Something that may be done again where it failed. */
    interface Step {
        void run() throws Exception;
    }

    void during(Step step) throws Exception {
        during(() -> {
            step.run();
            return true;
        });
    }

    /** @throws IOException the database was away for too long */
    <T> T during(Callable<T> step) throws Exception {
        while (true) {
            try {
                return step.call();
            } catch (Exception e) {
                // Nobody waits for a start that was told to stop.
                if (!DatabaseAway.is(e) || StartFault.jvmIsEnding()) {
                    throw e;
                }
                if (System.nanoTime() - end > 0) {
                    throw new IOException(
                            "the database went away, and is not back within " + longest.toSeconds()
                                    + " s (database.startTimeout): " + e.getMessage(),
                            e);
                }
                tell(e);
            }
            pause();
        }
    }

    private void tell(Exception fault) {
        long now = System.nanoTime();
        if (now - tellAt >= 0) {
            tellAt = now + TELL_EACH_NANOS;
            LOG.warn(
                    "The database went away during the start, which waits for it, up to {} s in all: {}",
                    longest.toSeconds(),
                    fault.getMessage());
        }
    }

    private static void pause() throws IOException {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for the database");
        }
    }
}
