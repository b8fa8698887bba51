package dev.bide.engine.change;

import dev.bide.delay.Delay;
import dev.bide.engine.quartz.TimerTriggers;
import dev.bide.jobstore.DatabaseFault;
import dev.bide.workflow.Ids;
import dev.bide.workflow.RefusedException;
import dev.bide.workflow.Run;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerOwner;
import dev.bide.workflow.Times;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.Days;
import dev.bide.workflow.store.KeyHolder;
import dev.bide.workflow.store.Operation;
import dev.bide.workflow.store.OperationKind;
import dev.bide.workflow.store.OperationStatus;
import dev.bide.workflow.store.OperationStore;
import dev.bide.workflow.store.RunStore;
import dev.bide.workflow.store.Session;
import dev.bide.workflow.store.TimerFilter;
import dev.bide.workflow.store.TimerStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
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
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works on operations batch by batch. A batch's changes and its operation's progress are one transaction, so a crash repeats nothing and leaves
 * nothing out. The operation's row is locked first: nobody who holds a trigger, timer or run waits for it. A row that somebody else holds is hardly
 * waited for, since those of the batch that are locked already may be needed: smaller batches go past it, and it is come back for.
 */
public final class OperationRunner {
    private static final Logger LOG = LoggerFactory.getLogger(OperationRunner.class);

    /** Timers in one transaction, fewer where they are large: it holds their locks until it ends. */
    private static final int LARGEST_BATCH = 500;

    /** Timers looked at in one transaction, where few match: some ten milliseconds. */
    private static final int LARGEST_LOOK = 5_000;

    /** Batches that are done at once where a request waits for it. */
    private static final int BATCHES_AT_ONCE = 2;

    /** One turn lasts no longer, so that a stop does not wait. */
    private static final Duration LONGEST_TURN = Duration.ofSeconds(20);

    private final Database database;
    private final TimerBatches batches;
    private final Redrive redrive;
    private final VersionMove versionMove;
    private final TimerTriggers triggers;
    private final InstantSource clock;

    /** Told of once. */
    private final Set<UUID> unreadable = ConcurrentHashMap.newKeySet();

    public OperationRunner(
            Database database,
            TimerBatches batches,
            Redrive redrive,
            VersionMove versionMove,
            TimerTriggers triggers,
            InstantSource clock) {
        this.database = database;
        this.batches = batches;
        this.redrive = redrive;
        this.versionMove = versionMove;
        this.triggers = triggers;
        this.clock = clock;
    }

    /**
     * Works until nothing is left to do, or its turn is over. An operation whose set fails waits behind the others, for the next turn; so does one
     * that has nothing left but timers in some node's hands.
     */
    public void run() {
        Instant end = clock.instant().plus(LONGEST_TURN);
        Turn turn = new Turn();
        boolean more = true;
        while (more && clock.instant().isBefore(end)) {
            more = runNext(turn);
        }
    }

    /** What one turn has to remember. For one thread. */
    private static final class Turn {
        /** Operations that are not to be worked on again in this turn. */
        final Set<UUID> over = new HashSet<>();

        /** How far those in hand were tried again, by operation. */
        final Map<UUID, UUID> tried = new HashMap<>();

        /** How many timers an operation's next batch may have, where a lock was in the way; with 0 the next one is passed over. */
        private final Map<UUID, Integer> limits = new HashMap<>();

        /** The one that is worked on. */
        @Nullable
        UUID working;

        int limit(UUID operation) {
            return limits.getOrDefault(operation, LARGEST_BATCH);
        }

        void locked(UUID operation) {
            limits.put(operation, limit(operation) / 2);
        }

        void wentWell(UUID operation) {
            limits.computeIfPresent(operation, (id, limit) -> Math.min(LARGEST_BATCH, Math.max(1, limit * 2)));
        }
    }

    /** One batch of the operation that has waited longest; false where there is none, or only those that are over for this turn are left. */
    private boolean runNext(Turn turn) {
        try {
            return runBatch(turn, session -> {
                Optional<OperationStore.Next> next = session.operations().lockNext(turn.over);
                next.filter(found -> found.operation().isEmpty()).ifPresent(found -> passOver(found.id(), turn));
                return next;
            });
        } catch (RuntimeException e) {
            UUID id = turn.working;
            if (id == null || DatabaseFault.of(e) == DatabaseFault.UNREACHABLE) {
                throw e;
            }
            LOG.error("A batch of operation {} failed; it is tried again in a moment", id, e);
            turn.over.add(id);
            letOthersGoFirst(id);
            return true;
        }
    }

    private void passOver(UUID id, Turn turn) {
        turn.over.add(id);
        if (unreadable.add(id)) {
            LOG.error(
                    "Operation {} is of a kind that this version does not know; it waits for a version that does, and holds up no other",
                    id);
        }
    }

