package dev.bide.embedded;

import java.io.InterruptedIOException;
import java.util.concurrent.TimeUnit;

/** Tells whoever waits for PostgreSQL to give up, because the service is told to stop. Thread-safe. */
final class StopSignal {
    private static final long PAUSE_MILLIS = 100;

    private volatile boolean given;

    void give() {
        given = true;
    }

    boolean given() {
        return given;
    }

    /** @throws InterruptedIOException the signal was given */
    void check() throws InterruptedIOException {
        if (given) {
            throw new InterruptedIOException("told to stop");
        }
    }

    /**
     * Waits a moment.
     *
     * @throws InterruptedIOException the signal was given, or the thread interrupted
     */
    void pause() throws InterruptedIOException {
        check();
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for PostgreSQL");
        }
    }
}
