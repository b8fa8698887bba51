package dev.bide.engine;

import dev.bide.delay.Delay;
import dev.bide.workflow.Ids;
import dev.bide.workflow.RefusedException;
import dev.bide.workflow.Times;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.Operation;
import dev.bide.workflow.store.OperationKind;
import dev.bide.workflow.store.OperationStatus;
import dev.bide.workflow.store.TimerFilter;
import dev.bide.workflow.store.TimerStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Changes to many timers, done in the background by the nodes of role {@code scheduler}. Thread-safe. */
public final class Operations {
    /** Where a date is over last: a delay that can't be used there can't be used anywhere. */
    private static final ZoneId LAST_ZONE = ZoneId.of("Etc/GMT+12");

    /** How long a count goes on: less than a request's client waits. */
    private static final Duration LONGEST_COUNT = Duration.ofSeconds(10);

    /** Timers in one statement: some tens of milliseconds. */
    private static final int COUNTED_AT_ONCE = 50_000;

    private final Database reads;
    private final Database database;
    private final InstantSource clock;

    /** @param reads for what takes seconds, and changes nothing */
    Operations(Database reads, Database database, InstantSource clock) {
        this.reads = reads;
        this.database = database;
        this.clock = clock;
    }

    /** @param complete false where there were too many to count them all in the time that a request has: there are more */
    public record Count(long matching, boolean complete) {}

    /** How many timers {@code kind} would change now. Counts in steps, for some seconds. */
    public Count count(OperationKind kind, TimerFilter filter) {
        Instant end = clock.instant().plus(LONGEST_COUNT);
        UUID upTo = reads.inTransaction(session -> session.timers().latest(kind, Ids.next()));
        long matching = 0;
        UUID after = null;
        do {
            UUID from = after;
            TimerStore.Count counted =
                    reads.inTransaction(session -> session.timers().count(kind, filter, upTo, from, COUNTED_AT_ONCE));
            matching += counted.matching();
            if (counted.over()) {
                return new Count(matching, true);
            }
            after = counted.last();
        } while (clock.instant().isBefore(end));
        return new Count(matching, false);
    }

    /**
     * Begins an operation on the timers that match now; what is made later is not touched, but for the next timers of runs that are to be
     * cancelled. How many there are is found on the way: to count them first might take minutes. Of {@code delay} and {@code dueAt} a
     * reschedule has one, the others none.
     */
    public Operation begin(OperationKind kind, TimerFilter filter, @Nullable Delay delay, @Nullable Instant dueAt) {
        check(delay, dueAt);
        Instant now = Times.now(clock);
        UUID id = Ids.next();
        return database.inTransaction(session -> {
            // What was accepted before this is committed, and has no greater id than this.
            UUID upTo = session.timers().latest(kind, id);
            Operation.Request request = new Operation.Request(filter, upTo, delay, dueAt, null);
            Operation operation = Operation.begun(id, kind, request, null, now);
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
            Times.dueAt(delay, now, LAST_ZONE);
        }
    }

    public Operation get(UUID id) {
        return reads.inTransaction(session -> session.operations().find(id))
                .orElseThrow(() -> RefusedException.notFound("operation", id));
    }

    /** Stops it before its next batch; what is done stays done. */
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