    private void letOthersGoFirst(UUID id) {
        database.inTransaction(session -> {
            Optional<Operation> operation = session.operations().lockRunning(id);
            operation.ifPresent(
                    waits -> session.operations().update(waits.further(0, 0, 0, waits.position(), Times.now(clock))));
            return operation;
        });
    }

    /** One batch of an operation, or an attempt at it that a lock was in the way of; false where there is none. What can't be read is one, and empty. */
    private boolean runBatch(Turn turn, Function<Session, Optional<OperationStore.Next>> lock) {
        List<Timer> changed = new ArrayList<>();
        turn.working = null;
        try {
            database.inTransaction(session -> {
                Optional<OperationStore.Next> next = lock.apply(session);
                turn.working = next.map(OperationStore.Next::id).orElse(null);
                session.hardlyWait();
                next.flatMap(OperationStore.Next::operation).ifPresent(operation -> session.operations()
                        .update(further(session, operation, turn, changed)));
                return next;
            });
        } catch (RuntimeException e) {
            UUID id = turn.working;
            if (id == null || DatabaseFault.of(e) != DatabaseFault.LOCKED) {
                throw e;
            }
            turn.locked(id);
            return true;
        }
        triggers.signal(changed);
        UUID id = turn.working;
        if (id == null) {
            return false;
        }
        turn.wentWell(id);
        return true;
    }

    private Operation further(Session session, Operation operation, Turn turn, List<Timer> changed) {
        Instant now = Times.now(clock);
        if (operation.kind() == OperationKind.APPLY_VERSION) {
            return applyVersion(session, operation, turn, changed, now);
        }
        if (operation.lookedThrough()) {
            return tryAgain(session, operation, turn, changed, now);
        }
        int limit = turn.limit(operation.id());
        TimerStore.Look look = session.timers()
                .look(
                        operation.kind(),
                        operation.request().filter(),
                        operation.request().upTo(),
                        operation.position(),
                        LARGEST_LOOK,
                        Math.max(1, limit));
        Dealt dealt = limit == 0
                ? passOver(session, operation, look.matching())
                : change(session, operation, look.matching(), now);
        changed.addAll(dealt.done());
        UUID again = operation.kind() == OperationKind.CANCEL ? firstGone(session, look, dealt) : null;
        if (again != null) {
            return lookAgainAfter(session, operation, again, look, dealt, now);
        }
        session.operations().addRest(operation.id(), dealt.inHand());
        int failed =
                look.matching().size() - dealt.done().size() - dealt.inHand().size();
        Operation further = operation.further(
                look.matching().size(), dealt.done().size(), failed, look.over() ? Operation.END : look.last(), now);
        return end(further, look.over() && nothingLeft(session, operation), now);
    }

    /** Somebody holds its row, its trigger's or its run's. A cancel comes back for its run, which may have gone on to another timer by then. */
    private static Dealt passOver(Session session, Operation operation, List<KeyHolder> timers) {
        Set<UUID> ids = timers.stream().map(KeyHolder::id).collect(Collectors.toSet());
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
        return new Dealt(List.of(), ids);
    }

    /** Of those that were seen the first one that was settled before it could be changed; null for none. */
    private static @Nullable UUID firstGone(Session session, TimerStore.Look look, Dealt dealt) {
        Set<UUID> left = look.matching().stream().map(KeyHolder::id).collect(Collectors.toCollection(HashSet::new));
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
            Session session, Operation operation, UUID gone, TimerStore.Look look, Dealt dealt, Instant now) {
        Predicate<UUID> dealtWith = id -> id.toString().compareTo(gone.toString()) <= 0;
        Set<UUID> inHand = dealt.inHand().stream().filter(dealtWith).collect(Collectors.toSet());
        session.operations().addRest(operation.id(), inHand);
        Set<UUID> found =
                look.matching().stream().map(KeyHolder::id).filter(dealtWith).collect(Collectors.toSet());
        dealt.done().forEach(timer -> found.add(timer.id()));
        int done = dealt.done().size();
        return operation.further(found.size(), done, found.size() - done - inHand.size(), gone, now);
    }

