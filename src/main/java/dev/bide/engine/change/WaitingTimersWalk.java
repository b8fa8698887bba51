package dev.bide.engine.change;

import dev.bide.delay.Delay;
import dev.bide.engine.quartz.TimerTriggers;
import dev.bide.workflow.RefusedException;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerOwner;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.figures.Look;
import dev.bide.workflow.store.Days;
import dev.bide.workflow.store.KeyHolder;
import dev.bide.workflow.store.Operation;
import dev.bide.workflow.store.OperationKind;
import dev.bide.workflow.store.OperationStore;
import dev.bide.workflow.store.Session;
import dev.bide.workflow.store.TimerFilter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Timers that wait, in order of id: cancel, pause, resume, reschedule, fire. What some node delivers, or somebody has locked, is come back for at the end. */
final class WaitingTimersWalk implements Walk {
    private static final Logger LOG = LoggerFactory.getLogger(WaitingTimersWalk.class);

    private final TimerBatches batches;
    private final TimerTriggers triggers;

    WaitingTimersWalk(TimerBatches batches, TimerTriggers triggers) {
        this.batches = batches;
        this.triggers = triggers;
    }

    @Override
    public Step further(Session session, Operation operation, Turn turn, List<Timer> changed, Instant now) {
        if (operation.lookedThrough()) {
            return tryAgain(session, operation, turn, changed, now);
        }
        int limit = turn.limit(operation);
        int room = operation.room(Math.max(1, limit));
        Look<KeyHolder, UUID> look = look(
                session,
                operation,
                operation.request().filter(),
                operation.request().upTo(),
                operation.position(),
                room);
        Dealt dealt = limit == 0
                ? passOver(session, operation, look.matching())
                : change(session, operation, look.matching(), now);
        changed.addAll(dealt.done());
        UUID again = operation.kind() == OperationKind.CANCEL ? firstGone(session, look, dealt) : null;
        if (again != null) {
            return new Step(lookAgainAfter(session, operation, again, look, dealt, now), false);
        }
        addRest(session, operation, dealt.inHand());
        Set<UUID> failed = ids(look.matching());
        dealt.done().forEach(timer -> failed.remove(timer.id()));
        failed.removeAll(dealt.inHand());
        boolean over = look.over() || look.matching().size() >= operation.room(Integer.MAX_VALUE);
        Operation further = operation.further(
                look.matching().size(),
                dealt.done().size(),
                failed.size(),
                over ? Operation.END : look.last(),
                null,
                Failures.ofTimers(session, operation, failed, dealt.impossible(), now),
                now);
        return new Step(further, over && nothingLeft(session, operation));
    }

    private Look<KeyHolder, UUID> look(
            Session session, Operation operation, TimerFilter filter, UUID upTo, @Nullable UUID after, int limit) {
        String host = filter.host();
        Set<Integer> lanes = host == null ? Set.of() : triggers.lanes(host).orElse(Set.of());
        return session.timers().look(operation.kind(), filter, lanes, upTo, after, LARGEST_LOOK, limit);
    }

    /** Somebody holds its row, its trigger's or its run's. A cancel comes back for its run, which may have gone on to another timer by then. */
    private static Dealt passOver(Session session, Operation operation, List<KeyHolder> timers) {
        Set<UUID> ids = ids(timers);
        LOG.info("Operation {} comes back for what somebody has locked: {}", operation.id(), ids);
        if (operation.kind() == OperationKind.CANCEL) {
            for (Timer timer : session.timers().read(ids)) {
                TimerOwner owner = timer.owner();
                if (owner != null) {
                    ids.remove(timer.id());
                    ids.add(owner.runId());
                }
            }
        }
        return new Dealt(List.of(), ids, Set.of());
    }

    /** Of those that were seen the first one that was settled before it could be changed; null for none. */
    private static @Nullable UUID firstGone(Session session, Look<KeyHolder, UUID> look, Dealt dealt) {
        Set<UUID> left = ids(look.matching());
        dealt.done().forEach(timer -> left.remove(timer.id()));
        left.removeAll(dealt.inHand());
        if (!left.isEmpty()) {
            // What waits, and can't be read, is not gone.
            left.removeAll(session.timers().waiting(left));
        }
        return left.stream().min(Comparator.comparing(UUID::toString)).orElse(null);
    }

