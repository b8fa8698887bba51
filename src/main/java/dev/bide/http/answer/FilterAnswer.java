package dev.bide.http.answer;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.bide.http.request.WrittenIds;
import dev.bide.workflow.store.Operation;
import dev.bide.workflow.store.RunFilter;
import dev.bide.workflow.store.TimerFilter;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The filter of an operation, as it was sent: of timers, or of runs. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record FilterAnswer(
        @Nullable UUID workflowId,
        @Nullable UUID taskId,
        @Nullable UUID runId,
        @Nullable Object status,
        @Nullable Instant dueFrom,
        @Nullable Instant dueTo,
        @Nullable String key,
        @Nullable String host,
        @Nullable String problem) {

    static FilterAnswer of(Operation.Request request) {
        RunFilter runs = request.runs();
        if (runs != null) {
            return new FilterAnswer(
                    runs.workflowId(), null, null, status(runs.status()), null, null, runs.key(), null, null);
        }
        TimerFilter timers = request.filter();
        Long problem = timers.problem();
        return new FilterAnswer(
                timers.workflowId(),
                timers.taskId(),
                timers.runId(),
                status(timers.status()),
                timers.dueFrom(),
                timers.dueTo(),
                timers.key(),
                timers.host(),
                problem == null ? null : WrittenIds.problem(problem));
    }

    /** One alone stands for itself. */
    private static @Nullable Object status(Set<?> status) {
        return switch (status.size()) {
            case 0 -> null;
            case 1 -> status.iterator().next();
            default -> status;
        };
    }
}