    /**
     * Those that were in hand, or locked, when this operation came to them: free by now, or gone, or to be tried once more in the next turn. An
     * operation is over when none of them is left, so that nothing that it was to stop happens after it.
     */
    private Operation tryAgain(Session session, Operation operation, Turn turn, List<Timer> changed, Instant now) {
        int limit = turn.limit(operation.id());
        OperationStore.Rest rest =
                session.operations().rest(operation.id(), turn.tried.get(operation.id()), Math.max(1, limit));
        List<UUID> ids = rest.timers();
        Map<UUID, KeyHolder> timers = limit == 0 ? Map.of() : timers(session, operation, ids);
        Dealt dealt = change(session, operation, List.copyOf(timers.values()), now);
        changed.addAll(dealt.done());
        Set<UUID> gone = limit == 0 ? new HashSet<>() : new HashSet<>(ids);
        gone.removeAll(dealt.inHand());
        session.operations().removeRest(operation.id(), gone);
        session.operations().addRest(operation.id(), dealt.inHand());
        Set<UUID> settled = dealt.done().stream().map(Timer::id).collect(Collectors.toSet());
        settled.addAll(dealt.inHand());
        timers.forEach((entry, timer) -> {
            if (settled.contains(timer.id())) {
                gone.remove(entry);
            }
        });
        // Their runs were cancelled before, and their calls came to nothing.
        int ended = operation.kind() == OperationKind.CANCEL && !gone.isEmpty()
                ? session.timers()
                        .cancelled(gone, new Days(Days.day(now).minusDays(1), Days.day(now)))
                        .size()
                : 0;
        if (rest.last()) {
            turn.over.add(operation.id());
        } else {
            turn.tried.put(operation.id(), ids.get(ids.size() - 1));
        }
        Operation further = operation.further(0, dealt.done().size() + ended, gone.size() - ended, Operation.END, now);
        return end(further, nothingLeft(session, operation), now);
    }

    /**
     * The timers that those of the rest stand for, by these: themselves, or the one that a run is at by now, which was passed over at another. Dead ones with when they
     * died: only there they are looked for.
     */
    private static Map<UUID, KeyHolder> timers(Session session, Operation operation, List<UUID> rest) {
        Operation.Request request = operation.request();
        Map<UUID, KeyHolder> timers = new HashMap<>();
        switch (operation.kind()) {
            case CANCEL -> {
                Set<UUID> waiting = session.timers().waiting(rest);
                for (UUID id : rest) {
                    if (waiting.contains(id)) {
                        timers.put(id, new KeyHolder(id, null));
                    } else {
                        first(session, operation, request.filter().ofRun(id), request.upTo(), null)
                                .ifPresent(timer -> timers.put(id, timer));
                    }
                }
            }
            case REDRIVE ->
                rest.forEach(id -> first(session, operation, request.filter(), id, before(id))
                        .ifPresent(timer -> timers.put(id, timer)));
            case PAUSE, RESUME, RESCHEDULE -> rest.forEach(id -> timers.put(id, new KeyHolder(id, null)));
            case APPLY_VERSION, CANCEL_RUNS, PAUSE_RUNS, RESUME_RUNS, REDRIVE_RUNS ->
                throw new IllegalStateException("it changes runs");
            case FIRE, DISMISS -> throw new IllegalStateException("nothing begins it yet");
        }
        return timers;
    }

    private static Optional<KeyHolder> first(
            Session session, Operation operation, TimerFilter filter, UUID upTo, @Nullable UUID after) {
        return session.timers().look(operation.kind(), filter, upTo, after, LARGEST_LOOK, 1).matching().stream()
                .findFirst();
    }

    /** The greatest id that is less. */
    private static UUID before(UUID id) {
        long low = id.getLeastSignificantBits();
        return new UUID(low == 0 ? id.getMostSignificantBits() - 1 : id.getMostSignificantBits(), low - 1);
    }

    private static boolean nothingLeft(Session session, Operation operation) {
        return !session.operations().hasRest(operation.id());
    }

    private Operation applyVersion(Session session, Operation operation, Turn turn, List<Timer> changed, Instant now) {
        UUID workflowId = Objects.requireNonNull(operation.request().filter().workflowId(), "its workflow");
        int version = Objects.requireNonNull(operation.request().version(), "its version");
        Workflow workflow = session.workflows().find(workflowId, version).orElseThrow();
        int limit = turn.limit(operation.id());
        VersionMove.Progress progress = limit == 0
                ? passOver(session, operation, workflow)
                : versionMove.moveBatch(session, workflow, operation.position(), limit, changed);
        Operation further = operation.further(progress.moved(), progress.moved(), 0, progress.last(), now);
        if (!progress.over() || nothingLeft(session, operation)) {
            return end(further, progress.over(), now);
        }
        // Runs were passed over. From the first one on, those that are still behind are few, and they are among them.
        session.operations()
                .removeRest(
                        operation.id(),
                        session.operations()
                                .rest(operation.id(), null, LARGEST_BATCH)
                                .timers());
        turn.over.add(operation.id());
        return further.further(0, 0, 0, null, now);
    }

