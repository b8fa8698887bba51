package dev.bide.delivery;

import dev.bide.delivery.destination.HeldLanes;
import dev.bide.trace.FiringSpan;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to deliver one timer.
 *
 * @param id the timer's id: {@code Idempotency-Key} and {@code webhook-id}, the same on every attempt
 * @param attempt 1 for the first
 * @param dueAt when the timer was due; sent as {@code Bide-Due-At}
 * @param run fills the action's variables; null for a timer without a run
 * @param timeout for everything from looking up the name to the end of the answer
 * @param maxBackoff the longest that the timer waits for its next attempt, and the most of a {@code Retry-After} that it honours
 * @param lane that the timer was kept in: that of its url, or {@link HeldLanes#NONE}
 * @param firing that the call belongs to
 * @param test no timer's, but a call to try things: it says so in {@code Bide-Test}, and what is answered is kept whatever it is
 */
public record DeliveryRequest(
        String id,
        int attempt,
        Instant dueAt,
        HttpAction action,
        @Nullable RunValues run,
        Duration timeout,
        Duration maxBackoff,
        int lane,
        FiringSpan firing,
        boolean test) {

    private static final Duration DAY = Duration.ofDays(1);

    /** Of a timer that was kept in no lane, and honours whatever it is asked for. */
    public DeliveryRequest(
            String id, int attempt, Instant dueAt, HttpAction action, @Nullable RunValues run, Duration timeout) {
        this(id, attempt, dueAt, action, run, timeout, DAY, HeldLanes.NONE, FiringSpan.NONE, false);
    }

    /** Of a timer that is not traced. */
    public DeliveryRequest(
            String id,
            int attempt,
            Instant dueAt,
            HttpAction action,
            @Nullable RunValues run,
            Duration timeout,
            Duration maxBackoff,
            int lane) {
        this(id, attempt, dueAt, action, run, timeout, maxBackoff, lane, FiringSpan.NONE, false);
    }

    /** A call to try an action with. */
    public static DeliveryRequest test(String id, Instant now, HttpAction action, RunValues run, Duration timeout) {
        return new DeliveryRequest(
                id, 1, now, action, run, timeout, Duration.ZERO, HeldLanes.NONE, FiringSpan.NONE, true);
    }

    public DeliveryRequest {
        if (id.isEmpty()) {
            throw new IllegalArgumentException("id must not be empty");
        }
        if (attempt < 1) {
            throw new IllegalArgumentException("attempt must be at least 1, not " + attempt);
        }
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("timeout must be positive, not " + timeout);
        }
        if (maxBackoff.isNegative()) {
            throw new IllegalArgumentException("maxBackoff must not be negative, not " + maxBackoff);
        }
    }
}
