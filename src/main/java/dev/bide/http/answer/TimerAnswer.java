package dev.bide.http.answer;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.bide.delay.Delay;
import dev.bide.workflow.Action;
import dev.bide.workflow.Attempt;
import dev.bide.workflow.RetryPolicy;
import dev.bide.workflow.Run;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerOwner;
import dev.bide.workflow.TimerStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A timer as the contract shows it.
 *
 * @param nextAttemptAt while it is retrying
 * @param timezone that the delay is counted in: its own, else the timer's
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TimerAnswer(
        UUID id,
        TimerStatus status,
        Instant dueAt,
        @Nullable Instant nextAttemptAt,
        Instant createdAt,
        @Nullable Instant finishedAt,
        Delay delay,
        ZoneId timezone,
        Action action,
        RetryPolicy retry,
        Duration timeout,
        List<Attempt> attempts,
        @Nullable Long latenessMs,
        @Nullable UUID runId,
        @Nullable UUID taskId,
        @Nullable UUID workflowId,
        @Nullable String key,
        Run.@Nullable End end) {

    public static TimerAnswer of(Timer timer) {
        TimerOwner owner = timer.owner();
        return new TimerAnswer(
                timer.id(),
                timer.status(),
                timer.dueAt(),
                timer.status() == TimerStatus.RETRYING ? timer.nextAttemptAt() : null,
                timer.createdAt(),
                timer.finishedAt(),
                timer.spec().delay(),
                timer.spec().delay().zoneOr(timer.timezone()),
                timer.spec().action(),
                timer.spec().retry(),
                timer.spec().timeout(),
                timer.attempts(),
                timer.latenessMs(),
                owner == null ? null : owner.runId(),
                owner == null ? null : owner.taskId(),
                owner == null ? null : owner.workflowId(),
                timer.key(),
                timer.spec().end());
    }
}
