package dev.bide.engine;

import dev.bide.workflow.Database;
import dev.bide.workflow.Run;
import dev.bide.workflow.Session;
import dev.bide.workflow.Task;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerOwner;
import dev.bide.workflow.TimerSpec;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.Workflow;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Moves active runs of a workflow to its newest version, in bounded sets: their waiting timers are counted anew, from when their waits began,
 * by the new delay of their task. A run whose task is not in the new version keeps the version it has.
 */
final class VersionMove {
    /** Runs in one transaction. */
    private static final int LARGEST_SET = 500;

    /** A run that goes on to its next task while its set is moved is left for the next pass. */
    private static final int PASSES = 10;

    private final Database database;
    private final TimerTriggers triggers;
    private final InstantSource clock;

    VersionMove(Database database, TimerTriggers triggers, InstantSource clock) {
        this.database = database;
        this.triggers = triggers;
        this.clock = clock;
    }

    /** Returns how many were moved. Safe to begin again: those that were moved are not behind any more. */
    int moveRuns(Workflow workflow) {
        int moved = 0;
        boolean missed = true;
        for (int pass = 0; missed && pass < PASSES; pass++) {
            missed = false;
            UUID after = null;
            do {
                Progress progress = moveSet(workflow, after);
                moved += progress.moved();
                missed |= progress.missed();
                after = progress.last();
            } while (after != null);
        }
        return moved;
    }

    private Progress moveSet(Workflow workflow, @Nullable UUID after) {
        List<Timer> signals = new ArrayList<>();
        Progress progress = database.inTransaction(session -> {
            List<Run> behind = session.runs().behind(workflow.id(), workflow.version(), after, LARGEST_SET);
            if (behind.isEmpty()) {
                return new Progress(0, false, null);
            }
            Map<UUID, Timer> changed = changeTimers(session, workflow, behind);
            signals.addAll(changed.values());
            return changeRuns(session, workflow, behind);
        });
        triggers.signal(signals);
        return progress;
    }

    /** Timers whose triggers wait. Those that are being delivered stay as they are; their runs go on by the new version. */
    private Map<UUID, Timer> changeTimers(Session session, Workflow workflow, List<Run> behind) {
        Map<UUID, Run> byTimer = new HashMap<>();
        behind.forEach(run -> Optional.ofNullable(run.timerId()).ifPresent(id -> byTimer.put(id, run)));
        Map<UUID, Timer> changed = session.timers().load(byTimer.keySet()).stream()
                .map(due -> change(
                        due.timer(),
                        Objects.requireNonNull(byTimer.get(due.timer().id())),
                        workflow))
                .flatMap(Optional::stream)
                .collect(Collectors.toMap(Timer::id, Function.identity()));
        Set<UUID> replaced = triggers.replaceForNextAttempt(session, changed.values());
        changed.keySet().retainAll(replaced);
        Map<UUID, TimerStatus> now =
                session.timers().lock(replaced).stream().collect(Collectors.toMap(Timer::id, Timer::status));
        changed.replaceAll(
                (id, timer) -> timer.as(Objects.requireNonNull(now.get(id), "a timer whose trigger was there")));
        session.timers().update(changed.values());
        return changed;
    }

    private Optional<Timer> change(Timer timer, Run run, Workflow workflow) {
        TimerOwner owner = Objects.requireNonNull(timer.owner(), "a run's timer");
        Task task = workflow.task(owner.taskId()).orElse(null);
        if (task == null) {
            return Optional.empty();
        }
        ZoneId zone = run.zone(workflow);
        Instant now = Times.now(clock);
        Instant next = Objects.requireNonNull(timer.nextAttemptAt());
        Instant due = timer.dueAt();
        if (timer.attemptsSpent() == 0) {
            try {
                due = Timers.dueAt(task.delay(), timer.createdAt(), zone);
            } catch (RefusedException e) {
                // Its date has passed: the wait is over.
                due = now;
            }
            next = due;
        }
        return Optional.of(new Timer(
                timer.id(),
                timer.status(),
                due,
                next,
                timer.createdAt(),
                task.delay().zoneOr(zone),
                TimerSpec.of(task),
                timer.attemptsSpent(),
                timer.attempts(),
                timer.latenessMs(),
                new TimerOwner(owner.runId(), owner.workflowId(), workflow.version(), owner.taskId()),
                null,
                null));
    }

    private static Progress changeRuns(Session session, Workflow workflow, List<Run> behind) {
        Map<UUID, Run> seen = behind.stream().collect(Collectors.toMap(Run::id, Function.identity()));
        List<Run> locked = session.runs().lock(seen.keySet());
        List<Run> stayed = locked.stream()
                .filter(run -> Objects.equals(
                        run.timerId(),
                        Objects.requireNonNull(seen.get(run.id())).timerId()))
                .toList();
        List<Run> moved = stayed.stream()
                .filter(run -> run.workflowVersion() < workflow.version())
                .filter(run ->
                        run.taskId() != null && workflow.task(run.taskId()).isPresent())
                .map(run -> run.goingBy(workflow.version()))
                .toList();
        session.runs().update(moved);
        return new Progress(
                moved.size(),
                stayed.size() < locked.size(),
                behind.get(behind.size() - 1).id());
    }

    /**
     * @param missed a run went on to another timer meanwhile
     * @param last the last run looked at; null where there was none
     */
    private record Progress(
            int moved, boolean missed, @Nullable UUID last) {}
}
