package dev.bide.workflow;

import dev.bide.delay.Delay;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A task as a user writes it.
 *
 * @param id of the task that this one replaces, when a workflow is changed; a new task has none
 * @param timeout of one attempt, 1 ms to 5 minutes
 */
public record TaskDraft(
        @Nullable UUID id, String name, Delay delay, Action action, RetryPolicy retry, Duration timeout) {

    public TaskDraft {
        Workflow.checkName(name);
        TimerSpec.checkTimeout(timeout);
    }

    /** This draft as the task {@code taskId}, whatever its own id says. */
    public Task as(UUID taskId) {
        return new Task(taskId, name, delay, action, retry, timeout);
    }
}
