package dev.bide.workflow;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One passage of one subject through a workflow. It is in one task at a time. Its input, which may be large, is apart: {@code RunWithInput}.
 *
 * @param workflowVersion the version it goes by
 * @param taskId the task it is in, or was in last
 * @param timerId the timer of that task; null where the run needed none (every task skipped)
 * @param passed tasks that it has been at, up to the one it was in when it was moved to its version: none of them comes again. Empty where the
 *     order of that version tells the same
 * @param error why it failed, where no timer's attempts say so
 */
public record Run(
        UUID id,
        UUID workflowId,
        int workflowVersion,
        @Nullable String key,
        @Nullable ZoneId timezone,
        RunStatus status,
        @Nullable UUID taskId,
        @Nullable UUID timerId,
        List<UUID> passed,
        @Nullable String error,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant finishedAt) {

    public Run {
        passed = List.copyOf(passed);
    }

    /** The zone for delays that name none of their own. */
    public ZoneId zone(Workflow workflow) {
        return workflow.zoneOf(timezone);
    }

    /** This run, gone on to {@code task} and its {@code timer}. */
    public Run at(UUID task, UUID timer, Instant now) {
        return with(workflowVersion, status, task, timer, passed, error, now, null);
    }

    /** This run, going by another version of its workflow, which does not tell what it has {@code passed}. */
    public Run goingBy(int version, List<UUID> passed) {
        return with(version, status, taskId, timerId, passed, error, updatedAt, finishedAt);
    }

    /** This run in another state; finished states are stamped with {@code now}. */
    public Run as(RunStatus newStatus, @Nullable String why, Instant now) {
        if (newStatus != status && !status.next().contains(newStatus)) {
            throw new IllegalStateException("Run " + id + " is " + status + " and can't become " + newStatus);
        }
        return in(newStatus, why, now);
    }

    /** This run as it was when it began, whatever has become of it. */
    public Run begun() {
        return in(RunStatus.ACTIVE, null, createdAt);
    }

    private Run in(RunStatus newStatus, @Nullable String why, Instant now) {
        return with(workflowVersion, newStatus, taskId, timerId, passed, why, now, newStatus.finished() ? now : null);
    }

    private Run with(
            int version,
            RunStatus newStatus,
            @Nullable UUID task,
            @Nullable UUID timer,
            List<UUID> been,
            @Nullable String why,
            Instant updated,
            @Nullable Instant finished) {
        return new Run(
                id,
                workflowId,
                version,
                key,
                timezone,
                newStatus,
                task,
                timer,
                been,
                why,
                createdAt,
                updated,
                finished);
    }

    /**
     * The end of a run, in the timer whose call tells somebody of it. Such a timer stands alone: it was made as the run ended, and the run does not wait for it, nor take it
     * along when it is redriven.
     *
     * @param error why it failed, in words
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record End(
            UUID runId,
            UUID workflowId,
            @Nullable String runKey,
            RunStatus status,
            @Nullable String error) {}
}
