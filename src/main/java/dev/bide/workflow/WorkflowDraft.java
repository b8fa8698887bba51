package dev.bide.workflow;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A workflow as a user writes it. Tasks may be none and be added later. */
public record WorkflowDraft(
        @JsonProperty("name") String name,
        @JsonProperty("description") @Nullable String description,
        @JsonProperty("timezone") @Nullable ZoneId timezone,
        @JsonProperty("tasks") List<TaskDraft> tasks) {

    public WorkflowDraft {
        Workflow.checkName(name);
        if (description != null) {
            Workflow.checkDescription(description);
        }
        tasks = tasks == null ? List.of() : List.copyOf(tasks);
        if (tasks.size() > Workflow.MOST_TASKS) {
            throw new InvalidValueException("tasks", "must be at most " + Workflow.MOST_TASKS);
        }
    }
}
