package dev.bide.engine;

import dev.bide.engine.quartz.FiringTimers;
import dev.bide.engine.quartz.TimerTriggers;
import dev.bide.workflow.Ids;
import dev.bide.workflow.RefusedException;
import dev.bide.workflow.Times;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.Operation;
import dev.bide.workflow.store.OperationKind;
import dev.bide.workflow.store.OperationStatus;
import dev.bide.workflow.store.Page;
import dev.bide.workflow.store.PageRequest;
import dev.bide.workflow.store.Session;
import dev.bide.workflow.store.UnreadableException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Changes to many timers or runs, done in the background by the nodes of role {@code scheduler}. Thread-safe. */
public final class Operations {
    /** Where a date is over last: a delay that can't be used there can't be used anywhere. */
    private static final ZoneId LAST_ZONE = ZoneId.of("Etc/GMT+12");

    private final Database reads;
    private final Database database;
    private final TimerTriggers triggers;
    private final OperationCounts counts;
    private final InstantSource clock;

    /** @param reads for what changes nothing */
    Operations(Database reads, Database database, TimerTriggers triggers, FiringTimers firing, InstantSource clock) {
        this.reads = reads;
        this.database = database;
        this.triggers = triggers;
        this.counts = new OperationCounts(reads, triggers, firing, clock);
        this.clock = clock;
    }

    /** How many {@code kind} would change now, as far as they can be counted while somebody waits. */
    public OperationCounts.Count count(OperationKind kind, Operation.Request wanted) {
        check(wanted);
        return counts.of(kind, wanted);
    }

    /**
     * Begins an operation on what matches now; what is made later is not touched, but for the next timers of runs that are to be
     * cancelled. How many there are is found on the way: to count them first might take minutes. Of a delay and a due time a
     * reschedule has one, the others none.
     *
     * @param wanted up to where is not looked at
     * @param reason for people
     */
    public Operation begin(OperationKind kind, Operation.Request wanted, @Nullable String reason) {
        check(wanted);
        Instant now = Times.now(clock);
        UUID id = Ids.next();
        return database.inTransaction(session -> {
            // What was accepted before this is committed, and has no greater id than this.
            Operation.Request request = wanted.upTo(latest(session, kind, id));
            Operation operation = Operation.begun(id, kind, request, reason, now);
            session.operations().insert(operation);
            return operation;
        });
    }

    /** Those that are dead, or have failed, are bounded by when they did. */
    private static UUID latest(Session session, OperationKind kind, UUID id) {
        return switch (kind) {
            case CANCEL, RESCHEDULE, PAUSE, RESUME, FIRE -> session.timers().latest(id);
            case CANCEL_RUNS, PAUSE_RUNS, RESUME_RUNS -> session.runs().latest(id);
            case REDRIVE, DISMISS, REDRIVE_RUNS, APPLY_VERSION -> id;
        };
    }

    /** Refuses what no timer could wait for, and what is no host. */
    private void check(Operation.Request wanted) {
        Instant now = Times.now(clock);
        if (wanted.dueAt() != null) {
            Times.dueAt("dueAt", wanted.dueAt(), now);
        }
        if (wanted.delay() != null) {
            Times.dueAt(wanted.delay(), now, LAST_ZONE);
        }
        String host = wanted.filter().host();
        if (host != null && triggers.lanes(host).isEmpty()) {
            throw RefusedException.invalid("filter.host", TimerTriggers.HOST_RULE);
        }
    }

    public Operation get(UUID id) {
        return readable(() ->
                        reads.inTransaction(session -> session.operations().find(id)))
                .orElseThrow(() -> RefusedException.notFound("operation", id));
    }

    /** Newest first. @param status null means any */
    public Page<Operation> list(@Nullable OperationStatus status, PageRequest page) {
        return reads.inTransaction(session -> session.operations().list(status, page));
    }

    /** Stops it before its next batch; what is done stays done. */
    public Operation cancel(UUID id) {
        return readable(() -> database.inTransaction(session -> {
            Operation running = session.operations().lockRunning(id).orElseThrow(() -> session.operations()
                    .find(id)
                    .map(ended -> RefusedException.conflict("Operation " + id + " is " + ended.status()))
                    .orElseGet(() -> RefusedException.notFound("operation", id)));
            Operation cancelled = running.as(OperationStatus.CANCELLED, Times.now(clock));
            session.operations().update(cancelled);
            return cancelled;
        }));
    }

    /** A newer version's kinds, and what its requests ask for, are not known here: the nodes that know them work on it. */
    private static <T> T readable(Supplier<T> operation) {
        try {
            return operation.get();
        } catch (UnreadableException e) {
            throw RefusedException.conflict(String.valueOf(e.getMessage()));
        }
    }
}
