package dev.bide.delivery.destination;

import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Calls that may begin in a second.
 *
 * @param limiter null where none may: this node's share of a few calls among many nodes
 */
record Rate(@Nullable RateLimiter limiter, int perSecond) {
    static Rate of(String name, int perSecond) {
        if (perSecond == 0) {
            return new Rate(null, 0);
        }
        // Ten refills a second, so that a second's calls don't come in one burst; fewer where that wouldn't come out
        // even.
        int refills = perSecond % 10 == 0 ? 10 : 1;
        RateLimiter limiter = RateLimiter.of(
                name,
                RateLimiterConfig.custom()
                        .limitForPeriod(perSecond / refills)
                        .limitRefreshPeriod(Duration.ofMillis(1_000L / refills))
                        .timeoutDuration(Duration.ZERO)
                        .writableStackTraceEnabled(false)
                        .build());
        return new Rate(limiter, perSecond);
    }

    boolean acquire() {
        return limiter != null && limiter.acquirePermission();
    }

    int room() {
        return limiter == null ? 0 : limiter.getMetrics().getAvailablePermissions();
    }

    /** Nanoseconds from one call to the next. */
    long pace() {
        return TimeUnit.SECONDS.toNanos(1) / Math.max(1, perSecond);
    }
}
