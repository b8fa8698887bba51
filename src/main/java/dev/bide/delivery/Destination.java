package dev.bide.delivery;

import dev.bide.delivery.DeliveryOutcome.Deferred;
import dev.bide.delivery.DeliveryOutcome.Reason;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * One host and port: what it may be asked to carry, and its connections. Every {@link #admit} that returns null is
 * followed by exactly one {@link #release}. Safe for any number of threads.
 */
final class Destination {

    private static final long MILLISECOND = 1_000_000L;

    /** Nobody comes back sooner: the database would feel it. */
    private static final long SOONEST = 50 * MILLISECOND;

    /** Who is likely to have a place by then waits for it. Short, since it waits on one of the threads that serve all destinations. */
    private static final long LONGEST_WAIT = 20 * MILLISECOND;

    /** While nothing is known of how fast the destination answers. */
    private static final long FIRST_GUESS = 20 * MILLISECOND;

    /** How many a second come to ask whether an open breaker has closed, at most. */
    private static final long BREAKER_PACE = 2 * MILLISECOND;

    /** What a call came to, for the breaker. */
    enum Verdict {
        WELL,
        FAILED,
        /** The call says nothing about the destination. */
        UNKNOWN
    }

    private final String name;
    private final OkHttpClient client;
    private final DestinationLimits limits;
    private final Bulkhead bulkhead;
    private final CircuitBreaker breaker;
    private final @Nullable RateLimiter rate;
    private final AtomicInteger waiting = new AtomicInteger();
    private final Slots fullSlots = new Slots();
    private final Slots rateSlots = new Slots();
    private final Slots breakerSlots = new Slots();

    private volatile long openUntil = System.nanoTime();

    /** A moving average, written without a lock: a lost update does no harm. */
    private volatile long usualNanos = FIRST_GUESS;

    /** When a call ended last, or one began while there was none. */
    private volatile long progressAt = System.nanoTime();

    /** When there was a place last: however long nothing has ended by then, it was not for want of places. */
    private volatile long roomAt = System.nanoTime();

    Destination(String name, DestinationLimits limits, OkHttpClient client) {
        this.name = name;
        this.limits = limits;
        this.client = client;
        this.bulkhead = Bulkhead.of(
                name,
                BulkheadConfig.custom()
                        .maxConcurrentCalls(limits.maxConcurrentCalls)
                        .maxWaitDuration(Duration.ofNanos(LONGEST_WAIT))
                        .build());
        this.breaker = breaker(name, limits.breaker);
        this.rate = limits.callsPerSecond == 0 ? null : rate(name, limits.callsPerSecond);
    }

    String name() {
        return name;
    }

    OkHttpClient client() {
        return client;
    }

    boolean open() {
        return breaker.getState() == CircuitBreaker.State.OPEN || breaker.getState() == CircuitBreaker.State.HALF_OPEN;
    }

    /** Null where the call may go now. Waits for no more than 20 ms, and only where a place is likely by then. */
    @Nullable
    Deferred admit() {
        if (!enter()) {
            return deferred(Reason.DESTINATION_FULL, fullSlots.next(SOONEST, paceWhenFull()));
        }
        if (!mayTry() || !breaker.tryAcquirePermission()) {
            bulkhead.releasePermission();
            long wait = Math.max(SOONEST, openUntil - System.nanoTime());
            return deferred(Reason.BREAKER_OPEN, breakerSlots.next(wait, Math.max(BREAKER_PACE, pace())));
        }
        // The last of the three, because what it has given it can't take back.
        if (rate != null && !rate.acquirePermission()) {
            breaker.releasePermission();
            bulkhead.releasePermission();
            return deferred(Reason.RATE_LIMITED, rateSlots.next(SOONEST, 1_000 * MILLISECOND / limits.callsPerSecond));
        }
        if (underWay() == 1) {
            progressAt = System.nanoTime();
        }
        return null;
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
                roomAt = System.nanoTime();
            }
            return (room || turn * paceWhenFull() < LONGEST_WAIT) && bulkhead.tryAcquirePermission();
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
        return Math.max(usualNanos, System.nanoTime() - progress) / limits.maxConcurrentCalls;
    }

    private int underWay() {
        return limits.maxConcurrentCalls - bulkhead.getMetrics().getAvailableConcurrentCalls();
    }

    /**
     * While it is tried again only a few calls are under way, those from before it opened among them: so a destination that hangs
     * holds few threads, and one that answers at once is through its trial at once.
     */
    private boolean mayTry() {
        if (breaker.getState() != CircuitBreaker.State.HALF_OPEN) {
            return true;
        }
        return underWay() <= limits.breaker.concurrentTrialCalls;
    }

    void release(Verdict verdict, long nanos) {
        bulkhead.onComplete();
        progressAt = System.nanoTime();
        if (verdict == Verdict.UNKNOWN) {
            breaker.releasePermission();
            return;
        }
        long usual = usualNanos;
        usualNanos = usual + (nanos - usual) / 8;
        breaker.onResult(nanos, TimeUnit.NANOSECONDS, verdict);
        if (bulkhead.getMetrics().getAvailableConcurrentCalls() > limits.maxConcurrentCalls / 2) {
            fullSlots.clear();
        }
    }

    void close() {
        client.connectionPool().evictAll();
    }

    private static Deferred deferred(Reason reason, Duration wait) {
        return new Deferred(Duration.ofMillis(wait.toMillis() + 1), reason);
    }

    private CircuitBreaker breaker(String name, DestinationLimits.Breaker settings) {
        // Asked once for each time that it opens, just before it does.
        long first = settings.openFor.toMilliseconds();
        IntervalFunction growing = IntervalFunction.ofExponentialBackoff(
                first, 2, Math.max(first, settings.longestOpenFor.toMilliseconds()));
        IntervalFunction opening = attempt -> {
            long millis = growing.apply(attempt);
            openUntil = System.nanoTime() + millis * MILLISECOND;
            return millis;
        };
        CircuitBreaker breaker = CircuitBreaker.of(
                name,
                CircuitBreakerConfig.custom()
                        .slidingWindowType(CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                        .slidingWindowSize(settings.window)
                        .minimumNumberOfCalls(settings.minimumCalls)
                        .failureRateThreshold(settings.failureRate)
                        .waitIntervalFunctionInOpenState(opening)
                        .permittedNumberOfCallsInHalfOpenState(settings.trialCalls)
                        .recordResult(result -> result == Verdict.FAILED)
                        .writableStackTraceEnabled(false)
                        .build());
        breaker.getEventPublisher().onStateTransition(event -> {
            switch (event.getStateTransition().getToState()) {
                case CLOSED -> breakerSlots.clear();
                case OPEN, HALF_OPEN, DISABLED, FORCED_OPEN, METRICS_ONLY -> {}
            }
        });
        if (!settings.enabled) {
            breaker.transitionToDisabledState();
        }
        return breaker;
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
