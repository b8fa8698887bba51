package dev.bide.delivery;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How long to wait before the next attempt: exponential with full jitter, a random time between nothing and
 * min(max, initial × multiplier<sup>attempt − 1</sup>).
 *
 * <p>Source: Marc Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog.
 */
public record Backoff(Duration initial, double multiplier, Duration max) {

    public Backoff {
        if (initial.isNegative()) {
            throw new IllegalArgumentException("initial must not be negative, not " + initial);
        }
        if (!(multiplier >= 1) || Double.isInfinite(multiplier)) {
            throw new IllegalArgumentException("multiplier must be at least 1, not " + multiplier);
        }
        if (max.isNegative()) {
            throw new IllegalArgumentException("max must not be negative, not " + max);
        }
    }

    /**
     * The wait after a failed attempt, in whole milliseconds, never more than {@code max}.
     *
     * @param attempt the number of the attempt that failed, from 1
     * @param retryAfter what the third party asked for, which the jitter is added to: those that were told the same
     *     do not come back at the same moment
     */
    public Duration after(int attempt, @Nullable Duration retryAfter, RandomGenerator random) {
        if (attempt < 1) {
            throw new IllegalArgumentException("attempt must be at least 1, not " + attempt);
        }
        double ceiling = Math.min(max.toMillis(), (double) initial.toMillis() * Math.pow(multiplier, attempt - 1));
        Duration jittered = Duration.ofMillis((long) (ceiling * random.nextDouble()));
        if (retryAfter == null || retryAfter.compareTo(max) >= 0) {
            return retryAfter == null ? jittered : max;
        }
        Duration asked = retryAfter.plus(jittered);
        return asked.compareTo(max) < 0 ? asked : max;
    }
}
