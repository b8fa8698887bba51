package dev.bide.delivery;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MinDuration;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;

/** What one destination (a host and port) may be asked to carry by one node. */
public final class DestinationLimits {

    /**
     * Calls under way at a time. Default 256: 2,560 calls a second to a third party that answers in 100 ms. Keep it well
     * below the worker's threads, or one hung destination holds them all.
     */
    @JsonProperty
    @Min(1)
    @Max(100_000)
    int maxConcurrentCalls = 256;

    /** Calls begun per second. Default 0: no limit. Set it where a third party states one; divide by the nodes. */
    @JsonProperty
    @Min(0)
    @Max(1_000_000)
    int callsPerSecond = 0;

    /** When a destination is left alone for a while. */
    @JsonProperty
    @NotNull
    @Valid
    Breaker breaker = new Breaker();

    /**
     * The circuit breaker. What is worth another attempt counts as a failure (network errors, timeouts, 429, 5xx);
     * any other answer says that the destination is well, whatever it thinks of the call.
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

        /** Calls before it judges. Default 50: a few timers that fail make all their attempts, promptly. */
        @JsonProperty
        @Min(1)
        @Max(10_000)
        int minimumCalls = 50;

        /** Per cent of failures at which it opens. Default 70. */
        @JsonProperty
        @Min(1)
        @Max(100)
        int failureRate = 70;

        /** How long it stays open before it tries again. Default 2s. Longer is gentler; shorter is back sooner. */
        @JsonProperty
        @NotNull
        @MinDuration(value = 1, unit = java.util.concurrent.TimeUnit.MILLISECONDS)
        Duration openFor = Duration.seconds(2);

        /** Calls it tries with. Default 20. Each holds a thread for its whole timeout if the destination hangs. */
        @JsonProperty
        @Min(1)
        @Max(1_000)
        int trialCalls = 20;
    }
}
