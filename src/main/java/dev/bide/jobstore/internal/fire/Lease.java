package dev.bide.jobstore.internal.fire;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * For how long this node may act by its last check-in. The others give it up when they have not seen a new check-in for the whole of the failover time; the lease counts
 * from before the check-in began, which is earlier than anybody can have seen it, and is shorter. So it ends before anybody takes over.
 *
 * <p>By the monotonic clock, which nobody sets, and by the wall clock as well: the monotonic one stands still while a virtual machine is suspended.
 *
 * <p>A lease that has run out, even if nobody noticed, is another one when it is renewed: what was taken under the old one may be another node's by now, and is not
 * begun any more. Thread-safe.
 */
public final class Lease {
    /** The number of no lease. */
    static final long NONE = 0;

    private static final int SHARE_OF_FAILOVER = 10;
    private static final int SHARE_OF_MARGIN = 4;

    /** A reading of both clocks. */
    public record Moment(long nanos, long millis) {}

    private record Held(Moment since, long number) {}

    private final LongSupplier nanoTime;
    private final LongSupplier wallMillis;
    private final long lengthMillis;
    private volatile @Nullable Held held;
    private volatile long checkedInNanos;
    private volatile boolean everCheckedIn;
    private long numbers = NONE;

    /**
     * @param nanoTime the monotonic clock
     * @param wallMillis this node's wall clock
     */
    public Lease(LongSupplier nanoTime, LongSupplier wallMillis, long intervalMillis, long marginMillis) {
        this.nanoTime = nanoTime;
        this.wallMillis = wallMillis;
        this.lengthMillis = length(intervalMillis, marginMillis);
    }

    /** Less than the failover time by a tenth of it, for what lies between the look and the act; but longer than the interval of check-ins in any case. */
    static long length(long intervalMillis, long marginMillis) {
        return intervalMillis
                + marginMillis
                - Math.min((intervalMillis + marginMillis) / SHARE_OF_FAILOVER, marginMillis / SHARE_OF_MARGIN);
    }

    public Moment now() {
        return new Moment(nanoTime.getAsLong(), wallMillis.getAsLong());
    }

    /** A check-in is committed. @param begun before its transaction began */
    public synchronized void renew(Moment begun) {
        Held before = held;
        if (before == null || !isYoung(before)) {
            numbers++;
        }
        held = new Held(begun, numbers);
        checkedInNanos = begun.nanos();
        everCheckedIn = true;
    }

    /** Ends it at once: somebody else checks in under this node's name. */
    public synchronized void end() {
        held = null;
    }

    public boolean isHeld() {
        return number() != NONE;
    }

    /** Which lease this is; {@link #NONE} where none is held. */
    long number() {
        Held current = held;
        return current != null && isYoung(current) ? current.number() : NONE;
    }

    /** Whether that lease has been held without a gap until now. */
    boolean isHeld(long number) {
        return number != NONE && number() == number;
    }

    /** Milliseconds since the last check-in that was committed; 0 before the first. */
    public long ageMillis() {
        return everCheckedIn ? Math.max(0, TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong() - checkedInNanos)) : 0;
    }

    private boolean isYoung(Held current) {
        Moment now = now();
        return TimeUnit.NANOSECONDS.toMillis(now.nanos() - current.since().nanos()) < lengthMillis
                && now.millis() - current.since().millis() < lengthMillis;
    }
}
