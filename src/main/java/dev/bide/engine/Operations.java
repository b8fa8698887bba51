package dev.bide.engine;

import dev.bide.delay.Delay;
import dev.bide.workflow.Database;
import dev.bide.workflow.Operation;
import dev.bide.workflow.OperationKind;
import dev.bide.workflow.OperationStatus;
import dev.bide.workflow.TimerFilter;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Changes to many timers, done in the background by the nodes of role {@code scheduler}. Thread-safe. */
public final class Operations {
    /** Where a date is over last: a delay that can't be used there can't be used anywhere. */
    private static final ZoneId LAST_ZONE = ZoneId.of("Etc/GMT+12");

    private final Database database;
    private final InstantSource clock;

    Operations(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /** How many timers {@code kind} would change now. Reads them all. */
    public long count(OperationKind kind, TimerFilter filter) {
        UUID upTo = Ids.next();
        return database.inTransaction(session -> session.timers().count(kind, filter, upTo));
    }

    /**
     * Begins an operation on the timers that match now; what is made later is not touched. Of {@code delay} and {@code dueAt} a reschedule has
     * one, the others none.
     */
    public Operation begin(OperationKind kind, TimerFilter filter, @Nullable Delay delay, @Nullable Instant dueAt) {
        check(delay, dueAt);
        Instant now = Times.now(clock);
        UUID id = Ids.next();
        Operation.Request request = new Operation.Request(filter, id, delay, dueAt, null);
        return database.inTransaction(session -> {
            long matched = session.timers().count(kind, filter, id);
            Operation operation =
                    new Operation(id, kind, request, OperationStatus.RUNNING, matched, 0, 0, null, now, now, null);
            session.operations().insert(operation);
            return operation;
        });
    }

    /** Refuses what no timer could wait for. */
    public void check(@Nullable Delay delay, @Nullable Instant dueAt) {
        Instant now = Times.now(clock);
        if (dueAt != null) {
            Times.dueAt("dueAt", dueAt, now);
        }
        if (delay != null) {
            Timers.dueAt(delay, now, LAST_ZONE);
        }
    }

    public Operation get(UUID id) {
        return database.inTransaction(session -> session.operations().find(id))
                .orElseThrow(() -> RefusedException.notFound("operation", id));
    }

    /** Stops it before its next set; what is done stays done. */
    public Operation cancel(UUID id) {
        return database.inTransaction(session -> {
            Operation running = session.operations().lockRunning(id).orElseThrow(() -> session.operations()
                    .find(id)
                    .map(ended -> RefusedException.conflict("Operation " + id + " is " + ended.status()))
                    .orElseGet(() -> RefusedException.notFound("operation", id)));
            Operation cancelled = running.as(OperationStatus.CANCELLED, Times.now(clock));
            session.operations().update(cancelled);
            return cancelled;
        });
    }
}
