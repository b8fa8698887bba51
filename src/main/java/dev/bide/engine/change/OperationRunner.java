package dev.bide.engine.change;

import dev.bide.engine.quartz.TimerTriggers;
import dev.bide.jobstore.DatabaseFault;
import dev.bide.workflow.Ids;
import dev.bide.workflow.Timer;
import dev.bide.workflow.Times;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.Operation;
import dev.bide.workflow.store.OperationKind;
import dev.bide.workflow.store.OperationStatus;
import dev.bide.workflow.store.OperationStore;
import dev.bide.workflow.store.Session;
import dev.bide.workflow.store.TimerFilter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works on operations batch by batch. A batch's changes and its operation's progress are one transaction, so a crash repeats nothing and leaves
 * nothing out. The operation's row is locked first: nobody who holds a trigger, timer or run waits for it. A row that somebody else holds is hardly
 * waited for, since those of the batch that are locked already may be needed: smaller batches go past it, and it is come back for.
 */
public final class OperationRunner {
    private static final Logger LOG = LoggerFactory.getLogger(OperationRunner.class);

    /** Batches that are done at once where a request waits for it. */
    private static final int BATCHES_AT_ONCE = 2;

    /** One turn lasts no longer, so that a stop does not wait. */
    private static final Duration LONGEST_TURN = Duration.ofSeconds(20);

    private final Database database;
    private final Walks walks;
    private final TimerTriggers triggers;
    private final InstantSource clock;

    /** Told of once. */
    private final Set<UUID> unreadable = ConcurrentHashMap.newKeySet();

    public OperationRunner(Database database, Walks walks, TimerTriggers triggers, InstantSource clock) {
        this.database = database;
        this.walks = walks;
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
            LOG.atError()
                    .addKeyValue("operation", id)
                    .setCause(e)
                    .log("A batch of operation {} failed; it is tried again in a moment", id);
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
            operation.ifPresent(waits -> session.operations().update(waits.triedAt(Times.now(clock))));
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
            if (id == null || !isInTheWay(e)) {
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

    /** Somebody has locked a row, or was about to change it: it is gone past, and come back for. */
    private static boolean isInTheWay(RuntimeException e) {
        return e instanceof RunBatches.MovedOnException || DatabaseFault.of(e) == DatabaseFault.LOCKED;
    }

    private Operation further(Session session, Operation operation, Turn turn, List<Timer> changed) {
        Instant now = Times.now(clock);
        Walk.Step step = walks.of(operation.kind()).further(session, operation, turn, changed, now);
        return step.over() ? ended(step.operation(), now) : step.operation();
    }

    private static Operation ended(Operation operation, Instant now) {
        LOG.atInfo()
                .addKeyValue("event", "operation-end")
                .addKeyValue("operation", operation.id())
                .log(
                        "Operation {} ({}) is completed: {} done, {} failed",
                        operation.id(),
                        operation.kind(),
                        operation.done(),
                        operation.failed());
        return operation.as(OperationStatus.COMPLETED, now);
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
}
