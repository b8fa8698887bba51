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
 */
public record FiredTimer(
        UUID id,
        TimerStatus status,
        Instant dueAt,
        Instant nextAttemptAt,
        int attemptsSpent,
        int attemptsMade,
        @Nullable TimerOwner owner) {

    /** The number of the attempt that is made now. */
    public int attempt() {
        return attemptsMade + 1;
    }
}
