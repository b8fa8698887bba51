package dev.bide.http.answer;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.bide.engine.RunView;
import dev.bide.workflow.JsonText;
import dev.bide.workflow.Run;
import dev.bide.workflow.RunStatus;
import dev.bide.workflow.Task;
import dev.bide.workflow.Timer;
import dev.bide.workflow.store.RunWithInput;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A run as the contract shows it. In lists without task, timer and history.
 *
 * @param currentTaskId the task it is in, or was in last
 * @param error why it failed, where no timer's attempts say so
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunAnswer(
        UUID id,
        UUID workflowId,
        int workflowVersion,
        @Nullable String key,
        RunStatus status,
        @Nullable ZoneId timezone,
        JsonText input,
        @Nullable UUID currentTaskId,
        @Nullable Task task,
        @Nullable TimerAnswer timer,
        @Nullable List<TimerAnswer> history,
        @Nullable String error,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant finishedAt) {

    public static RunAnswer of(RunView view) {
        Timer timer = view.timer();
        return of(
                view.run(),
                view.input(),
                view.task(),
                timer == null ? null : TimerAnswer.of(timer),
                view.history().stream().map(TimerAnswer::of).toList());
    }

    public static RunAnswer of(RunWithInput run) {
        return of(run.run(), run.input(), null, null, null);
    }

    private static RunAnswer of(
            Run run,
            JsonText input,
            @Nullable Task task,
            @Nullable TimerAnswer timer,
            @Nullable List<TimerAnswer> history) {
        return new RunAnswer(
                run.id(),
                run.workflowId(),
                run.workflowVersion(),
                run.key(),
                run.status(),
                run.timezone(),
                input,
                run.taskId(),
                task,
                timer,
                history,
                run.error(),
                run.createdAt(),
                run.updatedAt(),
                run.finishedAt());
    }
}