    /** Somebody holds the row of the next run that is behind, its timer's or its trigger's. */
    private static VersionMove.Progress passOver(Session session, Operation operation, Workflow workflow) {
        RunStore.Behind behind = session.runs().behind(workflow.id(), workflow.version(), operation.position(), 1);
        List<UUID> runs = behind.runs().stream().map(Run::id).toList();
        LOG.info("Operation {} comes back for what somebody has locked: {}", operation.id(), runs);
        session.operations().addRest(operation.id(), runs);
        return new VersionMove.Progress(0, runs.isEmpty() ? operation.position() : runs.get(0), behind.last());
    }

    /** In the transaction that writes {@code workflow}'s newest version: active runs are to be moved to it. Returns the operation's id. */
    public UUID applyVersion(Session session, Workflow workflow) {
        Instant now = Times.now(clock);
        UUID id = Ids.next();
        TimerFilter ofWorkflow = new TimerFilter(workflow.id(), null, null, null, null, null);
        Operation.Request request = new Operation.Request(ofWorkflow, id, null, null, workflow.version());
        session.operations().insert(Operation.begun(id, OperationKind.APPLY_VERSION, request, null, now));
        return id;
    }

    /** After the commit: a thousand items before this returns. What fails here is done in the background. */
    public void begin(UUID id) {
        try {
            Turn turn = new Turn();
            boolean more = true;
            for (int set = 0; more && set < BATCHES_AT_ONCE; set++) {
                more = runBatch(turn, session -> session.operations()
                        .lockRunning(id)
                        .map(operation -> new OperationStore.Next(id, Optional.of(operation))));
            }
        } catch (RuntimeException e) {
            LOG.warn("The first batches of operation {} failed; the background goes on with it", id, e);
        }
    }

    private static Operation end(Operation operation, boolean over, Instant now) {
        if (!over) {
            return operation;
        }
        LOG.info(
                "Operation {} ({}) is completed: {} done, {} failed",
                operation.id(),
                operation.kind(),
                operation.done(),
                operation.failed());
        return operation.as(OperationStatus.COMPLETED, now);
    }

    /**
     * What came of a batch.
     *
     * @param inHand those that could not be changed, but may be soon: some node delivers them, or has just done so, or they are locked. The others that are not done
     *     never could
     */
    private record Dealt(List<Timer> done, Set<UUID> inHand) {}

    private Dealt change(Session session, Operation operation, List<KeyHolder> timers, Instant now) {
        if (timers.isEmpty()) {
            return new Dealt(List.of(), Set.of());
        }
        List<UUID> ids = timers.stream().map(KeyHolder::id).toList();
        Set<UUID> impossible = new HashSet<>();
        List<Timer> done =
                switch (operation.kind()) {
                    case CANCEL -> batches.cancelAll(session, readable(session, ids), now);
                    case PAUSE -> batches.pause(session, readable(session, ids));
                    case RESUME -> batches.resume(session, readable(session, ids), now);
                    case REDRIVE -> redrive.all(session, finished(timers), now);
                    case RESCHEDULE -> reschedule(session, operation.request(), ids, now, impossible);
                    case APPLY_VERSION, CANCEL_RUNS, PAUSE_RUNS, RESUME_RUNS, REDRIVE_RUNS ->
                        throw new IllegalStateException("it changes runs");
                    case FIRE, DISMISS -> throw new IllegalStateException("nothing begins it yet");
                };
        Set<UUID> left = new HashSet<>(ids);
        done.forEach(timer -> left.remove(timer.id()));
        left.removeAll(impossible);
        return new Dealt(done, left.isEmpty() ? left : inHand(session, operation.kind(), left));
    }

    /**
     * Read after all was tried: one that was in hand then, and waits by now, counts as well, and is had the next time. What is paused, finished,
     * or dead is in nobody's hands.
     */
    private static Set<UUID> inHand(Session session, OperationKind kind, Set<UUID> ids) {
        return switch (kind) {
            case CANCEL, PAUSE, RESCHEDULE, FIRE ->
                session.timers().read(ids).stream()
                        .filter(timer -> kind.from().contains(timer.status()))
                        .map(Timer::id)
                        .collect(Collectors.toSet());
            case RESUME, REDRIVE, DISMISS, APPLY_VERSION, CANCEL_RUNS, PAUSE_RUNS, RESUME_RUNS, REDRIVE_RUNS ->
                Set.of();
        };
    }

    private static Map<UUID, Instant> finished(List<KeyHolder> timers) {
        return timers.stream()
                .collect(Collectors.toMap(KeyHolder::id, timer -> Objects.requireNonNull(timer.finishedAt(), "dead")));
    }

    /** What another version has written, and this one can't read, must not keep the others of its set from being changed. */
    private static List<UUID> readable(Session session, List<UUID> ids) {
        return session.timers().read(ids).stream().map(Timer::id).toList();
    }

    private List<Timer> reschedule(
            Session session, Operation.Request request, List<UUID> ids, Instant now, Set<UUID> impossible) {
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
}
