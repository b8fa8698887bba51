package dev.bide.http.answer;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.bide.workflow.figures.Counted;
import dev.bide.workflow.figures.WaitingTask;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Who waits at a workflow's tasks, as the contract shows it. */
public record WaitingAnswer(List<Task> items) {
    public static WaitingAnswer of(List<WaitingTask> tasks) {
        return new WaitingAnswer(tasks.stream().map(Task::of).toList());
    }

    /** @param version the last that has the task */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Task(
            UUID taskId,
            String name,
            int version,
            Counted waiting,
            Counted retrying,
            Counted paused,
            Counted dead,
            @Nullable Instant earliestDueAt,
            @Nullable Instant latestDueAt) {
        static Task of(WaitingTask task) {
            return new Task(
                    task.taskId(),
                    task.name(),
                    task.version(),
                    task.waiting(),
                    task.retrying(),
                    task.paused(),
                    task.dead(),
                    task.earliestDueAt(),
                    task.latestDueAt());
        }
    }
}
