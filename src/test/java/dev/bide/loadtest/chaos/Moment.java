package dev.bide.loadtest.chaos;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The moment at which faults are to end. Safe for several threads. */
final class Moment {
    private final CountDownLatch come = new CountDownLatch(1);

    void comes() {
        come.countDown();
    }

    boolean hasCome() {
        return come.getCount() == 0;
    }

    /** Waits so long, or until the moment comes. */
    void waitFor(Duration pause) throws InterruptedException {
        come.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    }
}
