package dev.bide.workflow;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.bide.json.InvalidException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One version of a workflow: a named, ordered list of tasks with a default time zone.
 *
 * @param version from 1; every change makes a new one, and runs keep the one they started with
 * @param timezone for delays that name none of their own; UTC where null
 * @param endings who is called when a run of it is over
 * @param archivedAt when it was deleted: no new runs since then
 */
public record Workflow(
        UUID id,
        int version,
        String name,
        @Nullable String description,
        @Nullable ZoneId timezone,
        List<Task> tasks,
        Endings endings,
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

    /** One that tells nobody of the end of its runs. */
    public Workflow(
            UUID id,
            int version,
            String name,
            @Nullable String description,
            @Nullable ZoneId timezone,
            List<Task> tasks,
            Instant createdAt,
            Instant updatedAt,
            @Nullable Instant archivedAt) {
        this(id, version, name, description, timezone, tasks, Endings.NONE, createdAt, updatedAt, archivedAt);
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

    /** Characters of all its actions: what of it may be large. */
    public long size() {
        return actions().mapToLong(Action::size).sum();
    }

    /** Characters of the largest of them. */
    public long largestAction() {
        return actions().mapToLong(Action::size).max().orElse(0);
    }

    private Stream<Action> actions() {
        return Stream.concat(tasks.stream().map(Task::action), endings.actions());
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

    /**
     * Who is called once a run is over: delivered like any timer, with the retries and the timeout of a task that names none.
     *
     * @param onCompleted none for nobody
     * @param onFailed none for nobody
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Endings(
            @Nullable Action onCompleted, @Nullable Action onFailed) {
        public static final Endings NONE = new Endings(null, null);

        /** The call for a run that ended so; null for none. Nobody is told of a cancel: who did that knows. */
        @Nullable
        Action of(RunStatus status) {
            return switch (status) {
                case COMPLETED -> onCompleted;
                case FAILED -> onFailed;
                case ACTIVE, PAUSED, CANCELLED -> null;
            };
        }

        public Stream<Action> actions() {
            return Stream.concat(Stream.ofNullable(onCompleted), Stream.ofNullable(onFailed));
        }
    }
}
