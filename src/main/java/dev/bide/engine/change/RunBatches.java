package dev.bide.engine.change;

import dev.bide.engine.quartz.TimerTriggers;
import dev.bide.workflow.Run;
import dev.bide.workflow.RunStatus;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerOwner;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.store.OperationKind;
import dev.bide.workflow.store.RunStore.FoundRun;
import dev.bide.workflow.store.Session;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Changes runs that go on, many in a transaction, with their timers where these wait. In the one lock order: triggers, timers, runs. So which timer each run is at was
 * read before; a run that has gone on to another one by the time it is locked is left for later.
 */
final class RunBatches {
    private final TimerTriggers triggers;

    RunBatches(TimerTriggers triggers) {
        this.triggers = triggers;
    }

    /**
     * What came of a batch.
     *
     * @param changed timers whose triggers fire again
     * @param failed with why, to follow the run's name
     * @param rest runs to come back for, and timers in some node's hands
     */
    record Dealt(int done, List<Timer> changed, Map<UUID, String> failed, Set<UUID> rest) {
        static Dealt later(Set<UUID> runs) {
            return new Dealt(0, List.of(), Map.of(), runs);
        }
    }

    /** What was done to timers. @param touched those whose triggers were changed @param inHand those that are in some node's hands */
    private record Timers(Set<UUID> touched, Set<UUID> inHand, Set<UUID> unreadable, List<Timer> changed) {}

    /** @param found runs in the states that {@code kind} changes, each with the timer that it is at */
    Dealt change(Session session, OperationKind kind, List<FoundRun> found, Instant now) {
        if (found.isEmpty()) {
            return Dealt.later(Set.of());
        }
        Set<UUID> timerIds =
                found.stream().map(FoundRun::timerId).filter(Objects::nonNull).collect(Collectors.toSet());
        return switch (kind) {
            case CANCEL_RUNS -> finish(session, kind, found, cancel(session, timerIds, now), RunStatus.CANCELLED, now);
            case PAUSE_RUNS -> finish(session, kind, found, pause(session, timerIds), RunStatus.PAUSED, now);
            case RESUME_RUNS -> finish(session, kind, found, resume(session, timerIds, now), RunStatus.ACTIVE, now);
            case CANCEL, RESCHEDULE, REDRIVE, PAUSE, RESUME, FIRE, DISMISS, APPLY_VERSION, REDRIVE_RUNS ->
                throw new IllegalStateException("it changes no runs that go on");
        };
    }

    private Dealt finish(
            Session session, OperationKind kind, List<FoundRun> found, Timers timers, RunStatus to, Instant now) {
        Map<UUID, Run> locked = session
                .runs()
                .lock(found.stream().map(FoundRun::id).toList())
                .stream()
                .collect(Collectors.toMap(Run::id, Function.identity()));
        List<Run> changed = new ArrayList<>();
        Map<UUID, String> failed = new HashMap<>();
        Set<UUID> rest = new HashSet<>();
        for (FoundRun seen : found) {
            Run run = locked.get(seen.id());
            UUID timer = seen.timerId();
            String refusal = refusal(kind, run, timer, timers);
            if (refusal == null && run != null && Objects.equals(run.timerId(), timer)) {
                changed.add(run.as(to, null, now));
                if (timer != null && timers.inHand().contains(timer)) {
                    rest.add(timer);
                }
                continue;
            }
            if (timer != null && timers.touched().contains(timer)) {
                // Its timer was to be changed together with it. All is undone, and the others come without it.
                throw new MovedOnException();
            }
            if (refusal == null) {
                rest.add(seen.id());
            } else {
                failed.put(seen.id(), refusal);
            }
        }
        session.runs().update(changed);
        return new Dealt(changed.size(), timers.changed(), failed, rest);
    }

    /** Why it can't be changed; null where it can, or where it has gone on to another timer. */
    private static @Nullable String refusal(
            OperationKind kind, @Nullable Run run, @Nullable UUID timer, Timers timers) {
        if (run == null) {
            return "is over";
        }
        if (!kind.fromRuns().contains(run.status())) {
            return "is " + run.status();
        }
        return timer != null && timers.unreadable().contains(timer)
                ? "is at a timer that this version of the program can't read"
                : null;
    }

    private Timers cancel(Session session, Set<UUID> ids, Instant now) {
        Set<UUID> removed = triggers.remove(session, ids);
        session.timers().cancel(removed, now);
        Set<UUID> others = new HashSet<>(ids);
        others.removeAll(removed);
        return new Timers(removed, others.isEmpty() ? others : session.timers().waiting(others), Set.of(), List.of());
    }

    private Timers pause(Session session, Set<UUID> ids) {
        List<Timer> read = session.timers().read(ids);
        Set<UUID> readable = ids(read);
        Set<UUID> paused = triggers.pause(session, readable);
        session.timers()
                .update(session.timers().lock(paused).stream()
                        .map(timer -> timer.as(TimerStatus.PAUSED))
                        .toList());
        Set<UUID> inHand = read.stream()
                .filter(timer -> timer.status() != TimerStatus.PAUSED && !paused.contains(timer.id()))
                .map(Timer::id)
                .collect(Collectors.toSet());
        return new Timers(paused, inHand, unreadable(session, ids, readable), List.of());
    }

    /** One that was paused before its run was stays so. */
    private Timers resume(Session session, Set<UUID> ids, Instant now) {
        Set<UUID> readable = ids(session.timers().read(ids));
        Set<UUID> resumed = triggers.resume(session, readable);
        List<Timer> timers = session.timers().lock(resumed);
        Set<UUID> alone = session.timers().pausedAlone(resumed);
        triggers.pause(session, alone);
        List<Timer> changed = timers.stream()
                .filter(timer -> !alone.contains(timer.id()))
                .map(timer -> TimerBatches.resumed(timer, now))
                .toList();
        session.timers().update(changed);
        return new Timers(resumed, Set.of(), unreadable(session, ids, readable), changed);
    }

    private static Set<UUID> unreadable(Session session, Set<UUID> ids, Set<UUID> readable) {
        Set<UUID> others = new HashSet<>(ids);
        others.removeAll(readable);
        return others.isEmpty() ? others : session.timers().waiting(others);
    }

    private static Set<UUID> ids(Collection<Timer> timers) {
        return timers.stream().map(Timer::id).collect(Collectors.toSet());
    }

    /** Timers of cancelled runs that were in hand. Returns those that still are. */
    Set<UUID> cancelThose(Session session, Set<UUID> ids, Instant now) {
        return ids.isEmpty() ? ids : cancel(session, ids, now).inHand();
    }

    /** Timers of paused runs that were in hand. Returns those that still are, as long as their runs are paused. */
    Set<UUID> pauseThose(Session session, Set<UUID> ids) {
        if (ids.isEmpty()) {
            return ids;
        }
        List<Timer> timers = session.timers().read(ids).stream()
                .filter(timer -> timer.status() != TimerStatus.PAUSED)
                .toList();
        Set<UUID> runs = timers.stream()
                .map(Timer::owner)
                .filter(Objects::nonNull)
                .map(TimerOwner::runId)
                .collect(Collectors.toSet());
        Set<UUID> paused = session.runs().paused(runs);
        return timers.stream()
                .filter(timer ->
                        timer.owner() != null && paused.contains(timer.owner().runId()))
                .map(Timer::id)
                .collect(Collectors.toSet());
    }

    /** A run was changed between finding and locking it, and its timer was not. */
    static final class MovedOnException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        MovedOnException() {
            super("a run was changed while its timer was", null, false, false);
        }
    }
}
