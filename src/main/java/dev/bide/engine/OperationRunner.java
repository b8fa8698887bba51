package dev.bide.engine;

import dev.bide.delay.Delay;
import dev.bide.workflow.Database;
import dev.bide.workflow.Operation;
import dev.bide.workflow.OperationKind;
import dev.bide.workflow.OperationStatus;
import dev.bide.workflow.Session;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerFilter;
import dev.bide.workflow.TimerStore;
import dev.bide.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works on operations set by set. A set's changes and its operation's progress are one transaction, so a crash repeats nothing and leaves
 * nothing out. The operation's row is locked first: nobody who holds a trigger, timer or run waits for it.
 */
final class OperationRunner {
    private static final Logger LOG = LoggerFactory.getLogger(OperationRunner.class);

    /** Timers in one transaction: it holds their locks until it ends. */
    private static final int LARGEST_SET = 500;

    /** Sets that are done at once where a request waits for it. */
    private static final int SETS_AT_ONCE = 2;

    /** One turn lasts no longer, so that a stop does not wait. */
    private static final Duration LONGEST_TURN = Duration.ofSeconds(20);

    private final Database database;
    private final TimerSets sets;
    private final VersionMove versionMove;
    private final TimerTriggers triggers;
    private final InstantSource clock;

    OperationRunner(
            Database database, TimerSets sets, VersionMove versionMove, TimerTriggers triggers, InstantSource clock) {
        this.database = database;
        this.sets = sets;
        this.versionMove = versionMove;
        this.triggers = triggers;
        this.clock = clock;
    }

    /** Works until nothing is left to do, or its turn is over. An operation whose set fails waits behind the others, for the next turn. */
    void run() {
        Instant end = clock.instant().plus(LONGEST_TURN);
        Set<UUID> failed = new HashSet<>();
        boolean more = true;
        while (more && clock.instant().isBefore(end)) {
            more = runNext(failed);
        }
    }

    /** One set of the operation that has waited longest; false where there is none, or only those that failed in this turn are left. */
    private boolean runNext(Set<UUID> failed) {
        AtomicReference<@Nullable UUID> working = new AtomicReference<>();
        try {
            return runSet(session -> {
                Optional<Operation> next =
                        session.operations().lockNext().filter(operation -> !failed.contains(operation.id()));
                working.set(next.map(Operation::id).orElse(null));
                return next;
            });
        } catch (RuntimeException e) {
            UUID id = working.get();
            if (id == null || DatabaseAway.unreachable(e)) {
                throw e;
            }
            LOG.error("A set of operation {} failed; it is tried again in a moment", id, e);
            failed.add(id);
            letOthersGoFirst(id);
            return true;
        }
    }

    private void letOthersGoFirst(UUID id) {
        database.inTransaction(session -> {
            Optional<Operation> operation = session.operations().lockRunning(id);
            operation.ifPresent(
                    waits -> session.operations().update(waits.further(0, 0, waits.position(), Times.now(clock))));
            return operation;
        });
    }

    /** One set of an operation; false where there is none. */
    private boolean runSet(Function<Session, Optional<Operation>> lock) {
        List<Timer> changed = new ArrayList<>();
        boolean found = database.inTransaction(session -> {
            Optional<Operation> next = lock.apply(session);
            next.ifPresent(operation -> session.operations().update(further(session, operation, changed)));
            return next.isPresent();
        });
        triggers.signal(changed);
        return found;
    }

    private Operation further(Session session, Operation operation, List<Timer> changed) {
        Instant now = Times.now(clock);
        if (operation.kind() == OperationKind.APPLY_VERSION) {
            return applyVersion(session, operation, changed, now);
        }
        TimerStore.Part part = session.timers()
                .next(
                        operation.kind(),
                        operation.request().filter(),
                        operation.request().upTo(),
                        operation.position(),
                        LARGEST_SET);
        List<UUID> ids = part.ids();
        List<Timer> done = change(session, operation, ids, now);
        changed.addAll(done);
        UUID last = ids.isEmpty() ? operation.position() : ids.get(ids.size() - 1);
        return end(operation.further(done.size(), ids.size() - done.size(), last, now), part.last(), now);
    }

    private Operation applyVersion(Session session, Operation operation, List<Timer> changed, Instant now) {
        UUID workflowId = Objects.requireNonNull(operation.request().filter().workflowId(), "its workflow");
        int version = Objects.requireNonNull(operation.request().version(), "its version");
        Workflow workflow = session.workflows().find(workflowId, version).orElseThrow();
        VersionMove.Progress progress = versionMove.moveSet(session, workflow, operation.position(), changed);
        return end(operation.further(progress.moved(), 0, progress.last(), now), progress.over(), now);
    }

    /** In the transaction that writes {@code workflow}'s newest version: active runs are to be moved to it. Returns the operation's id. */
    UUID applyVersion(Session session, Workflow workflow) {
        Instant now = Times.now(clock);
        UUID id = Ids.next();
        TimerFilter ofWorkflow = new TimerFilter(workflow.id(), null, null, null, null, null);
        Operation.Request request = new Operation.Request(ofWorkflow, id, null, null, workflow.version());
        long matched = session.runs().countBehind(workflow.id(), workflow.version());
        session.operations()
                .insert(new Operation(
                        id,
                        OperationKind.APPLY_VERSION,
                        request,
                        OperationStatus.RUNNING,
                        matched,
                        0,
                        0,
                        null,
                        now,
                        now,
                        null));
        return id;
    }

    /** After the commit: a thousand items before this returns. What fails here is done in the background. */
    void begin(UUID id) {
        try {
            boolean more = true;
            for (int set = 0; more && set < SETS_AT_ONCE; set++) {
                more = runSet(session -> session.operations().lockRunning(id));
            }
        } catch (RuntimeException e) {
            LOG.warn("The first sets of operation {} failed; the background goes on with it", id, e);
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

    private List<Timer> change(Session session, Operation operation, List<UUID> ids, Instant now) {
        if (ids.isEmpty()) {
            return List.of();
        }
        return switch (operation.kind()) {
            case CANCEL -> sets.cancel(session, readable(session, ids), now);
            case PAUSE -> sets.pause(session, readable(session, ids));
            case RESUME -> sets.resume(session, readable(session, ids), now);
            case REDRIVE -> sets.redrive(session, ids, now);
            case RESCHEDULE -> reschedule(session, operation.request(), ids, now);
            case APPLY_VERSION -> throw new IllegalStateException("it changes runs");
        };
    }

    /** What another version has written, and this one can't read, must not keep the others of its set from being changed. */
    private static List<UUID> readable(Session session, List<UUID> ids) {
        return session.timers().read(ids).stream().map(Timer::id).toList();
    }

    private List<Timer> reschedule(Session session, Operation.Request request, List<UUID> ids, Instant now) {
        Delay delay = request.delay();
        if (delay != null) {
            return sets.reschedule(session, ids, timer -> waitingFor(delay, timer, now));
        }
        Instant dueAt = Objects.requireNonNull(request.dueAt(), "a reschedule has a delay or a due time");
        return sets.reschedule(session, ids, dueAt.isAfter(now) ? dueAt : now);
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
