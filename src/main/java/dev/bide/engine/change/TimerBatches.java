package dev.bide.engine.change;

import dev.bide.engine.quartz.TimerTriggers;
import dev.bide.workflow.Run;
import dev.bide.workflow.RunStatus;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerOwner;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.store.Session;
import java.time.Instant;
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
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Changes timers that wait, one or many in a transaction. The trigger decides: whoever changes its row first wins, the change or the delivery,
 * and the other finds nothing to do. So each change begins with the triggers, then locks the timers, then their runs.
 *
 * <p>Each method answers the timers that it changed; the others of those asked for do not wait, or not in that way.
 */
public final class TimerBatches {
    private final TimerTriggers triggers;

    public TimerBatches(TimerTriggers triggers) {
        this.triggers = triggers;
    }

    /** A run whose timer is cancelled is cancelled too: it can't pass that task. */
    List<Timer> cancel(Session session, Collection<UUID> ids, Instant now) {
        return cancel(session, ids, Set.of(), now);
    }

    /**
     * As above; and the runs of those that are in some node's hands are cancelled at once, so that nothing follows their calls. Those timers end as
     * cancelled, or delivered, when their calls are settled.
     */
    List<Timer> cancelAll(Session session, Collection<UUID> ids, Instant now) {
        return cancel(session, ids, Set.copyOf(ids), now);
    }

    /** @param inHandToo of these the runs are cancelled, be they in hand */
    private List<Timer> cancel(Session session, Collection<UUID> ids, Set<UUID> inHandToo, Instant now) {
        Set<UUID> removed = triggers.remove(session, ids);
        List<Timer> timers = session.timers().lock(removed);
        session.timers().cancel(removed, now);
        Set<UUID> runIds = new HashSet<>(runIds(timers));
        Set<UUID> ended = new HashSet<>(removed);
        Set<UUID> inHand = new HashSet<>(inHandToo);
        inHand.removeAll(removed);
        if (!inHand.isEmpty()) {
            ended.addAll(inHand);
            runIds.addAll(runIds(session.timers().read(inHand)));
        }
        if (!runIds.isEmpty()) {
            // One statement locks all of them, in order. A run that has gone on from its timer meanwhile is left alone.
            List<Run> runs = session.runs().lock(runIds).stream()
                    .filter(run -> ended.contains(run.timerId()))
                    .map(run -> run.as(RunStatus.CANCELLED, null, now))
                    .toList();
            session.runs().update(runs);
        }
        return timers;
    }

    List<Timer> pause(Session session, Collection<UUID> ids) {
        List<Timer> paused = write(session, triggers.pause(session, ids), timer -> timer.as(TimerStatus.PAUSED));
        if (!paused.isEmpty()) {
            session.timers().markPausedAlone(paused.stream().map(Timer::id).toList());
        }
        return paused;
    }

    /** Those of paused runs are left alone. One whose time has passed is due now. */
    List<Timer> resume(Session session, Collection<UUID> ids, Instant now) {
        Set<UUID> resumable = new HashSet<>(ids);
        resumable.removeAll(ofPausedRuns(session, ids));
        if (resumable.isEmpty()) {
            return List.of();
        }
        List<Timer> timers = session.timers().lock(triggers.resume(session, resumable));
        Set<UUID> held = ofRunsPausedMeanwhile(session, timers);
        triggers.pause(session, held);
        List<Timer> resumed = timers.stream()
                .filter(timer -> !held.contains(timer.id()))
                .map(timer -> resumed(timer, now))
                .toList();
        session.timers().update(resumed);
        return resumed;
    }

    /** Now that the runs are locked too, last in the lock order: what was read before may have changed. */
    private static Set<UUID> ofRunsPausedMeanwhile(Session session, List<Timer> timers) {
        Set<UUID> runIds = runIds(timers);
        if (runIds.isEmpty()) {
            return Set.of();
        }
        Set<UUID> paused = session.runs().lock(runIds).stream()
                .filter(run -> run.status() == RunStatus.PAUSED)
                .map(Run::id)
                .collect(Collectors.toSet());
        return timers.stream()
                .filter(timer ->
                        timer.owner() != null && paused.contains(timer.owner().runId()))
                .map(Timer::id)
                .collect(Collectors.toSet());
    }

    private static Set<UUID> ofPausedRuns(Session session, Collection<UUID> ids) {
        List<Timer> timers = session.timers().read(ids);
        Set<UUID> paused = session.runs().paused(runIds(timers));
        return timers.stream()
                .filter(timer ->
                        timer.owner() != null && paused.contains(timer.owner().runId()))
                .map(Timer::id)
                .collect(Collectors.toSet());
    }

    /** A paused timer that waits again; one whose time has passed is due now. */
    static Timer resumed(Timer timer, Instant now) {
        Instant next = timer.nextAttemptAt();
        if (next != null && next.isAfter(now)) {
            return timer.as(timer.unpaused());
        }
        return timer.attemptsSpent() > 0
                ? timer.as(TimerStatus.RETRYING).nextAttemptAt(now)
                : timer.as(TimerStatus.SCHEDULED).dueAt(now);
    }

    /** Due at {@code dueAt}; a paused one stays paused. */
    List<Timer> reschedule(Session session, Collection<UUID> ids, Instant dueAt) {
        return reschedule(session, ids, timer -> Optional.of(timer.dueAt(dueAt)));
    }

    /** As {@code change} has it, which sets when they are due, or leaves one as it is; a paused one stays paused. */
    List<Timer> reschedule(Session session, Collection<UUID> ids, Function<Timer, Optional<Timer>> change) {
        Map<UUID, Timer> wanted = session.timers().read(ids).stream()
                .map(change)
                .flatMap(Optional::stream)
                .collect(Collectors.toMap(Timer::id, Function.identity()));
        if (wanted.isEmpty()) {
            return List.of();
        }
        Set<UUID> replaced = triggers.replaceForNextAttempt(session, wanted.values());
        if (replaced.isEmpty()) {
            return List.of();
        }
        // Read again under its lock: what was read before may have been paused, or moved to another zone, meanwhile.
        List<Timer> locked = session.timers().lock(replaced);
        Map<UUID, Timer> changed = new HashMap<>();
        locked.forEach(timer -> change.apply(timer).ifPresent(anew -> changed.put(timer.id(), anew)));
        // The triggers are ours by now. Where the timer comes to something else than its trigger, the trigger follows.
        List<Timer> others = locked.stream()
                .map(timer -> changed.getOrDefault(timer.id(), timer))
                .filter(timer -> !sameTrigger(timer, Objects.requireNonNull(wanted.get(timer.id()))))
                .toList();
        if (!others.isEmpty()) {
            triggers.replaceForNextAttempt(session, others);
        }
        session.timers().update(changed.values());
        return List.copyOf(changed.values());
    }

    /** The same time, and the same lane. */
    private static boolean sameTrigger(Timer one, Timer other) {
        return Objects.equals(one.nextAttemptAt(), other.nextAttemptAt())
                && one.spec().action().url().equals(other.spec().action().url());
    }

    private static List<Timer> write(Session session, Set<UUID> ids, UnaryOperator<Timer> change) {
        if (ids.isEmpty()) {
            return List.of();
        }
        List<Timer> changed = session.timers().lock(ids).stream().map(change).toList();
        session.timers().update(changed);
        return changed;
    }

    private static Set<UUID> runIds(List<Timer> timers) {
        return timers.stream()
                .map(Timer::owner)
                .filter(Objects::nonNull)
                .map(TimerOwner::runId)
                .collect(Collectors.toSet());
    }
}
