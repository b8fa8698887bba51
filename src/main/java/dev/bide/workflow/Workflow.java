package dev.bide.workflow;

import dev.bide.json.InvalidException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One version of a workflow: a named, ordered list of tasks with a default time zone.
 *
 * @param version from 1; every change makes a new one, and runs keep the one they started with
 * @param timezone for delays that name none of their own; UTC where null
 * @param archivedAt when it was deleted: no new runs since then
 */
public record Workflow(
        UUID id,
        int version,
        String name,
        @Nullable String description,
        @Nullable ZoneId timezone,
        List<Task> tasks,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant archivedAt) {
    public static final int LONGEST_NAME = 200;
    public static final int LONGEST_DESCRIPTION = 4_000;
    public static final int MOST_TASKS = 100;
    public static final String MOST_TASKS_RULE = "must be at most " + MOST_TASKS;

    public Workflow {
        tasks = List.copyOf(tasks);
    }

    /** The name of a workflow, or of a task. */
    public static void checkName(String name) {
        Checks.text("name", name, LONGEST_NAME);
    }

    public static void checkDescription(String description) {
        if (Checks.isLonger(description, LONGEST_DESCRIPTION)) {
            throw new InvalidException("description", "must have at most " + LONGEST_DESCRIPTION + " characters");
        }
    }

    /** The zone for delays that name none of their own, in a run with this one. */
    public ZoneId zoneOf(@Nullable ZoneId run) {
        if (run != null) {
            return run;
        }
        return timezone != null ? timezone : ZoneId.of("UTC");
    }

    public Optional<Task> task(UUID taskId) {
        return tasks.stream().filter(task -> task.id().equals(taskId)).findFirst();
    }

    /** The ids of its tasks, in their order. */
    public List<UUID> taskIds() {
        return tasks.stream().map(Task::id).toList();
    }

    /** Characters of the actions of all its tasks: what of it may be large. */
    public long size() {
        return tasks.stream().mapToLong(task -> task.action().size()).sum();
    }

    /** Characters of the largest of them. */
    public long largestAction() {
        return tasks.stream().mapToLong(task -> task.action().size()).max().orElse(0);
    }

    /** The task after {@code taskId}, or the first where that is null; empty at the end, and where {@code taskId} is not in this version. */
    public Optional<Task> after(@Nullable UUID taskId) {
        int next = 0;
        if (taskId != null) {
            next = taskIds().indexOf(taskId) + 1;
            if (next == 0) {
                return Optional.empty();
            }
        }
        return next < tasks.size() ? Optional.of(tasks.get(next)) : Optional.empty();
    }
}
