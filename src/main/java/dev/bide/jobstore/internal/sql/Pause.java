package dev.bide.jobstore.internal.sql;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A pause that an interrupt ends, with the interrupt flag left as it is. */
public final class Pause {
    private Pause() {}

    /** False where the thread is interrupted: the caller should give up what it is doing. */
    public static boolean millis(long millis) {
        return nanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    public static boolean nanos(long nanos) {
        long deadline = System.nanoTime() + nanos;
        for (long left = nanos; left > 0; left = deadline - System.nanoTime()) {
            if (Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(left);
        }
        return !Thread.currentThread().isInterrupted();
    }
}
