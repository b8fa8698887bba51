package dev.bide.workflow.store;

import dev.bide.delay.Delay;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A change to many timers, or runs, that is done in the background.
 *
 * @param matched how many it has found so far that match; all of them once it is over
 * @param done how many were changed
 * @param failed how many were not, because their state did not allow it any more
 * @param position the last one looked at, in order of id; {@link #END} once all were
 */
public record Operation(
        UUID id,
        OperationKind kind,
        Request request,
        OperationStatus status,
        long matched,
        long done,
        long failed,
        @Nullable UUID position,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant finishedAt) {
    /** Beyond all ids. */
    public static final UUID END = new UUID(-1, -1);

    /**
     * What is to be done to which.
     *
     * @param upTo no id beyond this: what is made later is not touched, but for a cancel's the later timers of runs that were there
     * @param delay that a reschedule counts from when it is done; or
     * @param dueAt that it sets
     * @param version of the workflow {@code filter.workflowId()} that runs move to
     */
    public record Request(
            TimerFilter filter,
            UUID upTo,
            @Nullable Delay delay,
            @Nullable Instant dueAt,
            @Nullable Integer version) {}

    /**
     * This operation, one batch further.
     *
     * @param found how many more match
     */
    public Operation further(int found, int nowDone, int nowFailed, @Nullable UUID last, Instant now) {
        return new Operation(
                id,
                kind,
                request,
                status,
                matched + found,
                done + nowDone,
                failed + nowFailed,
                last,
                createdAt,
                now,
                finishedAt);
    }

    /** All were looked at; what is left was in some node's hands. */
    public boolean lookedThrough() {
        return END.equals(position);
    }

    public Operation as(OperationStatus newStatus, Instant now) {
        return new Operation(id, kind, request, newStatus, matched, done, failed, position, createdAt, now, now);
    }
}
