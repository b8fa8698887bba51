package dev.bide.workflow;

import dev.bide.json.InvalidException;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A workflow as a user writes it. Tasks may be none and be added later. */
public record WorkflowDraft(
        String name,
        @Nullable String description,
        @Nullable ZoneId timezone,
        List<TaskDraft> tasks,
        Workflow.Endings endings) {

    /** One that tells nobody of the end of its runs. */
    public WorkflowDraft(String name, @Nullable String description, @Nullable ZoneId timezone, List<TaskDraft> tasks) {
        this(name, description, timezone, tasks, Workflow.Endings.NONE);
    }

    public WorkflowDraft {
        Workflow.checkName(name);
        if (description != null) {
            Workflow.checkDescription(description);
        }
        tasks = List.copyOf(tasks);
        if (tasks.size() > Workflow.MOST_TASKS) {
            throw new InvalidException("tasks", Workflow.MOST_TASKS_RULE);
        }
    }
}
