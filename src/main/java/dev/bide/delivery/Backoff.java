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
     *     do not come back at the same moment. Where that is {@code max} or more, the last tenth of {@code max} is the jitter
     */
    public Duration after(int attempt, @Nullable Duration retryAfter, RandomGenerator random) {
        if (attempt < 1) {
            throw new IllegalArgumentException("attempt must be at least 1, not " + attempt);
        }
        double most = max.toMillis();
        double ceiling = Math.min(most, (double) initial.toMillis() * Math.pow(multiplier, attempt - 1));
        double least = 0;
        if (retryAfter != null) {
            boolean beyond = retryAfter.compareTo(max) >= 0;
            least = beyond ? most * 0.9 : retryAfter.toMillis();
            ceiling = beyond ? most : Math.min(most, least + ceiling);
        }
        return Duration.ofMillis((long) least + (long) ((ceiling - least) * random.nextDouble()));
    }
}
