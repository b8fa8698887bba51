package dev.bide.workflow.figures;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who waits at a task.
 *
 * @param version the last that has the task
 * @param waiting for a first attempt
 * @param earliestDueAt of all that wait there, in whichever state; null where nobody does
 */
public record WaitingTask(
        UUID taskId,
        String name,
        int version,
        Counted waiting,
        Counted retrying,
        Counted paused,
        Counted dead,
        @Nullable Instant earliestDueAt,
        @Nullable Instant latestDueAt) {
    /** Nobody is there, dead or alive. */
    public boolean empty() {
        return earliestDueAt == null && dead.count() == 0;
    }
}
