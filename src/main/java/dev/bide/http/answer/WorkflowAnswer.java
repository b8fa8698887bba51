package dev.bide.http.answer;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.bide.workflow.Action;
import dev.bide.workflow.Task;
import dev.bide.workflow.Workflow;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A workflow as the contract shows it. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record WorkflowAnswer(
        UUID id,
        int version,
        String name,
        @Nullable String description,
        @Nullable ZoneId timezone,
        List<Task> tasks,
        @Nullable Action onCompleted,
        @Nullable Action onFailed,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant archivedAt) {

    public static WorkflowAnswer of(Workflow workflow) {
        return new WorkflowAnswer(
                workflow.id(),
                workflow.version(),
                workflow.name(),
                workflow.description(),
                workflow.timezone(),
                workflow.tasks(),
                workflow.endings().onCompleted(),
                workflow.endings().onFailed(),
                workflow.createdAt(),
                workflow.updatedAt(),
                workflow.archivedAt());
    }
}
