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

        /** The beginning of what was answered, where that is text; kept of a 2xx of a call to try things only. It is for whoever looks at the timer, and never logged. */
        @Nullable
        String answer();
    }

    int MAX_ERROR_LENGTH = 500;

    /** The answer was 2xx. */
    record Delivered(
            Instant startedAt,
            Duration duration,
            @Nullable Integer httpStatus,
            @Nullable String answer) implements Attempted {
        public Delivered(Instant startedAt, Duration duration, @Nullable Integer httpStatus) {
            this(startedAt, duration, httpStatus, null);
        }

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
            @Nullable String answer,
            @Nullable Duration retryAfter)
            implements Attempted {
        public Retryable(
                Instant startedAt,
                Duration duration,
                @Nullable Integer httpStatus,
                String error,
                @Nullable Duration retryAfter) {
            this(startedAt, duration, httpStatus, error, null, retryAfter);
        }
    }

    /** Final: any other answer, an address that may not be called, or an action that cannot be sent. Dead at once. */
    record Refused(
            Instant startedAt,
            Duration duration,
            @Nullable Integer httpStatus,
            String error,
            @Nullable String answer) implements Attempted {
        public Refused(Instant startedAt, Duration duration, @Nullable Integer httpStatus, String error) {
            this(startedAt, duration, httpStatus, error, null);
        }
    }

    /**
     * The call can't be made now. No attempt is spent: the timer goes back to waiting.
     *
     * @param retryIn when to come again; grows with the number that wait, so that they come back in turn and not at once
     * @param held its destination's lane is held (see {@code HeldLanes}): a timer of that lane may be due again as it was, and keeps its turn
     */
    record Deferred(Duration retryIn, Reason reason, boolean held) implements DeliveryOutcome {
        public Deferred(Duration retryIn, Reason reason) {
            this(retryIn, reason, false);
        }
    }

    /** Why a call was put off. */
    enum Reason {
        /** As many calls to this destination are under way as it is allowed. */
        DESTINATION_FULL,
        /** The destination's calls per second are used up. */
        RATE_LIMITED,
        /** Nearly every call to this destination fails. */
        BREAKER_OPEN,
        /** The destination has answered 429 or 503 with a {@code Retry-After} that is not over. */
        ASKED_TO_WAIT,
        /** Somebody has paused the destination. */
        PAUSED,
        /** The threads for destinations that don't answer promptly, or never have, are all taken. */
        NO_THREAD,
        /** Too many names are being looked up to look up this one. */
        LOOKUPS_FULL,
        /** The calls under way leave no room for what this one takes. */
        NO_MEMORY,
        /** This node has no network, no DNS or no file descriptors. */
        NODE_FAULT,
        /** This node may not call any more: others may have taken it for dead. */
        NOT_OURS,
        /** The calling thread was interrupted: the node stops. The call may have reached its destination. */
        INTERRUPTED;

        /** Whether it is the destination that can't be called, and not this node that can't call. */
        public boolean ofDestination() {
            return switch (this) {
                case DESTINATION_FULL, RATE_LIMITED, BREAKER_OPEN, ASKED_TO_WAIT, PAUSED, NO_THREAD -> true;
                case LOOKUPS_FULL, NO_MEMORY, NODE_FAULT, NOT_OURS, INTERRUPTED -> false;
            };
        }
    }
}
