package dev.bide.delivery.destination;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.core.IntervalFunction;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** One destination's circuit breaker: when it is left alone, and by how many it is tried again. Safe for any number of threads. */
final class DestinationBreaker {

    private static final long MILLISECOND = 1_000_000L;

    private final CircuitBreaker breaker;
    private final int concurrentTrialCalls;
    private final int trialCalls;
    private final LongSupplier nanos;
    private volatile long openUntil;

    /**
     * @param closed is run whenever it has closed
     * @param nanos as {@link System#nanoTime} counts them
     */
    DestinationBreaker(String name, DestinationLimits.Breaker settings, Runnable closed, LongSupplier nanos) {
        this.nanos = nanos;
        this.openUntil = nanos.getAsLong();
        this.concurrentTrialCalls = settings.concurrentTrialCalls;
        this.trialCalls = settings.trialCalls;
        this.breaker = CircuitBreaker.of(
                name,
                CircuitBreakerConfig.custom()
                        .clock(new Monotonic(nanos))
                        .slidingWindowType(CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                        .slidingWindowSize(settings.window)
                        .minimumNumberOfCalls(settings.minimumCalls)
                        .failureRateThreshold(settings.failureRate)
                        .waitIntervalFunctionInOpenState(opening(settings))
                        .permittedNumberOfCallsInHalfOpenState(settings.trialCalls)
                        .recordResult(result -> result == Verdict.FAILED)
                        .writableStackTraceEnabled(false)
                        .build());
        breaker.getEventPublisher().onStateTransition(event -> {
            switch (event.getStateTransition().getToState()) {
                case CLOSED -> closed.run();
                case OPEN, HALF_OPEN, DISABLED, FORCED_OPEN, METRICS_ONLY -> {}
            }
        });
        if (!settings.enabled) {
            breaker.transitionToDisabledState();
        }
    }

    /** Asked once for each time that it opens, just before it does. */
    private IntervalFunction opening(DestinationLimits.Breaker settings) {
        long first = settings.openFor.toMilliseconds();
        IntervalFunction growing = IntervalFunction.ofExponentialBackoff(
                first, 2, Math.max(first, settings.longestOpenFor.toMilliseconds()));
        return attempt -> {
            long millis = growing.apply(attempt);
            openUntil = nanos.getAsLong() + millis * MILLISECOND;
            return millis;
        };
    }

    boolean open() {
        return breaker.getState() == CircuitBreaker.State.OPEN || breaker.getState() == CircuitBreaker.State.HALF_OPEN;
    }

    DestinationFigures.Breaker state() {
        return switch (breaker.getState()) {
            case CLOSED, DISABLED, METRICS_ONLY -> DestinationFigures.Breaker.CLOSED;
            case OPEN, FORCED_OPEN -> DestinationFigures.Breaker.OPEN;
            case HALF_OPEN -> DestinationFigures.Breaker.HALF_OPEN;
        };
    }

    /** Nanoseconds until it may be tried again; negative once it may. */
    long leftAlone() {
        return openUntil - nanos.getAsLong();
    }

    /**
     * Whether a call may go. While it is tried again only a few are under way, those from before it opened among them: so a destination that hangs
     * holds few threads, and one that answers at once is through its trial at once.
     *
     * @param underWay calls, this one included
     */
    boolean admit(int underWay) {
        boolean tried = breaker.getState() == CircuitBreaker.State.HALF_OPEN;
        return (!tried || underWay <= concurrentTrialCalls) && breaker.tryAcquirePermission();
    }

    /** How many calls could begin, beside those under way. */
    int room(int underWay) {
        return switch (breaker.getState()) {
            case CLOSED, DISABLED, METRICS_ONLY -> Integer.MAX_VALUE;
            case OPEN, FORCED_OPEN -> leftAlone() > 0 ? 0 : Math.max(0, concurrentTrialCalls - underWay);
            case HALF_OPEN -> Math.max(0, Math.min(concurrentTrialCalls, trialsLeft()) - underWay);
        };
    }

    /** Those that have ended don't come again. Calls from before it opened count too: they end, or it does. */
    private int trialsLeft() {
        return trialCalls - breaker.getMetrics().getNumberOfBufferedCalls();
    }

    /** A call that was admitted says nothing. */
    void giveBack() {
        breaker.releasePermission();
    }

    void ended(Verdict verdict, long nanos) {
        breaker.onResult(nanos, TimeUnit.NANOSECONDS, verdict);
    }

    /** So that the breaker waits as long as it says, whatever becomes of the machine's clock. */
    private static final class Monotonic extends Clock {
        private final LongSupplier nanos;

        Monotonic(LongSupplier nanos) {
            this.nanos = nanos;
        }

        @Override
        public Instant instant() {
            return Instant.EPOCH.plusNanos(nanos.getAsLong());
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException("its instants are of no day");
        }
    }
}
