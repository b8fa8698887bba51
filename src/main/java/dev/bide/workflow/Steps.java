package dev.bide.workflow;

import dev.bide.delay.DueTime;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Where a run goes next: a pure function of the run, its workflow's version and the time. */
public final class Steps {
    private Steps() {}

    /**
     * What a run comes to when it leaves a task.
     *
     * @param run as it is then: in its next task, completed, or failed
     * @param timer of the next task; null where the run is over
     * @param rejected the delay that can't be used, and why, where that is what the run failed of
     */
    public record Step(
            Run run, @Nullable Timer timer, @Nullable Rejection rejected) {}

    /** @param task its position in the workflow, from 0 */
    public record Rejection(int task, DueTime.Rejected why) {}

    /** The first task after {@code run.taskId()} that it has not passed before and whose delay does not skip it. Its wait begins at {@code now}. */
    public static Step next(Run run, Workflow workflow, Instant now) {
        UUID left = run.taskId();
        ZoneId zone = run.zone(workflow);
        for (Optional<Task> next = workflow.after(left); next.isPresent(); next = workflow.after(left)) {
            Task task = next.get();
            left = task.id();
            if (run.passed().contains(left)) {
                continue;
            }
            DueTime due = task.delay().dueTime(now, zone);
            if (due instanceof DueTime.Due at) {
                return waiting(run, workflow, task, at.at(), now);
            }
            if (due instanceof DueTime.Rejected why) {
                Rejection rejection = new Rejection(workflow.tasks().indexOf(task), why);
                String error = "Task \"" + task.name() + "\": delay."
                        + why.error().field() + " " + why.error().message();
                return new Step(run.as(RunStatus.FAILED, error, now), null, rejection);
            }
        }
        return new Step(run.as(RunStatus.COMPLETED, null, now), null, null);
    }

    private static Step waiting(Run run, Workflow workflow, Task task, Instant dueAt, Instant now) {
        Timer timer = Timer.waiting(
                Ids.next(),
                dueAt,
                now,
                run.zone(workflow),
                TimerSpec.of(task),
                new TimerOwner(run.id(), workflow.id(), workflow.version(), task.id()),
                null);
        Timer held = run.status() == RunStatus.PAUSED ? timer.as(TimerStatus.PAUSED) : timer;
        return new Step(run.at(task.id(), timer.id(), now), held, null);
    }
}