    /**
     * A timer that is gone may have left its run with the next one, which no look has seen. That one has a larger id, so the next look begins after
     * {@code gone}. Those after it that are not done are seen once more, and so are not counted or kept yet. It comes to an end, since each look
     * begins later.
     */
    private static Operation lookAgainAfter(
            Session session, Operation operation, UUID gone, Look<KeyHolder, UUID> look, Dealt dealt, Instant now) {
        Predicate<UUID> dealtWith = id -> id.toString().compareTo(gone.toString()) <= 0;
        Set<UUID> inHand = dealt.inHand().stream().filter(dealtWith).collect(Collectors.toSet());
        addRest(session, operation, inHand);
        Set<UUID> found = ids(look.matching());
        found.removeIf(dealtWith.negate());
        Set<UUID> failed = new HashSet<>(found);
        failed.removeAll(inHand);
        dealt.done().forEach(timer -> {
            found.add(timer.id());
            failed.remove(timer.id());
        });
        return operation.further(
                found.size(),
                dealt.done().size(),
                failed.size(),
                gone,
                null,
                Failures.ofTimers(session, operation, failed, dealt.impossible(), now),
                now);
    }

    /**
     * Those that were in hand, or locked, when this operation came to them: free by now, or gone, or to be tried once more in the next turn. An
     * operation is over when none of them is left, so that nothing that it was to stop happens after it.
     */
    private Step tryAgain(Session session, Operation operation, Turn turn, List<Timer> changed, Instant now) {
        int limit = turn.limit(operation);
        OperationStore.Rest rest = turn.rest(session, operation);
        List<UUID> ids = rest.items().stream().map(KeyHolder::id).toList();
        Map<UUID, KeyHolder> timers = limit == 0 ? Map.of() : timers(session, operation, ids);
        Dealt dealt = change(session, operation, List.copyOf(timers.values()), now);
        changed.addAll(dealt.done());
        Set<UUID> gone = limit == 0 ? new HashSet<>() : new HashSet<>(ids);
        gone.removeAll(dealt.inHand());
        session.operations().removeRest(operation.id(), gone);
        addRest(session, operation, dealt.inHand());
        Set<UUID> settled = dealt.done().stream().map(Timer::id).collect(Collectors.toCollection(HashSet::new));
        settled.addAll(dealt.inHand());
        timers.forEach((entry, timer) -> {
            if (settled.contains(timer.id())) {
                gone.remove(entry);
            }
        });
        int ended = 0;
        if (operation.kind() == OperationKind.CANCEL && !gone.isEmpty()) {
            // Their runs were cancelled before, and their calls came to nothing.
            Set<UUID> cancelled = cancelled(session, gone, now);
            ended = cancelled.size();
            gone.removeAll(cancelled);
        }
        turn.tried(operation, rest);
        Operation further = operation.further(
                0,
                dealt.done().size() + ended,
                gone.size(),
                Operation.END,
                null,
                Failures.ofTimers(session, operation, gone, dealt.impossible(), now),
                now);
        return new Step(further, nothingLeft(session, operation));
    }

