package dev.bide.delivery.destination;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MinDuration;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What one destination (a host and port) may be asked to carry by all workers together. */
public final class DestinationLimits {

    /** Calls of one node under way at a time, where nobody says how many there may be: 2,560 a second to a third party that answers in 100 ms. */
    private static final int OF_ONE_NODE = 256;

    /** Calls under way at a time, of all workers together. Default none: {@value #OF_ONE_NODE} of each. */
    @JsonProperty
    @Min(1)
    @Max(100_000)
    @Nullable
    Integer maxConcurrentCalls;

    /** Calls begun per second, by all workers together. Default 0: no limit. Set it where a third party states one. */
    @JsonProperty
    @Min(0)
    @Max(1_000_000)
    int callsPerSecond = 0;

    /** Of all workers together; of each where that is not {@linkplain #sharesPlaces stated}. */
    public int maxConcurrentCalls() {
        return maxConcurrentCalls == null ? OF_ONE_NODE : maxConcurrentCalls;
    }

    /** Whether the calls under way at a time are those of all workers together. */
    public boolean sharesPlaces() {
        return maxConcurrentCalls != null;
    }

    /** 0 where there is no limit. */
    public int callsPerSecond() {
        return callsPerSecond;
    }

    /** When a destination is left alone for a while. */
    @JsonProperty
    @NotNull
    @Valid
    Breaker breaker = new Breaker();

    /**
     * The circuit breaker. It keeps a destination that is away from holding threads and from using up its timers' attempts. A failure
     * is what speaks of the destination as a whole: network errors, timeouts, 429, 502, 503, 504. Any other answer says
     * that it is well, whatever it thinks of the call: a bad path must not hold up the good ones beside it, and how often a
     * refused call is made again is for its timer's retries to say.
     */
    public static final class Breaker {

        /** Whether it judges at all. Default true. */
        @JsonProperty
        boolean enabled = true;

        /** The last calls it judges by. Default 100. */
        @JsonProperty
        @Min(1)
        @Max(10_000)
        int window = 100;

        /** Calls before it judges. Default 100: some timers that fail make all their attempts, promptly. */
        @JsonProperty
        @Min(1)
        @Max(10_000)
        int minimumCalls = 100;

        /** Per cent of failures at which it opens. Default 90: it is for destinations that are away, not for those with faults. */
        @JsonProperty
        @Min(1)
        @Max(100)
        int failureRate = 90;

        /** How long it stays open at first before it tries again; twice as long after each trial that failed. Default 250ms. */
        @JsonProperty
        @NotNull
        @MinDuration(value = 1, unit = TimeUnit.MILLISECONDS)
        Duration openFor = Duration.milliseconds(250);

        /** How long it stays open at most, if that is longer than {@link #openFor}. Default 2s. Longer is gentler, and saves attempts; shorter is back sooner. */
        @JsonProperty
        @NotNull
        @MinDuration(value = 1, unit = TimeUnit.MILLISECONDS)
        Duration longestOpenFor = Duration.seconds(2);

        /** Calls it tries with. Default 100. */
        @JsonProperty
        @Min(1)
        @Max(1_000)
        int trialCalls = 100;

        /** How many of them may be under way at once. Default 20. Each holds a thread for its whole timeout if the destination hangs. */
        @JsonProperty
        @Min(1)
        @Max(1_000)
        int concurrentTrialCalls = 20;
    }
}
