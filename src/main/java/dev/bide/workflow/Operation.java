package dev.bide.workflow;

import dev.bide.delay.Delay;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A change to many timers, or runs, that is done in the background.
 *
 * @param matched how many there were when it was asked for
 * @param done how many were changed
 * @param failed how many were not, because their state did not allow it any more
 * @param position the last one dealt with, in order of id
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

    /**
     * What is to be done to which.
     *
     * @param upTo no id beyond this: what is made later is not touched
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

    /** This operation, one set further. */
    public Operation further(int nowDone, int nowFailed, @Nullable UUID last, Instant now) {
        return new Operation(
                id,
                kind,
                request,
                status,
                matched,
                done + nowDone,
                failed + nowFailed,
                last,
                createdAt,
                now,
                finishedAt);
    }

    public Operation as(OperationStatus newStatus, Instant now) {
        return new Operation(id, kind, request, newStatus, matched, done, failed, position, createdAt, now, now);
    }
}
