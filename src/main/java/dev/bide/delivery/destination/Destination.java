package dev.bide.delivery.destination;

import dev.bide.delivery.DeliveryOutcome.Deferred;
import dev.bide.delivery.DeliveryOutcome.Reason;
import dev.bide.delivery.address.DestinationName;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * One host and port: what it may be asked to carry, and its connections. Every {@link #admit} that gives a place is
 * followed by exactly one {@link #release}. Safe for any number of threads.
 */
public final class Destination {

    private static final long MILLISECOND = 1_000_000L;

    /** Nobody comes back sooner: the database would feel it. */
    private static final long SOONEST_NANOS = 50 * MILLISECOND;

    /** While nothing is known of how fast the destination answers. */
    private static final long FIRST_GUESS_NANOS = 20 * MILLISECOND;

    /** How many a second come to ask whether an open breaker has closed, at most. */
    private static final long BREAKER_PACE_NANOS = 2 * MILLISECOND;

    /**
     * How long anything is waited for, at most, and by which clock.
     *
     * @param pause that a destination may ask for
     * @param forPlace who is likely to have a place by then waits for it; short, since it waits on one of the threads that serve all destinations
     * @param nanos as {@link System#nanoTime} counts them
     */
    record Waits(Duration pause, Duration forPlace, LongSupplier nanos) {
        Waits(Duration pause) {
            this(pause, Duration.ofMillis(20), System::nanoTime);
        }
    }

    /** What {@link #admit} says: one of the two. */
    public record Admission(@Nullable Deferred deferred, Threads.@Nullable Place place) {}

    private final DestinationName name;
    private final OkHttpClient client;
    private final DestinationLimits limits;
    private final Threads threads;
    private final Threads.Share share = new Threads.Share();
    private final Bulkhead bulkhead;
    private final DestinationBreaker breaker;
    private final AskedPause pause;
    private final @Nullable RateLimiter rate;
    private final AtomicInteger waiting = new AtomicInteger();
    private final long longestWait;
    private final LongSupplier nanos;
    private final Slots fullSlots;
    private final Slots rateSlots;
    private final Slots breakerSlots;
    private final ThreadDenials denials;

    /** A moving average, written without a lock: a lost update does no harm. */
    private volatile long usualNanos = FIRST_GUESS_NANOS;

    /** When a call ended last, or one began while there was none. */
    private volatile long progressAt;

    /** When there was a place last: however long nothing has ended by then, it was not for want of places. */
    private volatile long roomAt;

    Destination(DestinationName name, DestinationLimits limits, Waits waits, Threads threads, OkHttpClient client) {
        this.name = name;
        this.limits = limits;
        this.threads = threads;
        this.client = client;
        this.longestWait = waits.forPlace().toNanos();
        this.nanos = waits.nanos();
        this.progressAt = nanos.getAsLong();
        this.roomAt = progressAt;
        this.fullSlots = new Slots(nanos);
        this.rateSlots = new Slots(nanos);
        this.breakerSlots = new Slots(nanos);
        this.denials = new ThreadDenials(nanos);
        String text = name.toString();
        this.bulkhead = Bulkhead.of(
                text,
                BulkheadConfig.custom()
                        .maxConcurrentCalls(limits.maxConcurrentCalls)
                        .maxWaitDuration(waits.forPlace())
                        .build());
        this.breaker = new DestinationBreaker(text, limits.breaker, breakerSlots::clear, nanos);
        this.pause = new AskedPause(waits.pause(), nanos);
        this.rate = limits.callsPerSecond == 0 ? null : rate(text, limits.callsPerSecond);
    }

    public DestinationName name() {
        return name;
    }

    public OkHttpClient client() {
        return client;
    }

    boolean open() {
        return breaker.open();
    }

    /** Whether it has ever answered. */
    public boolean known() {
        return threads.answered(share);
    }

    /** A place where the call may go now. Waits for no more than 20 ms, and only where one is likely by then. */
    public Admission admit() {
        long paused = pause.left();
        if (paused > 0) {
            return deferred(Reason.ASKED_TO_WAIT, fullSlots.next(paused, pace()));
        }
        if (!enter()) {
            return deferred(Reason.DESTINATION_FULL, fullSlots.next(SOONEST_NANOS, paceWhenFull()));
        }
        if (pause.room(underWay() - 1) == 0) {
            bulkhead.releasePermission();
            return deferred(Reason.ASKED_TO_WAIT, fullSlots.next(SOONEST_NANOS, pace()));
        }
        if (!breaker.admit(underWay())) {
            bulkhead.releasePermission();
            long wait = Math.max(SOONEST_NANOS, breaker.leftAlone());
            return deferred(Reason.BREAKER_OPEN, breakerSlots.next(wait, Math.max(BREAKER_PACE_NANOS, pace())));
        }
        Threads.Place place = threads.enter(share);
        if (place == null) {
            breaker.giveBack();
            bulkhead.releasePermission();
            return deferred(Reason.NO_THREAD, denials.next());
        }
        // The last of all, because what it has given it can't take back.
        if (rate != null && !rate.acquirePermission()) {
            threads.leave(place, false);
            breaker.giveBack();
            bulkhead.releasePermission();
            return deferred(
                    Reason.RATE_LIMITED, rateSlots.next(SOONEST_NANOS, 1_000 * MILLISECOND / limits.callsPerSecond));
        }
        denials.over();
        if (underWay() == 1) {
            progressAt = nanos.getAsLong();
        }
        return new Admission(null, place);
    }

    /**
     * How many calls could begin now, or have a place soon enough to wait for it, as far as it is for this destination to say: what of the threads is left is
     * asked of {@link #threads}.
     */
    int room() {
        long underWay = underWay();
        long soon = longestWait / Math.max(1, paceWhenFull());
        long room = limits.maxConcurrentCalls - underWay - waiting.get() + soon;
        room = Math.min(room, pause.room((int) underWay));
        room = Math.min(room, breaker.room((int) underWay));
        if (rate != null) {
            room = Math.min(room, rate.getMetrics().getAvailablePermissions());
        }
        return (int) Math.max(0, room);
    }

    Threads.Share share() {
        return share;
    }

    /**
     * Takes a place. A burst finds a destination full that answers within a few milliseconds: to wait for it here is quicker than by way of the
     * database, and at the limit of the machine those ways are what keeps it there (one in twenty went it at 5,556 timers a second on two cores).
     */
    private boolean enter() {
        int turn = waiting.incrementAndGet();
        try {
            boolean room = underWay() < limits.maxConcurrentCalls;
            if (room) {
                roomAt = nanos.getAsLong();
            }
            return (room || turn * paceWhenFull() < longestWait) && bulkhead.tryAcquirePermission();
        } finally {
            waiting.decrementAndGet();
        }
    }

    /**
     * Nanoseconds from one call's end to the next. While none ends, a call takes at least as long as nothing has ended: a destination that begins to hang is
     * asked ever more seldom, and not at the pace of its better days until the first call times out.
     */
    private long pace() {
        return paceSince(progressAt);
    }

    private long paceWhenFull() {
        long progress = progressAt;
        long room = roomAt;
        return paceSince(room - progress > 0 ? room : progress);
    }

    private long paceSince(long progress) {
        return Math.max(usualNanos, nanos.getAsLong() - progress) / limits.maxConcurrentCalls;
    }

    private int underWay() {
        return limits.maxConcurrentCalls - bulkhead.getMetrics().getAvailableConcurrentCalls();
    }

    /**
     * @param answered whether anything came back
     * @param asked for how long it wants to be left alone; null where it did not ask
     * @param tookNanos of the call
     */
    public void release(
            Threads.Place place, Verdict verdict, boolean answered, @Nullable Duration asked, long tookNanos) {
        threads.leave(place, answered);
        if (asked != null) {
            pause.ask(asked);
        } else if (verdict == Verdict.WELL) {
            pause.answered();
        }
        bulkhead.onComplete();
        progressAt = nanos.getAsLong();
        if (verdict == Verdict.UNKNOWN) {
            breaker.giveBack();
            return;
        }
        long usual = usualNanos;
        usualNanos = usual + (tookNanos - usual) / 8;
        breaker.ended(verdict, tookNanos);
        if (bulkhead.getMetrics().getAvailableConcurrentCalls() > limits.maxConcurrentCalls / 2) {
            fullSlots.clear();
        }
    }

    void close() {
        client.connectionPool().evictAll();
    }

    private static Admission deferred(Reason reason, Duration wait) {
        return new Admission(new Deferred(Duration.ofMillis(wait.toMillis() + 1), reason), null);
    }

    private static RateLimiter rate(String name, int callsPerSecond) {
        // Ten refills a second, so that a second's calls don't come in one burst; fewer where that wouldn't come out
        // even.
        int refills = callsPerSecond % 10 == 0 ? 10 : 1;
        return RateLimiter.of(
                name,
                RateLimiterConfig.custom()
                        .limitForPeriod(callsPerSecond / refills)
                        .limitRefreshPeriod(Duration.ofMillis(1_000L / refills))
                        .timeoutDuration(Duration.ZERO)
                        .writableStackTraceEnabled(false)
                        .build());
    }
}
