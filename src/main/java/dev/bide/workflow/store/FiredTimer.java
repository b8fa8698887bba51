package dev.bide.workflow.store;

import dev.bide.workflow.TimerOwner;
import dev.bide.workflow.TimerStatus;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A timer in a node's hands: what settling it needs of it, which is small however large its action is.
 *
 * @param attemptsSpent of those that its retry policy grants
 * @param attemptsMade those before a redrive too
 * @param owner null for a lone timer
 * @param traceparent of the request that led to it; null where it is not traced
 */
public record FiredTimer(
        UUID id,
        TimerStatus status,
        Instant dueAt,
        Instant nextAttemptAt,
        int attemptsSpent,
        int attemptsMade,
        @Nullable TimerOwner owner,
        @Nullable String traceparent) {

    /** One that is not traced. */
    public FiredTimer(
            UUID id,
            TimerStatus status,
            Instant dueAt,
            Instant nextAttemptAt,
            int attemptsSpent,
            int attemptsMade,
            @Nullable TimerOwner owner) {
        this(id, status, dueAt, nextAttemptAt, attemptsSpent, attemptsMade, owner, null);
    }

    /** The number of the attempt that is made now. */
    public int attempt() {
        return attemptsMade + 1;
    }
}
