package dev.bide.workflow.store;

import dev.bide.workflow.Attempt;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.figures.Death;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What came of a timer's attempt.
 *
 * @param status delivered, dead, retrying, or paused where its run was paused meanwhile
 * @param nextAttemptAt when it is tried again; null where it is finished
 * @param settledAt when this is written
 * @param death what it died of; null where it is not dead
 */
public record Settlement(
        UUID timerId,
        TimerStatus status,
        Attempt attempt,
        @Nullable Long latenessMs,
        @Nullable Instant nextAttemptAt,
        Instant settledAt,
        @Nullable Death death) {
    public Settlement {
        if ((status == TimerStatus.DEAD) != (death != null)) {
            throw new IllegalArgumentException("a dead timer has died of something, and no other: " + timerId);
        }
    }

    /** Of one that is not dead. */
    public Settlement(
            UUID timerId,
            TimerStatus status,
            Attempt attempt,
            @Nullable Long latenessMs,
            @Nullable Instant nextAttemptAt,
            Instant settledAt) {
        this(timerId, status, attempt, latenessMs, nextAttemptAt, settledAt, null);
    }
}