    private static Set<UUID> cancelled(Session session, Set<UUID> ids, Instant now) {
        Days days = new Days(Days.day(now).minusDays(1), Days.day(now));
        return session.timers().finished(ids, days).entrySet().stream()
                .filter(finished -> finished.getValue() == TimerStatus.CANCELLED)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /** The timers that those of the rest stand for, by these: themselves, or the one that a run is at by now, which was passed over at another. */
    private Map<UUID, KeyHolder> timers(Session session, Operation operation, List<UUID> rest) {
        Operation.Request request = operation.request();
        Map<UUID, KeyHolder> timers = new HashMap<>();
        if (operation.kind() != OperationKind.CANCEL) {
            rest.forEach(id -> timers.put(id, new KeyHolder(id, null)));
            return timers;
        }
        Set<UUID> waiting = session.timers().waiting(rest);
        for (UUID id : rest) {
            if (waiting.contains(id)) {
                timers.put(id, new KeyHolder(id, null));
            } else {
                look(session, operation, request.filter().ofRun(id), request.upTo(), null, 1).matching().stream()
                        .findFirst()
                        .ifPresent(timer -> timers.put(id, timer));
            }
        }
        return timers;
    }

    private static boolean nothingLeft(Session session, Operation operation) {
        return !session.operations().hasRest(operation.id());
    }

    private static void addRest(Session session, Operation operation, Set<UUID> ids) {
        session.operations()
                .addRest(
                        operation.id(),
                        ids.stream().map(id -> new KeyHolder(id, null)).toList());
    }

    private static Set<UUID> ids(List<KeyHolder> timers) {
        return timers.stream().map(KeyHolder::id).collect(Collectors.toCollection(HashSet::new));
    }

    /**
     * What came of a batch.
     *
     * @param inHand those that could not be changed, but may be soon: some node delivers them, or has just done so, or they are locked. The others that are not done
     *     never could
     * @param impossible of these those for which the delay can't be used
     */
    private record Dealt(List<Timer> done, Set<UUID> inHand, Set<UUID> impossible) {}

    private Dealt change(Session session, Operation operation, List<KeyHolder> timers, Instant now) {
        if (timers.isEmpty()) {
            return new Dealt(List.of(), Set.of(), Set.of());
        }
        Set<UUID> ids = ids(timers);
        Set<UUID> impossible = new HashSet<>();
        List<Timer> done =
                switch (operation.kind()) {
                    case CANCEL -> batches.cancelAll(session, readable(session, ids), now);
                    case PAUSE -> batches.pause(session, readable(session, ids));
                    case RESUME -> batches.resume(session, readable(session, ids), now);
                    case RESCHEDULE -> reschedule(session, operation.request(), ids, now, impossible);
                    case FIRE -> fire(session, ids, now);
                    case REDRIVE, DISMISS, APPLY_VERSION, CANCEL_RUNS, PAUSE_RUNS, RESUME_RUNS, REDRIVE_RUNS ->
                        throw new IllegalStateException("it changes no timers that wait");
                };
        Set<UUID> left = new HashSet<>(ids);
        done.forEach(timer -> left.remove(timer.id()));
        left.removeAll(impossible);
        return new Dealt(done, left.isEmpty() ? left : inHand(session, operation.kind(), left), impossible);
    }

    /**
     * Read after all was tried: one that was in hand then, and waits by now, counts as well, and is had the next time. What is paused or finished
     * is in nobody's hands.
     */
    private static Set<UUID> inHand(Session session, OperationKind kind, Set<UUID> ids) {
        if (kind == OperationKind.RESUME) {
            return Set.of();
        }
        return session.timers().read(ids).stream()
                .filter(timer -> kind.from().contains(timer.status()))
                .filter(timer -> kind != OperationKind.FIRE || timer.status() != TimerStatus.PAUSED)
                .map(Timer::id)
                .collect(Collectors.toSet());
    }

    /** What another version has written, and this one can't read, must not keep the others of its set from being changed. */
    private static List<UUID> readable(Session session, Set<UUID> ids) {
        return session.timers().read(ids).stream().map(Timer::id).toList();
    }

    private List<Timer> reschedule(
            Session session, Operation.Request request, Set<UUID> ids, Instant now, Set<UUID> impossible) {
        Delay delay = request.delay();
        if (delay != null) {
            return batches.reschedule(session, ids, timer -> {
                Optional<Timer> waits = waitingFor(delay, timer, now);
                if (waits.isEmpty()) {
                    impossible.add(timer.id());
                }
                return waits;
            });
        }
        Instant dueAt = Objects.requireNonNull(request.dueAt(), "a reschedule has a delay or a due time");
        return batches.reschedule(session, ids, dueAt.isAfter(now) ? dueAt : now);
    }

    /** Nothing where the delay can't be used in this timer's zone, or any more when its turn comes: it keeps the wait that it has. */
    private static Optional<Timer> waitingFor(Delay delay, Timer timer, Instant now) {
        try {
            return Optional.of(TimerChanges.waitingFor(delay, timer, now));
        } catch (RefusedException e) {
            return Optional.empty();
        }
    }

    /** What is due already, in some node's hands or not, is done without a write. Paused ones are left alone. */
    private List<Timer> fire(Session session, Set<UUID> ids, Instant now) {
        List<Timer> done = new ArrayList<>();
        Set<UUID> early = new HashSet<>();
        for (Timer timer : session.timers().read(ids)) {
            Instant next = timer.nextAttemptAt();
            if (timer.status() != TimerStatus.PAUSED && next != null) {
                if (next.isAfter(now)) {
                    early.add(timer.id());
                } else {
                    done.add(timer);
                }
            }
        }
        if (!early.isEmpty()) {
            done.addAll(batches.reschedule(
                    session,
                    early,
                    timer -> timer.status() == TimerStatus.PAUSED ? Optional.empty() : Optional.of(timer.dueAt(now))));
        }
        return done;
    }
}
