package dev.bide.engine.change;

import dev.bide.engine.quartz.TimerTriggers;
import dev.bide.workflow.Run;
import dev.bide.workflow.Task;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerOwner;
import dev.bide.workflow.Times;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.store.RunStore;
import dev.bide.workflow.store.Session;
import dev.bide.workflow.store.UnreadableException;
import dev.bide.workflow.store.WorkflowVersions;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves active runs of a workflow to its newest version, in bounded batches: their waiting timers are counted anew, from when their waits began,
 * by the new delay of their task. A wait that the new delay can't give (skipped, rejected, too far) stays as it is. A run whose task is not in
 * the new version keeps the version it has. What a run has been at is never called again, whatever the new order ({@link PassedTasks}).
 */
public final class VersionMove {
    /** Runs in one transaction. */
    private static final int LARGEST_BATCH = 500;

    /** Characters of the actions that it writes. */
    private static final long LARGEST_BATCH_SIZE = 4 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(VersionMove.class);

    private final TimerTriggers triggers;
    private final WorkflowVersions versions;
    private final InstantSource clock;

    public VersionMove(TimerTriggers triggers, WorkflowVersions versions, InstantSource clock) {
        this.triggers = triggers;
        this.versions = versions;
        this.clock = clock;
    }

    /**
     * Moves the next batch of runs. Safe to repeat: those that were moved are not behind any more.
     *
     * @param after the last run dealt with; null to begin
     * @param most runs
     * @param changed takes the timers that were changed
     */
    Progress moveBatch(Session session, Workflow workflow, @Nullable UUID after, int most, List<Timer> changed) {
        RunStore.Behind behind =
                session.runs().behind(workflow.id(), workflow.version(), after, Math.min(most, largestBatch(workflow)));
        if (behind.runs().isEmpty()) {
            return new Progress(0, after, true);
        }
        Orders orders = new Orders(session, workflow.id());
        List<Run> readable = behind.runs().stream()
                .filter(run -> orders.of(run.workflowVersion()).isPresent())
                .toList();
        changed.addAll(changeTimers(session, workflow, readable));
        return changeRuns(session, workflow, behind, orders, after);
    }

    /** Each of their timers may get the largest action that there is. */
    private static int largestBatch(Workflow workflow) {
        return (int) Math.min(LARGEST_BATCH, 1 + LARGEST_BATCH_SIZE / (workflow.largestAction() + 1));
    }

    /**
     * @param last the last run dealt with
     * @param over nothing is left to move
     */
    record Progress(int moved, @Nullable UUID last, boolean over) {}

    /**
     * Timers whose triggers wait. Those that are being delivered stay as they are; their runs go on by the new version. Each is read under its
     * lock: another operation may have moved it to a version as new or newer, or spent an attempt, since its run was read.
     */
    private List<Timer> changeTimers(Session session, Workflow workflow, List<Run> behind) {
        Map<UUID, Run> byTimer = new HashMap<>();
        behind.forEach(run -> Optional.ofNullable(run.timerId()).ifPresent(id -> byTimer.put(id, run)));
        List<UUID> readable =
                session.timers().read(byTimer.keySet()).stream().map(Timer::id).toList();
        Set<UUID> taken = triggers.remove(session, readable);
        List<Timer> changed = new ArrayList<>();
        List<Timer> stored = new ArrayList<>();
        for (Timer timer : session.timers().lock(taken)) {
            Optional<Timer> moved = change(timer, Objects.requireNonNull(byTimer.get(timer.id())), workflow);
            moved.ifPresent(changed::add);
            stored.add(moved.orElse(timer));
        }
        triggers.storeForNextAttempt(session, stored);
        session.timers().update(changed);
        return changed;
    }

    private Optional<Timer> change(Timer timer, Run run, Workflow workflow) {
        TimerOwner owner = Objects.requireNonNull(timer.owner(), "a run's timer");
        Task task = workflow.task(owner.taskId()).orElse(null);
        if (task == null || owner.workflowVersion() >= workflow.version()) {
            return Optional.empty();
        }
        ZoneId zone = run.zone(workflow);
        Timer moved = timer.goingBy(task, workflow.version(), zone);
        return Rewait.of(timer.createdAt(), timer.attemptsSpent(), task, zone, Times.now(clock))
                .map(moved::dueAt)
                .or(() -> Optional.of(moved));
    }

    /** A run that went on to another timer meanwhile is left for the next batch, which begins with it. */
    private static Progress changeRuns(
            Session session, Workflow workflow, RunStore.Behind behind, Orders orders, @Nullable UUID after) {
        Map<UUID, Run> locked = session
                .runs()
                .lock(behind.runs().stream().map(Run::id).toList())
                .stream()
                .collect(Collectors.toMap(Run::id, Function.identity()));
        List<Run> moved = new ArrayList<>();
        UUID last = after;
        boolean missed = false;
        for (Run seen : behind.runs()) {
            Run run = locked.get(seen.id());
            missed |= run != null && !Objects.equals(run.timerId(), seen.timerId());
            if (missed) {
                continue;
            }
            last = seen.id();
            if (run != null && isBehind(run, workflow)) {
                orders.of(run.workflowVersion()).ifPresent(order -> moved.add(PassedTasks.moved(run, order, workflow)));
            }
        }
        session.runs().changeVersions(moved);
        return new Progress(moved.size(), last, !missed && behind.last());
    }

    private static boolean isBehind(Run run, Workflow workflow) {
        UUID taskId = run.taskId();
        return run.workflowVersion() < workflow.version()
                && taskId != null
                && workflow.task(taskId).isPresent();
    }

    /**
     * The orders of the tasks in the versions that the runs of a batch go by: hardly ever more than a few. Only the ids, since many versions
     * together may be large. A run whose version this program can't read, as a newer one wrote it, stays as it is.
     */
    private final class Orders {
        private final Session session;
        private final UUID workflowId;
        private final Map<Integer, Optional<List<UUID>>> known = new HashMap<>();

        Orders(Session session, UUID workflowId) {
            this.session = session;
            this.workflowId = workflowId;
        }

        Optional<List<UUID>> of(int version) {
            return known.computeIfAbsent(version, this::read);
        }

        private Optional<List<UUID>> read(int version) {
            try {
                return Optional.of(versions.of(session, workflowId, version).taskIds());
            } catch (UnreadableException e) {
                LOG.warn("Runs by version {} of workflow {} keep it", version, workflowId, e);
                return Optional.empty();
            }
        }
    }
}
