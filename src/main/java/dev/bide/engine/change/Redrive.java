package dev.bide.engine.change;

import dev.bide.engine.quartz.TimerTriggers;
import dev.bide.jobstore.DatabaseFault;
import dev.bide.workflow.RefusedException;
import dev.bide.workflow.Run;
import dev.bide.workflow.Task;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerOwner;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.store.KeyHolder;
import dev.bide.workflow.store.Session;
import dev.bide.workflow.store.UnreadableException;
import dev.bide.workflow.store.WorkflowVersions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Fresh attempts for dead timers, the first one now; their failed runs are active again. A run's timer is called as the version has it that its run
 * goes by: the run may have been moved to that one while the call was under way. In the one lock order: the timers, which bring their triggers, then the runs.
 *
 * <p>A key may be another's by now, where what had it was to be gone, and is still there. That one stays as it is.
 */
public final class Redrive {
    private static final String NOT_DEAD =
            "is not dead any more, or can't be read by this version of the program, or its run has not failed of it";

    private final TimerTriggers triggers;
    private final WorkflowVersions versions;

    public Redrive(TimerTriggers triggers, WorkflowVersions versions) {
        this.triggers = triggers;
        this.versions = versions;
    }

    /** The transaction once more, where a key was taken between its look and its change. The second look finds it. */
    static <T> T twice(Supplier<T> transaction) {
        try {
            return transaction.get();
        } catch (RuntimeException e) {
            if (DatabaseFault.of(e) == DatabaseFault.KEY_TAKEN) {
                return transaction.get();
            }
            throw e;
        }
    }

    /** @param refused why the others can't be redriven, by id, to follow a timer's name */
    record Redriven(List<Timer> timers, Map<UUID, String> refused) {}

    /**
     * Passes over those that can't be redriven.
     *
     * @param finished when they died, by id
     */
    Redriven all(Session session, Map<UUID, Instant> finished, Instant now) {
        Map<UUID, Optional<String>> looked = look(session, finished);
        Map<UUID, Instant> possible = new HashMap<>();
        Map<UUID, String> refused = new HashMap<>();
        finished.forEach((id, at) -> {
            Optional<String> refusal = looked.getOrDefault(id, Optional.of(NOT_DEAD));
            refusal.ifPresentOrElse(why -> refused.put(id, why), () -> possible.put(id, at));
        });
        List<Timer> timers = write(session, possible, now);
        timers.forEach(timer -> possible.remove(timer.id()));
        possible.keySet().forEach(id -> refused.put(id, NOT_DEAD));
        return new Redriven(timers, refused);
    }

    /** Empty where it is not dead, or its run has not failed. Refused where a key is another's. */
    Optional<Timer> one(Session session, UUID id, Instant finishedAt, Instant now) {
        Map<UUID, Instant> finished = Map.of(id, finishedAt);
        Optional.ofNullable(look(session, finished).get(id))
                .flatMap(Function.identity())
                .ifPresent(why -> {
                    throw RefusedException.conflict("Timer " + id + " " + why);
                });
        return write(session, finished, now).stream().findFirst();
    }

    /** Of failed runs those whose keys are others' by now, with why they can't be brought back. */
    static Map<UUID, String> withoutTheirKeys(Session session, Collection<Run> failed) {
        Map<UUID, KeyHolder> holders = holders(session, failed);
        Map<UUID, String> refused = new HashMap<>();
        failed.forEach(run -> refusal("key", run.id(), run.key(), holders.get(run.id()))
                .ifPresent(why -> refused.put(run.id(), why)));
        return refused;
    }

    /** Those that are dead, each with why it can't be redriven all the same. One whose run can't be read, or has not failed, is left out. */
    private Map<UUID, Optional<String>> look(Session session, Map<UUID, Instant> finished) {
        List<Timer> dead = session.timers().dead(finished);
        Set<String> keys =
                dead.stream().map(Timer::key).filter(Objects::nonNull).collect(Collectors.toSet());
        Map<String, KeyHolder> holders =
                keys.isEmpty() ? Map.of() : session.timers().findByKeys(keys);
        // A run fails in the transaction, and at the time, of its timer.
        Map<UUID, Run> runs = session.runs().failed(runs(dead, finished)).stream()
                .collect(Collectors.toMap(Run::id, Function.identity()));
        Map<UUID, KeyHolder> runHolders = holders(session, runs.values());
        Map<UUID, Optional<String>> looked = new HashMap<>();
        for (Timer timer : dead) {
            TimerOwner owner = timer.owner();
            Run run = owner == null ? null : runs.get(owner.runId());
            if (owner == null) {
                String key = timer.key();
                looked.put(timer.id(), refusal("key", timer.id(), key, key == null ? null : holders.get(key)));
            } else if (run != null) {
                looked.put(
                        timer.id(),
                        refusal("run's key", run.id(), run.key(), runHolders.get(run.id()))
                                .or(() -> unreadable(session, run)));
            }
        }
        return looked;
    }

