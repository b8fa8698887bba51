package dev.bide.engine;

import dev.bide.delivery.Backoff;
import dev.bide.delivery.DeliveryOutcome;
import dev.bide.workflow.Attempt;
import dev.bide.workflow.RetryPolicy;
import dev.bide.workflow.Run;
import dev.bide.workflow.RunStatus;
import dev.bide.workflow.Settlement;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the outcome of a call means for its timer and its run. Decides; writes nothing. */
final class Outcomes {
    /** How soon a timer comes again whose job ended without an outcome, which only a fault of ours can cause. */
    private static final Duration AFTER_FAULT = Duration.ofSeconds(30);

    /** The run of a timer: none, over by now, or one that is locked. */
    record RunState(@Nullable Run run, boolean over) {
        static final RunState NONE = new RunState(null, false);
        static final RunState OVER = new RunState(null, true);

        boolean paused() {
            return run != null && run.status() == RunStatus.PAUSED;
        }
    }

    /**
     * What is to be written.
     *
     * @param settlement of the attempt; null where none was spent
     * @param again the timer, where it waits once more, with the time of its next attempt
     * @param cancelled the timer, where its run ended before an attempt was spent
     * @param nextTimer of the run's next task
     * @param run as it is then
     */
    record Change(
            @Nullable Settlement settlement,
            @Nullable Timer again,
            @Nullable Timer cancelled,
            @Nullable Timer nextTimer,
            @Nullable Run run) {

        static Change waits(@Nullable Settlement settlement, Timer again) {
            return new Change(settlement, again, null, null, null);
        }

        static Change cancelled(Timer timer) {
            return new Change(null, null, timer, null, null);
        }

        static Change finished(Settlement settlement, @Nullable Timer nextTimer, @Nullable Run run) {
            return new Change(settlement, null, null, nextTimer, run);
        }
    }

    Change settle(InFlight.Entry entry, RunState run, Function<Run, Workflow> versions, Instant now) {
        Timer timer = entry.due().timer();
        DeliveryOutcome outcome = entry.outcome();
        if (outcome == null) {
            return again(timer, run, entry.due().held() ? now : now.plus(AFTER_FAULT));
        }
        if (outcome instanceof DeliveryOutcome.Deferred deferred) {
            return again(timer, run, deferred.held() ? asBefore(timer, now) : now.plus(deferred.retryIn()));
        }
        DeliveryOutcome.Attempted attempted = (DeliveryOutcome.Attempted) outcome;
        return switch (statusAfter(timer, attempted)) {
            case DELIVERED -> delivered(timer, run, versions, attempted, now);
            case RETRYING -> retry(timer, run, (DeliveryOutcome.Retryable) attempted, now);
            case DEAD, SCHEDULED, PAUSED, CANCELLED -> dead(timer, run, attempted, now);
        };
    }

    /** What an attempt makes of its timer, whatever has become of its run: delivered, retrying or dead. */
    static TimerStatus statusAfter(Timer timer, DeliveryOutcome.Attempted attempted) {
        if (attempted instanceof DeliveryOutcome.Delivered) {
            return TimerStatus.DELIVERED;
        }
        boolean last = timer.attemptsSpent() >= timer.spec().retry().maxRetries();
        return attempted instanceof DeliveryOutcome.Retryable && !last ? TimerStatus.RETRYING : TimerStatus.DEAD;
    }

    /** Its lane is held: it keeps the place that its time gives it, and is not taken before there is room. */
    private static Instant asBefore(Timer timer, Instant now) {
        Instant before = timer.nextAttemptAt();
        return before == null ? now : before;
    }

    /** No attempt was spent. A run that was paused or ended meanwhile holds the timer, or ends it, too. */
    private static Change again(Timer timer, RunState run, Instant at) {
        if (run.over()) {
            return Change.cancelled(timer);
        }
        return Change.waits(null, waiting(timer, run.paused() ? TimerStatus.PAUSED : timer.status(), at));
    }

    private static Change delivered(
            Timer timer,
            RunState state,
            Function<Run, Workflow> versions,
            DeliveryOutcome.Attempted attempted,
            Instant now) {
        Settlement settlement = settlement(timer, TimerStatus.DELIVERED, attempted, null, now);
        Run run = state.run();
        if (run == null) {
            return Change.finished(settlement, null, null);
        }
        Steps.Step step = Steps.next(run, versions.apply(run), now);
        return Change.finished(settlement, step.timer(), step.run());
    }

    private static Change retry(Timer timer, RunState run, DeliveryOutcome.Retryable attempted, Instant now) {
        if (run.over()) {
            return Change.finished(settlement(timer, TimerStatus.CANCELLED, attempted, null, now), null, null);
        }
        RetryPolicy policy = timer.spec().retry();
        Duration wait = new Backoff(policy.initialBackoff(), policy.multiplier(), policy.maxBackoff())
                .after(timer.attemptsSpent() + 1, attempted.retryAfter(), ThreadLocalRandom.current());
        Instant at = now.plus(wait);
        TimerStatus status = run.paused() ? TimerStatus.PAUSED : TimerStatus.RETRYING;
        return Change.waits(settlement(timer, status, attempted, at, now), waiting(timer, status, at));
    }

    private static Change dead(Timer timer, RunState state, DeliveryOutcome.Attempted attempted, Instant now) {
        Run run = state.run();
        return Change.finished(
                settlement(timer, TimerStatus.DEAD, attempted, null, now),
                null,
                run == null ? null : run.as(RunStatus.FAILED, null, now));
    }

    private static Settlement settlement(
            Timer timer,
            TimerStatus status,
            DeliveryOutcome.Attempted attempted,
            @Nullable Instant nextAttemptAt,
            Instant now) {
        Attempt attempt = new Attempt(
                timer.attempts().size() + 1,
                attempted.startedAt(),
                attempted.duration().toMillis(),
                word(attempted),
                attempted.httpStatus(),
                attempted.error());
        long lateness = Duration.between(timer.dueAt(), attempted.startedAt()).toMillis();
        Long first = timer.attempts().isEmpty() ? lateness : null;
        return new Settlement(timer.id(), status, attempt, first, nextAttemptAt, now);
    }

    private static String word(DeliveryOutcome.Attempted attempted) {
        if (attempted instanceof DeliveryOutcome.Delivered) {
            return "delivered";
        }
        return attempted instanceof DeliveryOutcome.Retryable ? "failed" : "refused";
    }

    private static Timer waiting(Timer timer, TimerStatus status, Instant at) {
        return timer.as(status).nextAttemptAt(at);
    }
}
