package dev.bide.workflow;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.bide.json.InvalidException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How often and how far apart a call is tried again.
 *
 * @param maxRetries attempts after the first, 0 to 3
 * @param initialBackoff the longest wait before attempt 2
 * @param multiplier what that grows by with each attempt, 1 to 10
 * @param maxBackoff the longest wait there is, and the most of a {@code Retry-After} that is honoured; at most a day
 */
public record RetryPolicy(int maxRetries, Duration initialBackoff, double multiplier, Duration maxBackoff) {
    /** The demand's limit: at most 3 retries, so 4 attempts. */
    public static final int MOST_RETRIES = 3;

    /** Stands before DEFAULT, which is checked against it. */
    private static final Duration LONGEST = Duration.ofDays(1);

    public static final RetryPolicy DEFAULT = new RetryPolicy(3, Duration.ofSeconds(1), 2, Duration.ofMinutes(5));

    public RetryPolicy {
        if (maxRetries < 0 || maxRetries > MOST_RETRIES) {
            throw new InvalidException("maxRetries", "must be from 0 to " + MOST_RETRIES);
        }
        if (initialBackoff.isNegative() || initialBackoff.compareTo(LONGEST) > 0) {
            throw new InvalidException("initialBackoff", "must be from PT0S to PT24H");
        }
        if (!(multiplier >= 1 && multiplier <= 10)) {
            throw new InvalidException("multiplier", "must be from 1 to 10");
        }
        if (maxBackoff.isNegative() || maxBackoff.compareTo(LONGEST) > 0) {
            throw new InvalidException("maxBackoff", "must be from PT0S to PT24H");
        }
        if (maxBackoff.compareTo(initialBackoff) < 0) {
            throw new InvalidException("maxBackoff", "must not be shorter than initialBackoff");
        }
    }

    /** As JSON has it: what is left out takes its default; a shorter {@code maxBackoff} alone also shortens the default {@code initialBackoff}. */
    @JsonCreator
    public static RetryPolicy of(
            @JsonProperty("maxRetries") @Nullable Integer maxRetries,
            @JsonProperty("initialBackoff") @Nullable Duration initialBackoff,
            @JsonProperty("multiplier") @Nullable Double multiplier,
            @JsonProperty("maxBackoff") @Nullable Duration maxBackoff) {
        Duration longest = maxBackoff != null
                ? maxBackoff
                : initialBackoff != null ? max(initialBackoff, DEFAULT.maxBackoff) : DEFAULT.maxBackoff;
        Duration first = initialBackoff != null ? initialBackoff : min(DEFAULT.initialBackoff, longest);
        return new RetryPolicy(
                maxRetries != null ? maxRetries : DEFAULT.maxRetries,
                first,
                multiplier != null ? multiplier : DEFAULT.multiplier,
                longest);
    }

    private static Duration max(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }
}
