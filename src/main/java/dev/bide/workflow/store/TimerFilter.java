package dev.bide.workflow.store;

import dev.bide.json.InvalidException;
import dev.bide.workflow.TimerStatus;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which timers; null means any. Due times from {@code dueFrom} up to but not at {@code dueTo}. */
public record TimerFilter(
        @Nullable UUID workflowId,
        @Nullable UUID taskId,
        @Nullable UUID runId,
        @Nullable TimerStatus status,
        @Nullable Instant dueFrom,
        @Nullable Instant dueTo) {
    public static final TimerFilter ALL = new TimerFilter(null, null, null, null, null, null);

    public TimerFilter {
        if (dueFrom != null && dueTo != null && dueTo.isBefore(dueFrom)) {
            throw new InvalidException("dueTo", "must not be before dueFrom");
        }
    }

    /** Those of them that are of one run. */
    public TimerFilter ofRun(UUID run) {
        return new TimerFilter(workflowId, taskId, run, status, dueFrom, dueTo);
    }

    /** The list is in order of due time then, else newest first. */
    public boolean byDueTime() {
        return dueFrom != null || dueTo != null;
    }
}