    private static Optional<String> refusal(String what, UUID id, @Nullable String key, @Nullable KeyHolder holder) {
        return key == null || holder == null || holder.id().equals(id)
                ? Optional.empty()
                : Optional.of("can't be redriven: " + holder.id() + " has its " + what + ", \"" + key + "\", by now");
    }

    private Optional<String> unreadable(Session session, Run run) {
        try {
            versions.of(session, run);
            return Optional.empty();
        } catch (UnreadableException e) {
            return Optional.of(unreadable(run));
        }
    }

    static String unreadable(Run run) {
        return "can't be redriven: version " + run.workflowVersion()
                + " of its workflow can't be read by this version of the program";
    }

    /** What has the keys of these runs, by the ids of these. */
    private static Map<UUID, KeyHolder> holders(Session session, Collection<Run> runs) {
        Map<UUID, KeyHolder> holders = new HashMap<>();
        runs.stream()
                .filter(run -> run.key() != null)
                .collect(Collectors.groupingBy(Run::workflowId))
                .forEach((workflow, keyed) -> {
                    Map<String, KeyHolder> found = session.runs()
                            .findByKeys(workflow, keyed.stream().map(Run::key).collect(Collectors.toSet()));
                    keyed.forEach(run -> Optional.ofNullable(found.get(String.valueOf(run.key())))
                            .ifPresent(holder -> holders.put(run.id(), holder)));
                });
        return holders;
    }

    private List<Timer> write(Session session, Map<UUID, Instant> finished, Instant now) {
        List<Timer> timers = session.timers().redrive(finished, now);
        triggers.storeForNextAttempt(session, timers);
        Map<UUID, Instant> runs = runs(timers, finished);
        if (runs.isEmpty()) {
            return timers;
        }
        if (!session.runs().revive(runs, now).equals(runs.keySet())) {
            throw RefusedException.conflict("A run was changed while its timer was redriven; try again");
        }
        return byTheirRuns(session, timers, session.runs().lock(runs.keySet()));
    }

    private List<Timer> byTheirRuns(Session session, List<Timer> timers, List<Run> runs) {
        Map<UUID, Run> byId = runs.stream().collect(Collectors.toMap(Run::id, Function.identity()));
        List<Timer> changed = new ArrayList<>();
        List<Timer> result = new ArrayList<>();
        for (Timer timer : timers) {
            TimerOwner owner = timer.owner();
            Run run = owner == null ? null : Objects.requireNonNull(byId.get(owner.runId()));
            if (owner == null || run == null || owner.workflowVersion() == run.workflowVersion()) {
                result.add(timer);
            } else {
                Timer moved = by(versions.of(session, run), run, timer, owner);
                changed.add(moved);
                result.add(moved);
            }
        }
        rewrite(session, changed);
        return result;
    }

    /** Timers that were just redriven, as the workflows have them that their runs go by from now on. */
    List<Timer> goOnBy(Session session, Map<Run, Workflow> workflows, Map<UUID, Timer> byRun) {
        List<Timer> moved = new ArrayList<>();
        workflows.forEach((run, workflow) -> {
            Timer timer = Objects.requireNonNull(byRun.get(run.id()));
            moved.add(by(workflow, run, timer, Objects.requireNonNull(timer.owner(), "a run's timer")));
        });
        rewrite(session, moved);
        return moved;
    }

    /** They may have other destinations, and so other lanes. */
    private void rewrite(Session session, List<Timer> timers) {
        if (!timers.isEmpty()) {
            triggers.replaceForNextAttempt(session, timers);
            session.timers().update(timers);
        }
    }

    private static Timer by(Workflow workflow, Run run, Timer timer, TimerOwner owner) {
        Task task = workflow.task(owner.taskId())
                .orElseThrow(() -> new IllegalStateException("Run " + run.id() + " is in a task that version "
                        + workflow.version() + " of its workflow does not have"));
        return timer.goingBy(task, workflow.version(), run.zone(workflow));
    }

    private static Map<UUID, Instant> runs(List<Timer> timers, Map<UUID, Instant> finished) {
        Map<UUID, Instant> runs = new HashMap<>();
        for (Timer timer : timers) {
            TimerOwner owner = timer.owner();
            if (owner != null) {
                runs.put(owner.runId(), Objects.requireNonNull(finished.get(timer.id())));
            }
        }
        return runs;
    }
}
