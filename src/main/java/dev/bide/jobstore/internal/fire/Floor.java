package dev.bide.jobstore.internal.fire;

import java.util.concurrent.TimeUnit;

/**
 * Where in an index of fire times to begin. While a transaction anywhere holds back vacuum, the entries of triggers already taken stay at its front, and a scan from
 * the beginning reads all of them each time; and so do the triggers of lanes that are held. So a scan begins where the one before ended, and a scan from the very
 * beginning is made every so often, for triggers that came in late with an early fire time; the longer it takes the rarer it is.
 *
 * <p>What is told of while a scan is under way may or may not have been seen by it. So the floor never rises beyond the earliest of that; but it does rise to that, or a
 * node that stores all the while would begin at the beginning each time.
 *
 * <p>One thread scans; any may lower the floor.
 */
final class Floor {
    private static final long FULL_SCAN_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int SHARE = 20;
    /** A trigger due now is visible only when the transaction that stores it has committed. */
    private static final long MARGIN_MILLIS = 1_000;

    record Scan(long from, long startedAt) {}

    private long value;
    private long loweredSince = Long.MAX_VALUE;
    private long nextFullScan = System.nanoTime();

    synchronized void lower(long fireTime) {
        value = Math.min(value, fireTime);
        loweredSince = Math.min(loweredSince, fireTime);
    }

    synchronized long peek() {
        return value;
    }

    synchronized Scan begin() {
        long now = System.nanoTime();
        loweredSince = Long.MAX_VALUE;
        return new Scan(now - nextFullScan >= 0 ? 0 : value, now);
    }

    /** The same where another looks at the very beginning. */
    synchronized Scan beginAbove() {
        loweredSince = Long.MAX_VALUE;
        return new Scan(value, System.nanoTime());
    }

    /** @param reached all that was due before is taken */
    synchronized void end(Scan scan, long reached, long now) {
        looked(scan);
        value = Math.min(Math.min(reached, now - MARGIN_MILLIS), loweredSince);
    }

    /** It looked at what there is, and took nothing. */
    synchronized void looked(Scan scan) {
        if (scan.from() == 0) {
            long ended = System.nanoTime();
            nextFullScan = ended + Math.max(FULL_SCAN_NANOS, SHARE * (ended - scan.startedAt()));
        }
    }
}
