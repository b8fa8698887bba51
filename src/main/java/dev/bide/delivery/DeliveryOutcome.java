package dev.bide.delivery;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What came of a {@link Deliverer#deliver}: an attempt that ended one way or another, or none at all. */
public sealed interface DeliveryOutcome {

    /** An attempt was spent. */
    sealed interface Attempted extends DeliveryOutcome permits Delivered, Retryable, Refused {

        Instant startedAt();

        Duration duration();

        /** The answer's status; null where there was none. */
        @Nullable
        Integer httpStatus();

        /** At most {@value #MAX_ERROR_LENGTH} characters, none of them a control character; null where delivered. */
        @Nullable
        String error();
    }

    int MAX_ERROR_LENGTH = 500;

    /** The answer was 2xx. */
    record Delivered(
            Instant startedAt, Duration duration, @Nullable Integer httpStatus) implements Attempted {
        @Override
        public @Nullable String error() {
            return null;
        }
    }

    /**
     * A network error, a timeout, 408, 425, 429 or 5xx: worth another attempt.
     *
     * @param retryAfter what the answer asked for, whatever its size: {@link Backoff} bounds it; null where it did not ask
     */
    record Retryable(
            Instant startedAt,
            Duration duration,
            @Nullable Integer httpStatus,
            String error,
            @Nullable Duration retryAfter)
            implements Attempted {}

    /** Final: any other answer, an address that may not be called, or an action that cannot be sent. Dead at once. */
    record Refused(
            Instant startedAt, Duration duration, @Nullable Integer httpStatus, String error) implements Attempted {}

    /**
     * The destination can't take the call now. No attempt is spent: the timer goes back to waiting.
     *
     * @param retryIn when to come again; grows with the number that wait for the same destination, so that they come
     *     back in turn and not at once
     */
    record Deferred(Duration retryIn, Reason reason) implements DeliveryOutcome {}

    /** Why a call was put off. */
    enum Reason {
        /** As many calls to this destination are under way as it is allowed. */
        DESTINATION_FULL,
        /** The destination's calls per second are used up. */
        RATE_LIMITED,
        /** Nearly every call to this destination fails. */
        BREAKER_OPEN,
        /** The calling thread was interrupted: the node stops. The call may have reached its destination. */
        INTERRUPTED
    }
}
