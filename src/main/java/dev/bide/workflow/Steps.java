package dev.bide.workflow;

import dev.bide.delay.Delay;
import dev.bide.delay.DueTime;
import dev.bide.delay.PeriodDelay;
import dev.bide.delay.PeriodUnit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Where a run goes next: a pure function of the run, its workflow's version and the time. */
public final class Steps {
    private static final Delay AT_ONCE = new PeriodDelay(0, PeriodUnit.SECONDS, null, null);

    private Steps() {}

    /**
     * What a run comes to when it leaves a task.
     *
     * @param run as it is then: in its next task, completed, or failed
     * @param timer of the next task; where the run is over, the one that tells of its end, which has no owner, or null
     * @param rejected the delay that can't be used, and why, where that is what the run failed of
     */
    public record Step(
            Run run, @Nullable Timer timer, @Nullable Rejection rejected) {
        /** The same, its timer traced to what led to it. */
        public Step tracedTo(@Nullable String traceparent) {
            return timer == null || traceparent == null ? this : new Step(run, timer.tracedTo(traceparent), rejected);
        }
    }

    /** @param task its position in the workflow, from 0 */
    public record Rejection(int task, DueTime.Rejected why) {}

    /**
     * A task that a run comes to.
     *
     * @param from when its wait begins
     * @param due what its delay answers then
     */
    public record Stop(Task task, Instant from, DueTime due) {}

    /** The first task after {@code run.taskId()} that it has not passed before and whose delay does not skip it. Its wait begins at {@code now}. */
    public static Step next(Run run, Workflow workflow, Instant now) {
        Optional<Stop> next = stop(run, workflow, run.taskId(), now);
        while (next.isPresent() && next.get().due() instanceof DueTime.Skipped) {
            next = stop(run, workflow, next.get().task().id(), now);
        }
        return next.map(stop -> at(stop, run, workflow))
                .orElseGet(() -> over(run.as(RunStatus.COMPLETED, null, now), workflow));
    }

    private static Step over(Run run, Workflow workflow) {
        return new Step(run, end(run, workflow, run.error()), null);
    }

    /**
     * The timer that tells of the end of {@code run}, due at once; null where nobody is to be told.
     *
     * @param error why it failed, which its last attempt may say and the run does not
     */
    public static @Nullable Timer end(Run run, Workflow workflow, @Nullable String error) {
        Action action = workflow.endings().of(run.status());
        Instant at = run.finishedAt();
        if (action == null || at == null) {
            return null;
        }
        String task = run.taskId() == null
                ? null
                : workflow.task(run.taskId()).map(Task::name).orElse(null);
        Run.End end = new Run.End(run.id(), run.workflowId(), run.key(), run.status(), error);
        TimerSpec spec = new TimerSpec(AT_ONCE, action, RetryPolicy.DEFAULT, TimerSpec.DEFAULT_TIMEOUT, task, end);
        return Timer.waiting(Ids.next(), at, at, run.zone(workflow), spec, null, null);
    }

    /**
     * All tasks that a run comes to when it leaves {@code run.taskId()} at {@code now}, where each call succeeds as soon as it is due. A delay that can't be used is
     * the last.
     */
    public static List<Stop> walk(Run run, Workflow workflow, Instant now) {
        List<Stop> stops = new ArrayList<>();
        Instant from = now;
        Optional<Stop> next = stop(run, workflow, run.taskId(), from);
        while (next.isPresent()) {
            Stop stop = next.get();
            stops.add(stop);
            if (stop.due() instanceof DueTime.Rejected) {
                return stops;
            }
            from = stop.due() instanceof DueTime.Due due ? due.at() : from;
            next = stop(run, workflow, stop.task().id(), from);
        }
        return stops;
    }

    /** The first task after {@code left} that the run has not passed before. */
    private static Optional<Stop> stop(Run run, Workflow workflow, @Nullable UUID left, Instant now) {
        Optional<Task> next = workflow.after(left);
        while (next.isPresent() && run.passed().contains(next.get().id())) {
            next = workflow.after(next.get().id());
        }
        return next.map(task -> new Stop(task, now, task.delay().dueTime(now, run.zone(workflow))));
    }

    private static Step at(Stop stop, Run run, Workflow workflow) {
        Task task = stop.task();
        if (stop.due() instanceof DueTime.Rejected why) {
            Rejection rejection = new Rejection(workflow.tasks().indexOf(task), why);
            String error = "Task \"" + task.name() + "\": delay." + why.error().field() + " "
                    + why.error().message();
            Run failed = run.as(RunStatus.FAILED, error, stop.from());
            return new Step(failed, end(failed, workflow, error), rejection);
        }
        return waiting(run, workflow, task, ((DueTime.Due) stop.due()).at(), stop.from());
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
