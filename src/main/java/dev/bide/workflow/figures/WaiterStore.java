package dev.bide.workflow.figures;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Those who wait at the tasks of workflows, for whoever thinks of a change. It reads, and locks nothing. Part of a session. */
public interface WaiterStore {
    /** @param count one more than asked for where there are more */
    record Queue(UUID taskId, int count, Instant earliestDueAt, Instant latestDueAt) {}

    /** How many timers wait at each of these tasks, in whichever state, counted to {@code most} each; none of those where nobody waits. */
    List<Queue> count(Collection<UUID> tasks, int most);

    /**
     * A timer that waits at a task.
     *
     * @param runTimezone the run's own; null where the workflow's counts
     */
    record Waiter(
            UUID taskId,
            boolean paused,
            Instant dueAt,
            Instant createdAt,
            int attemptsSpent,
            @Nullable ZoneId runTimezone) {}

    /**
     * Of each task every n-th in the order in which they are due, of the first {@code most}. Whoever asks bounds how many that makes.
     *
     * @param everyNth by task; 1 for all
     */
    List<Waiter> read(Map<UUID, Integer> everyNth, int most);
}
