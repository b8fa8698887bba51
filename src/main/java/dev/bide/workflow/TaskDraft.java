package dev.bide.workflow;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.bide.delay.Delay;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A task as a user writes it.
 *
 * @param id of the task that this one replaces, when a workflow is changed; a new task has none
 * @param retry {@link RetryPolicy#DEFAULT} where none is given
 * @param timeout of one attempt, 1 ms to 5 minutes; 10 seconds where none is given
 */
public record TaskDraft(
        @JsonProperty("id") @Nullable UUID id,
        @JsonProperty("name") String name,
        @JsonProperty("delay") Delay delay,
        @JsonProperty("action") Action action,
        @JsonProperty("retry") RetryPolicy retry,
        @JsonProperty("timeout") Duration timeout) {

    public TaskDraft {
        Workflow.checkName(name);
        Checks.required("delay", delay);
        Checks.required("action", action);
        retry = retry == null ? RetryPolicy.DEFAULT : retry;
        timeout = TimerSpec.timeoutOrDefault(timeout);
    }

    /** This draft as the task {@code taskId}, whatever its own id says. */
    public Task as(UUID taskId) {
        return new Task(taskId, name, delay, action, retry, timeout);
    }
}
