package dev.bide.workflow.store;

import dev.bide.delay.Delay;
import dev.bide.json.InvalidException;
import dev.bide.json.PlainText;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A change to many timers, or runs, that is done in the background.
 *
 * @param reason of whoever asked for it, for people
 */
public record Operation(
        UUID id,
        OperationKind kind,
        Request request,
        @Nullable String reason,
        Progress progress,
        Life life) {
    /** Beyond all ids. */
    public static final UUID END = new UUID(-1, -1);

    public static final int LONGEST_REASON = 500;

    /** So many failures are kept. */
    public static final int FAILURES = 20;

    public Operation {
        if (reason != null && reason.codePointCount(0, reason.length()) > LONGEST_REASON) {
            throw new InvalidException("reason", "must have at most " + LONGEST_REASON + " characters");
        }
    }

    /** What a request may give as one. */
    public static void checkReason(String reason) {
        if (reason.isBlank()) {
            throw new InvalidException("reason", "must not be blank");
        }
        if (reason.codePointCount(0, reason.length()) > LONGEST_REASON) {
            throw new InvalidException("reason", "must have at most " + LONGEST_REASON + " characters");
        }
        if (!PlainText.isPlain(reason)) {
            throw new InvalidException("reason", "must not hold control characters");
        }
    }

    /** One that begins now. */
    public static Operation begun(UUID id, OperationKind kind, Request request, @Nullable String reason, Instant now) {
        return new Operation(id, kind, request, reason, Progress.NONE, new Life(now, null, now, null));
    }

    /**
     * What is to be done to which.
     *
     * @param upTo no id beyond this: what is made later is not touched, but for a cancel's the later timers of runs that were there
     * @param delay that a reschedule counts from when it is done; or
     * @param dueAt that it sets
     * @param version of the workflow {@code filter.workflowId()} that runs move to
     * @param runs which runs, where the kind is of runs; {@code filter} is not looked at then
     * @param latest runs that are redriven go by their workflow as it is now
     * @param limit no more than so many, the oldest first
     */
    public record Request(
            TimerFilter filter,
            UUID upTo,
            @Nullable Delay delay,
            @Nullable Instant dueAt,
            @Nullable Integer version,
            @Nullable RunFilter runs,
            @Nullable Boolean latest,
            @Nullable Integer limit) {
        public static final int MOST = 10_000_000;

        public Request {
            if (limit != null) {
                checkLimit(limit);
            }
        }

        public static void checkLimit(int limit) {
            if (limit < 1 || limit > MOST) {
                throw new InvalidException("limit", "must be from 1 to " + MOST);
            }
        }

        /** The same, for what is there now. */
        public Request upTo(UUID last) {
            return new Request(filter, last, delay, dueAt, version, runs, latest, limit);
        }

        /** Of timers, or of a workflow's runs that move to a version. */
        public Request(
                TimerFilter filter,
                UUID upTo,
                @Nullable Delay delay,
                @Nullable Instant dueAt,
                @Nullable Integer version) {
            this(filter, upTo, delay, dueAt, version, null, null, null);
        }
    }

    /** One that could not be changed. @param detail why, for people */
    public record Failure(UUID id, String detail) {}

    /**
     * How far it is.
     *
     * @param matched how many it has found so far that match; all of them once it is over
     * @param done how many were changed
     * @param failed how many were not, because their state did not allow it any more
     * @param position the last one looked at, in order of id; {@link #END} once all were
     * @param positionAt when that one ended, where they are in order of that; null where they are not
     * @param failures the first of those that failed
     */
    public record Progress(
            OperationStatus status,
            long matched,
            long done,
            long failed,
            @Nullable UUID position,
            @Nullable Instant positionAt,
            List<Failure> failures) {
        static final Progress NONE = new Progress(OperationStatus.RUNNING, 0, 0, 0, null, null, List.of());

        public Progress {
            failures = List.copyOf(failures);
        }
    }

    /** @param startedAt with the first batch */
    public record Life(
            Instant createdAt,
            @Nullable Instant startedAt,
            Instant updatedAt,
            @Nullable Instant endedAt) {}

    /**
     * This operation, one batch further.
     *
     * @param found how many more match
     */
    public Operation further(int found, int nowDone, int nowFailed, @Nullable UUID last, Instant now) {
        return further(found, nowDone, nowFailed, last, null, List.of(), now);
    }

    /** The same for one that goes by when they ended. @param failures some of those that failed now */
    public Operation further(
            int found,
            int nowDone,
            int nowFailed,
            @Nullable UUID last,
            @Nullable Instant lastAt,
            List<Failure> failures,
            Instant now) {
        Progress further = new Progress(
                status(),
                matched() + found,
                done() + nowDone,
                failed() + nowFailed,
                last,
                lastAt,
                Stream.concat(progress.failures.stream(), failures.stream())
                        .limit(FAILURES)
                        .toList());
        Instant started = life.startedAt == null ? now : life.startedAt;
        return new Operation(id, kind, request, reason, further, new Life(life.createdAt, started, now, life.endedAt));
    }

    /** How many more it may find: {@code most}, or less where it is limited. */
    public int room(int most) {
        Integer limit = request.limit;
        return limit == null ? most : (int) Math.min(most, Math.max(0, limit - matched()));
    }

    /** This operation, tried and not got any further. */
    public Operation triedAt(Instant now) {
        return new Operation(
                id, kind, request, reason, progress, new Life(life.createdAt, life.startedAt, now, life.endedAt));
    }

    /** All were looked at; what is left was in some node's hands. */
    public boolean lookedThrough() {
        return END.equals(position());
    }

    public Operation as(OperationStatus newStatus, Instant now) {
        Progress over = new Progress(
                newStatus, matched(), done(), failed(), position(), progress.positionAt, progress.failures);
        return new Operation(id, kind, request, reason, over, new Life(life.createdAt, life.startedAt, now, now));
    }

    public OperationStatus status() {
        return progress.status;
    }

    public long matched() {
        return progress.matched;
    }

    public long done() {
        return progress.done;
    }

    public long failed() {
        return progress.failed;
    }

    public @Nullable UUID position() {
        return progress.position;
    }
}
