package dev.bide.workflow;

import dev.bide.delay.Delay;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One wait for one call.
 *
 * @param dueAt when attempt 1 is due; a retry does not move it, a reschedule does
 * @param nextAttemptAt when its trigger fires: {@code dueAt}, or the retry's time; null once finished
 * @param timezone for a delay that names none of its own
 * @param attemptsSpent of those that its retry policy grants; a redrive starts again at 0
 * @param latenessMs start of attempt 1 minus due time
 * @param owner null for a lone timer
 * @param key of a lone timer
 * @param traceparent of the request that led to it; null where it is not traced
 */
public record Timer(
        UUID id,
        TimerStatus status,
        Instant dueAt,
        @Nullable Instant nextAttemptAt,
        Instant createdAt,
        ZoneId timezone,
        TimerSpec spec,
        int attemptsSpent,
        List<Attempt> attempts,
        @Nullable Long latenessMs,
        @Nullable TimerOwner owner,
        @Nullable String key,
        @Nullable Instant finishedAt,
        @Nullable String traceparent) {

    public Timer {
        attempts = List.copyOf(attempts);
    }

    /** A timer that has just been accepted and waits for {@code dueAt}. */
    public static Timer waiting(
            UUID id,
            Instant dueAt,
            Instant createdAt,
            ZoneId timezone,
            TimerSpec spec,
            @Nullable TimerOwner owner,
            @Nullable String key) {
        return new Timer(
                id,
                TimerStatus.SCHEDULED,
                dueAt,
                dueAt,
                createdAt,
                timezone,
                spec,
                0,
                List.of(),
                null,
                owner,
                key,
                null,
                null);
    }

    /** This timer, traced to the request that led to it. */
    public Timer tracedTo(@Nullable String context) {
        return with(status, dueAt, nextAttemptAt, timezone, spec, owner, context);
    }

    /** This timer in another waiting state, which must be one that may follow its own. */
    public Timer as(TimerStatus newStatus) {
        if (newStatus != status && !status.next().contains(newStatus)) {
            throw new IllegalStateException("Timer " + id + " is " + status + " and can't become " + newStatus);
        }
        return with(newStatus, dueAt, nextAttemptAt, timezone, spec, owner);
    }

    /** This timer, due at another time. */
    public Timer dueAt(Instant at) {
        return with(status, at, at, timezone, spec, owner);
    }

    /** This timer with another delay; when it is due is for the caller to say. */
    public Timer waitingFor(Delay delay) {
        return with(status, dueAt, nextAttemptAt, timezone, spec.withDelay(delay), owner);
    }

    /** This timer, with another time for its next attempt. */
    public Timer nextAttemptAt(Instant at) {
        return with(status, dueAt, at, timezone, spec, owner);
    }

    /** This timer of a run, doing its task as another version of the workflow has it; when it is due is for the caller to say. */
    public Timer goingBy(Task task, int version, ZoneId zone) {
        TimerOwner by = Objects.requireNonNull(owner, "a run's timer").goingBy(version);
        return with(status, dueAt, nextAttemptAt, zone, TimerSpec.of(task), by);
    }

    private Timer with(
            TimerStatus newStatus,
            Instant due,
            @Nullable Instant next,
            ZoneId zone,
            TimerSpec does,
            @Nullable TimerOwner by) {
        return with(newStatus, due, next, zone, does, by, traceparent);
    }

    private Timer with(
            TimerStatus newStatus,
            Instant due,
            @Nullable Instant next,
            ZoneId zone,
            TimerSpec does,
            @Nullable TimerOwner by,
            @Nullable String context) {
        return new Timer(
                id,
                newStatus,
                due,
                next,
                createdAt,
                zone,
                does,
                attemptsSpent,
                attempts,
                latenessMs,
                by,
                key,
                null,
                context);
    }

    /** Characters of what may be large of it. */
    public long size() {
        return spec.action().size()
                + attempts.stream()
                        .map(Attempt::answer)
                        .filter(Objects::nonNull)
                        .mapToLong(String::length)
                        .sum();
    }

    /** The run whose input its call has to be filled from though the timer is not the run's; null where there is none. */
    public @Nullable UUID inputOf() {
        Run.End end = spec.end();
        return end == null || !spec.action().mayHoldInput() ? null : end.runId();
    }

    /** What it is when nothing holds it: {@code retrying} once an attempt was spent, else {@code scheduled}. */
    public TimerStatus unpaused() {
        return attemptsSpent > 0 ? TimerStatus.RETRYING : TimerStatus.SCHEDULED;
    }
}
