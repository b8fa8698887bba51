package dev.bide.engine.change;

import dev.bide.engine.quartz.TimerTriggers;
import dev.bide.workflow.RefusedException;
import dev.bide.workflow.Run;
import dev.bide.workflow.RunStatus;
import dev.bide.workflow.Steps;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.Times;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.KeyHolder;
import dev.bide.workflow.store.Session;
import dev.bide.workflow.store.WorkflowVersions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Lets a failed run go on from the task that it failed at, by the version it goes by or by its workflow as it is now. Where a call failed, its timer
 * gets fresh attempts, the first one now; where a delay could not be used, it is counted from now. Of two at once the second finds no failed run.
 */
public final class RunRedrive {
    private final Database database;
    private final Redrive redrive;
    private final TimerTriggers triggers;
    private final WorkflowVersions versions;
    private final Finder finder;
    private final InstantSource clock;

    public RunRedrive(
            Database database,
            Redrive redrive,
            TimerTriggers triggers,
            WorkflowVersions versions,
            InstantSource clock) {
        this.database = database;
        this.redrive = redrive;
        this.triggers = triggers;
        this.versions = versions;
        this.finder = new Finder(database);
        this.clock = clock;
    }

    /** @param latest by the workflow as it is now, else by the version that the run goes by */
    public void redrive(UUID id, boolean latest) {
        Run failed = finder.run(id).orElseThrow(() -> RefusedException.notFound("run", id));
        if (failed.status() != RunStatus.FAILED) {
            throw Change.REDRIVEN.refused("Run", id, failed.status());
        }
        Optional<Timer> dead = Optional.ofNullable(failed.timerId())
                .flatMap(timer -> finder.timer(new KeyHolder(timer, failed.finishedAt())))
                .filter(timer -> timer.status() == TimerStatus.DEAD);
        Instant now = Times.now(clock);
        Redrive.twice(() -> database.<Optional<Timer>>inTransaction(session -> {
                    Workflow before = versions.of(session, failed);
                    Workflow workflow = latest ? newest(session, failed) : before;
                    return dead.isPresent()
                            ? Optional.of(again(session, failed, dead.get(), before, workflow, now))
                            : onwards(session, failed, before, workflow, now);
                }))
                .ifPresent(timer -> triggers.signal(List.of(timer)));
    }

    private static Workflow newest(Session session, Run run) {
        Workflow workflow = session.workflows().find(run.workflowId()).orElseThrow();
        UUID taskId = run.taskId();
        if (taskId != null && workflow.task(taskId).isEmpty()) {
            throw RefusedException.conflict("Run " + run.id() + " failed at a task that version " + workflow.version()
                    + " of its workflow does not have any more");
        }
        return workflow;
    }

    /** The call is made again, as {@code workflow} has it. */
    private Timer again(Session session, Run failed, Timer dead, Workflow before, Workflow workflow, Instant now) {
        Instant died = Objects.requireNonNull(dead.finishedAt(), "a dead timer");
        Timer timer = redrive.one(session, dead.id(), died, now).orElseThrow(() -> changed(failed));
        if (workflow.version() == before.version()) {
            return timer;
        }
        Timer anew = redrive.goOnBy(session, workflow, failed, timer);
        moved(session, failed, before, workflow);
        return anew;
    }

    /** On from the task that it left: the delays after it are counted from now. */
    private Optional<Timer> onwards(Session session, Run failed, Workflow before, Workflow workflow, Instant now) {
        Redrive.requireKey(session, failed);
        Instant ended = Objects.requireNonNull(failed.finishedAt(), "a failed run");
        if (session.runs().revive(Map.of(failed.id(), ended), now).isEmpty()) {
            throw changed(failed);
        }
        Steps.Step step = Steps.next(moved(session, failed, before, workflow), workflow, now);
        if (step.rejected() != null) {
            throw RefusedException.conflict(
                    "Run " + failed.id() + " can't go on: " + step.run().error());
        }
        @Nullable Timer timer = step.timer();
        if (timer != null) {
            session.timers().insert(List.of(timer));
            triggers.store(session, List.of(timer));
        }
        session.runs().update(List.of(step.run()));
        return Optional.ofNullable(timer);
    }

    /** Written by itself: where the run goes from there is written after it. */
    private static Run moved(Session session, Run failed, Workflow before, Workflow workflow) {
        Run run = locked(session, failed);
        if (workflow.version() == before.version()) {
            return run;
        }
        Run moved = PassedTasks.moved(run, before.taskIds(), workflow);
        session.runs().changeVersions(List.of(moved));
        return moved;
    }

    private static Run locked(Session session, Run failed) {
        return session.runs().lock(List.of(failed.id())).stream().findFirst().orElseThrow(() -> changed(failed));
    }

    private static RefusedException changed(Run run) {
        return RefusedException.conflict("Run " + run.id() + " was changed while it was redriven; look at it again");
    }
}
