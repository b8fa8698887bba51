package dev.bide.delivery.destination;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A destination's places for calls. How many there are may be changed at any time, and never waits for anybody: where more calls are under way than there are places
 * left, none begins until enough of them have ended. Safe for any number of threads.
 */
final class Places {
    /** Whoever waits longest is the first. */
    private static final class Permits extends Semaphore {
        private static final long serialVersionUID = 1L;

        Permits(int count) {
            super(count, true);
        }

        void reduce(int count) {
            reducePermits(count);
        }
    }

    private final Permits permits;
    private final long longestWait;
    private volatile int most;

    /** @param longestWait that {@link #enter} waits for a place */
    Places(int most, Duration longestWait) {
        this.permits = new Permits(most);
        this.longestWait = longestWait.toNanos();
        this.most = most;
    }

    /** Those who ask meanwhile may see more under way than there are, never fewer. */
    synchronized void change(int count) {
        int more = count - most;
        if (more > 0) {
            most = count;
            permits.release(more);
        } else if (more < 0) {
            permits.reduce(-more);
            most = count;
        }
    }

    int most() {
        return most;
    }

    int underWay() {
        return Math.max(0, most - permits.availablePermits());
    }

    /** Takes a place, to be given back by {@link #leave}. False where there is none in time, or the thread is interrupted. */
    boolean enter() {
        try {
            return permits.tryAcquire(longestWait, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    void leave() {
        permits.release();
    }
}
