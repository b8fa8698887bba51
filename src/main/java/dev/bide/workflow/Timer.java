package dev.bide.workflow;

import dev.bide.delay.Delay;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
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
        @Nullable Instant finishedAt) {

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
                null);
    }

    /** This timer in another waiting state, which must be one that may follow its own. */
    public Timer as(TimerStatus newStatus) {
        if (newStatus != status && !status.next().contains(newStatus)) {
            throw new IllegalStateException("Timer " + id + " is " + status + " and can't become " + newStatus);
        }
        return new Timer(
                id,
                newStatus,
                dueAt,
                nextAttemptAt,
                createdAt,
                timezone,
                spec,
                attemptsSpent,
                attempts,
                latenessMs,
                owner,
                key,
                null);
    }

    /** This timer, due at another time. */
    public Timer dueAt(Instant at) {
        return new Timer(
                id, status, at, at, createdAt, timezone, spec, attemptsSpent, attempts, latenessMs, owner, key, null);
    }

    /** This timer with another delay; when it is due is for the caller to say. */
    public Timer waitingFor(Delay delay) {
        return new Timer(
                id,
                status,
                dueAt,
                nextAttemptAt,
                createdAt,
                timezone,
                spec.withDelay(delay),
                attemptsSpent,
                attempts,
                latenessMs,
                owner,
                key,
                null);
    }

    /** This timer, with another time for its next attempt. */
    public Timer nextAttemptAt(Instant at) {
        return new Timer(
                id,
                status,
                dueAt,
                at,
                createdAt,
                timezone,
                spec,
                attemptsSpent,
                attempts,
                latenessMs,
                owner,
                key,
                null);
    }

    /** What it is when nothing holds it: {@code retrying} once an attempt was spent, else {@code scheduled}. */
    public TimerStatus unpaused() {
        return attemptsSpent > 0 ? TimerStatus.RETRYING : TimerStatus.SCHEDULED;
    }
}
