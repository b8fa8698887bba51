package dev.bide.engine.change;

import dev.bide.engine.quartz.TimerTriggers;
import dev.bide.workflow.RefusedException;
import dev.bide.workflow.Run;
import dev.bide.workflow.RunStatus;
import dev.bide.workflow.Steps;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerOwner;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.Times;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.Session;
import dev.bide.workflow.store.UnreadableException;
import dev.bide.workflow.store.WorkflowVersions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Lets failed runs go on from the task that each failed at, by the version it goes by or by its workflow as it is now. Where a call failed, its timer
 * gets fresh attempts, the first one now; where a delay could not be used, it is counted from now. Of two at once the second finds no failed run.
 */
public final class RunRedrive {
    private static final String NOT_FAILED = "has not failed any more, or can't be read by this version of the program";

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
        Instant failedAt = failed.finishedAt();
        if (failed.status() != RunStatus.FAILED || failedAt == null) {
            throw Change.REDRIVEN.refused("Run", id, failed.status());
        }
        Instant now = Times.now(clock);
        Redriven redriven =
                Redrive.twice(() -> database.inTransaction(session -> all(session, Map.of(id, failedAt), latest, now)));
        // Nothing was written then.
        redriven.refused().forEach((run, why) -> {
            throw RefusedException.conflict("Run " + run + " " + why);
        });
        triggers.signal(redriven.timers());
    }

    /**
     * @param timers that wait now: for them, or to tell of the end of one that was at its end
     * @param refused why the others can't go on, by id, to follow a run's name
     */
    record Redriven(List<Timer> timers, Set<UUID> done, Map<UUID, String> refused) {
        static final Redriven NONE = new Redriven(List.of(), Set.of(), Map.of());
    }

    /** A run, and the workflows that it goes by until now and from now on. */
    private record Way(Run run, Workflow before, Workflow after) {
        boolean moves() {
            return before.version() != after.version();
        }

        Run moved(Run current) {
            return moves() ? PassedTasks.moved(current, before.taskIds(), after) : current;
        }
    }

    /**
     * In the one lock order: timers, which bring their triggers, then runs. Those that can't go on are passed over.
     *
     * @param finished when they failed, by id
     */
    Redriven all(Session session, Map<UUID, Instant> finished, boolean latest, Instant now) {
        List<Run> failed = session.runs().failed(finished);
        Map<UUID, String> refused = new HashMap<>(Redrive.withoutTheirKeys(session, failed));
        Set<UUID> known = failed.stream().map(Run::id).collect(Collectors.toSet());
        finished.keySet().stream().filter(id -> !known.contains(id)).forEach(id -> refused.put(id, NOT_FAILED));
        Map<UUID, TimerStatus> timers = session.timers().finished(timers(failed));
        Map<UUID, Way> again = new HashMap<>();
        Map<UUID, Way> onwards = new HashMap<>();
        Map<UUID, Optional<Workflow>> newest = new HashMap<>();
        for (Run run : failed) {
            if (refused.containsKey(run.id())) {
                continue;
            }
            TimerStatus timer = run.timerId() == null ? null : timers.get(run.timerId());
            try {
                Workflow before = versions.of(session, run);
                Workflow after = latest
                        ? newest.computeIfAbsent(run.workflowId(), id -> session.workflows()
                                        .find(id))
                                .orElseThrow()
                        : before;
                Way way = new Way(run, before, after);
                Optional<String> refusal = refusal(way, timer, now);
                refusal.ifPresent(why -> refused.put(run.id(), why));
                if (refusal.isEmpty()) {
                    (timer == TimerStatus.DEAD ? again : onwards).put(run.id(), way);
                }
            } catch (UnreadableException e) {
                refused.put(run.id(), Redrive.unreadable(run));
            }
        }
        List<Timer> waiting = new ArrayList<>();
        Set<UUID> done = new HashSet<>();
        again(session, again, waiting, done, refused, now);
        onwards(session, onwards, waiting, done, refused, now);
        return new Redriven(waiting, done, refused);
    }

    /** Each with when its run failed: that is the transaction in which it ended. */
    private static Map<UUID, Instant> timers(Collection<Run> failed) {
        Map<UUID, Instant> timers = new HashMap<>();
        failed.forEach(run -> {
            if (run.timerId() != null) {
                timers.put(run.timerId(), Objects.requireNonNull(run.finishedAt(), "a failed run"));
            }
        });
        return timers;
    }

    private static Optional<String> refusal(
            Way way, @org.jspecify.annotations.Nullable TimerStatus timer, Instant now) {
        UUID task = way.run().taskId();
        if (timer == TimerStatus.CANCELLED) {
            return Optional.of("can't be redriven: its timer, " + way.run().timerId() + ", was dismissed");
        }
        if (task != null && way.after().task(task).isEmpty()) {
            return Optional.of("failed at a task that version " + way.after().version()
                    + " of its workflow does not have any more");
        }
        if (timer == TimerStatus.DEAD) {
            return Optional.empty();
        }
        Steps.Step step = Steps.next(way.moved(way.run().begun()), way.after(), now);
        return step.rejected() == null
                ? Optional.empty()
                : Optional.of("can't go on: " + step.run().error());
    }

    /** Calls are made again, as the workflow has them that the run goes by from now on. */
    private void again(
            Session session,
            Map<UUID, Way> ways,
            List<Timer> waiting,
            Set<UUID> done,
            Map<UUID, String> refused,
            Instant now) {
        if (ways.isEmpty()) {
            return;
        }
        Map<UUID, UUID> runs = new HashMap<>();
        ways.forEach((id, way) -> runs.put(way.run().timerId(), id));
        Redrive.Redriven redriven =
                redrive.all(session, timers(ways.values().stream().map(Way::run).toList()), now);
        redriven.refused().forEach((timer, why) -> refused.put(Objects.requireNonNull(runs.get(timer)), why));
        Map<UUID, Timer> byRun =
                redriven.timers().stream().collect(Collectors.toMap(timer -> runOf(timer), Function.identity()));
        done.addAll(byRun.keySet());
        Map<Run, Workflow> moving = new HashMap<>();
        byRun.keySet().stream()
                .map(id -> Objects.requireNonNull(ways.get(id)))
                .filter(Way::moves)
                .forEach(way -> moving.put(way.run(), way.after()));
        redrive.goOnBy(session, moving, byRun).forEach(timer -> byRun.put(runOf(timer), timer));
        changeVersions(session, ways, moving.keySet().stream().map(Run::id).toList());
        waiting.addAll(byRun.values());
    }

    private static UUID runOf(Timer timer) {
        TimerOwner owner = Objects.requireNonNull(timer.owner(), "a run's timer");
        return owner.runId();
    }

    private static List<Run> changeVersions(Session session, Map<UUID, Way> ways, Collection<UUID> moving) {
        if (moving.isEmpty()) {
            return List.of();
        }
        List<Run> moved = session.runs().lock(moving).stream()
                .map(run -> Objects.requireNonNull(ways.get(run.id())).moved(run))
                .toList();
        session.runs().changeVersions(moved);
        return moved;
    }

    /** On from the tasks that they left: the delays after these are counted from now. */
    private void onwards(
            Session session,
            Map<UUID, Way> ways,
            List<Timer> waiting,
            Set<UUID> done,
            Map<UUID, String> refused,
            Instant now) {
        if (ways.isEmpty()) {
            return;
        }
        Map<UUID, Instant> failed = new HashMap<>();
        ways.forEach(
                (id, way) -> failed.put(id, Objects.requireNonNull(way.run().finishedAt(), "a failed run")));
        Set<UUID> revived = session.runs().revive(failed, now);
        failed.keySet().stream().filter(id -> !revived.contains(id)).forEach(id -> refused.put(id, NOT_FAILED));
        changeVersions(
                session,
                ways,
                revived.stream()
                        .filter(id -> Objects.requireNonNull(ways.get(id)).moves())
                        .toList());
        List<Timer> next = new ArrayList<>();
        List<Run> gone = new ArrayList<>();
        for (Run run : session.runs().lock(revived)) {
            Steps.Step step =
                    Steps.next(run, Objects.requireNonNull(ways.get(run.id())).after(), now);
            if (step.timer() != null) {
                next.add(step.timer());
            }
            gone.add(step.run());
        }
        session.timers().insert(next);
        session.timers().takeInput(next);
        triggers.store(session, next);
        session.runs().update(gone);
        waiting.addAll(next);
        done.addAll(revived);
    }
}
