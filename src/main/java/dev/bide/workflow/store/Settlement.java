package dev.bide.workflow.store;

import dev.bide.workflow.Attempt;
import dev.bide.workflow.TimerStatus;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What came of a timer's attempt.
 *
 * @param status delivered, dead, retrying, or paused where its run was paused meanwhile
 * @param nextAttemptAt when it is tried again; null where it is finished
 * @param settledAt when this is written
 */
public record Settlement(
        UUID timerId,
        TimerStatus status,
        Attempt attempt,
        @Nullable Long latenessMs,
        @Nullable Instant nextAttemptAt,
        Instant settledAt) {}
