package dev.bide.engine.deliver;

import dev.bide.delivery.Backoff;
import dev.bide.delivery.DeliveryOutcome;
import dev.bide.engine.quartz.Again;
import dev.bide.workflow.Attempt;
import dev.bide.workflow.RetryPolicy;
import dev.bide.workflow.Run;
import dev.bide.workflow.RunStatus;
import dev.bide.workflow.Steps;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.figures.Death;
import dev.bide.workflow.store.FiredTimer;
import dev.bide.workflow.store.Settlement;
import dev.bide.workflow.store.UnreadableException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the outcome of a call means for its timer and its run. Decides; writes nothing. */
final class Outcomes {
    /** How soon a timer comes again whose job ended without an outcome, which only a fault of ours can cause. */
    static final Duration AFTER_FAULT = Duration.ofSeconds(30);

    /** What a run failed of whose timer has ended, but which can't go on to its next task. */
    static final String CANT_GO_ON = "It could not go on after its last call; the log of the node says why";

    /** Where the url of a timer's action is none by this version's rules. */
    private static final String NOWHERE = "unknown";

    private static final Logger LOG = LoggerFactory.getLogger(Outcomes.class);

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
     * @param again where the timer waits once more
     * @param cancelled the timer, where its run ended before an attempt was spent
     * @param nextTimer of the run's next task, or the one that tells of its end
     * @param run as it is then
     */
    record Change(
            @Nullable Settlement settlement,
            @Nullable Again again,
            @Nullable UUID cancelled,
            @Nullable Timer nextTimer,
            @Nullable Run run) {

        static Change waits(@Nullable Settlement settlement, Again again) {
            return new Change(settlement, again, null, null, null);
        }

        static Change cancelled(FiredTimer timer) {
            return new Change(null, null, timer.id(), null, null);
        }

        static Change finished(Settlement settlement, @Nullable Timer nextTimer, @Nullable Run run) {
            return new Change(settlement, null, null, nextTimer, run);
        }
    }

    Change settle(InFlight.Entry entry, RunState run, Function<Run, Workflow> versions, Instant now) {
        FiredTimer timer = entry.timer();
        if (entry instanceof InFlight.Fired fired) {
            return again(fired, run, fired.due().held() ? now : now.plus(AFTER_FAULT));
        }
        if (entry instanceof InFlight.PutOff putOff) {
            return again(putOff, run, putOff.held() ? timer.nextAttemptAt() : now.plus(putOff.in()));
        }
        InFlight.Ended ended = (InFlight.Ended) entry;
        if (ended.outcome() instanceof DeliveryOutcome.Deferred deferred) {
            return again(ended, run, deferred.held() ? timer.nextAttemptAt() : now.plus(deferred.retryIn()));
        }
        DeliveryOutcome.Attempted attempted = (DeliveryOutcome.Attempted) ended.outcome();
        return switch (statusAfter(ended, attempted)) {
            case DELIVERED -> delivered(ended, run, versions, attempted, now);
            case RETRYING -> retry(ended, run, (DeliveryOutcome.Retryable) attempted, now);
            case DEAD, SCHEDULED, PAUSED, CANCELLED -> dead(ended, run, versions, attempted, now);
        };
    }

    /** What an attempt makes of its timer, whatever has become of its run: delivered, retrying or dead. */
    static TimerStatus statusAfter(InFlight.Ended ended, DeliveryOutcome.Attempted attempted) {
        if (attempted instanceof DeliveryOutcome.Delivered) {
            return TimerStatus.DELIVERED;
        }
        boolean last = ended.timer().attemptsSpent() >= ended.retry().maxRetries();
        return attempted instanceof DeliveryOutcome.Retryable && !last ? TimerStatus.RETRYING : TimerStatus.DEAD;
    }

    /** No attempt was spent. A run that was paused or ended meanwhile holds the timer, or ends it, too. */
    private static Change again(InFlight.Entry entry, RunState run, Instant at) {
        FiredTimer timer = entry.timer();
        if (run.over()) {
            return Change.cancelled(timer);
        }
        return Change.waits(
                null, new Again(timer.id(), run.paused() ? TimerStatus.PAUSED : timer.status(), at, entry.lane()));
    }

    private static Change delivered(
            InFlight.Ended ended,
            RunState state,
            Function<Run, Workflow> versions,
            DeliveryOutcome.Attempted attempted,
            Instant now) {
        FiredTimer timer = ended.timer();
        Settlement settlement = settlement(ended, TimerStatus.DELIVERED, attempted, null, now);
        Run run = state.run();
        if (run == null) {
            return Change.finished(settlement, null, null);
        }
        try {
            Steps.Step step = Steps.next(run, versions.apply(run), now);
            return Change.finished(
                    settlement, step.tracedTo(timer.traceparent()).timer(), step.run());
        } catch (UnreadableException e) {
            // It could be read before the call: a newer version of the program has moved the run meanwhile.
            LOG.atError()
                    .addKeyValue("run", run.id())
                    .addKeyValue("timer", timer.id())
                    .setCause(e)
                    .log("Run {} can't go on after timer {}", run.id(), timer.id());
            return Change.finished(settlement, null, run.as(RunStatus.FAILED, CANT_GO_ON, now));
        }
    }

    private static Change retry(InFlight.Ended ended, RunState run, DeliveryOutcome.Retryable attempted, Instant now) {
        FiredTimer timer = ended.timer();
        if (run.over()) {
            return Change.finished(settlement(ended, TimerStatus.CANCELLED, attempted, null, now), null, null);
        }
        RetryPolicy policy = ended.retry();
        Duration wait = new Backoff(policy.initialBackoff(), policy.multiplier(), policy.maxBackoff())
                .after(timer.attemptsSpent() + 1, attempted.retryAfter(), ThreadLocalRandom.current());
        Instant at = now.plus(wait);
        TimerStatus status = run.paused() ? TimerStatus.PAUSED : TimerStatus.RETRYING;
        return Change.waits(
                settlement(ended, status, attempted, at, now), new Again(timer.id(), status, at, ended.lane()));
    }

    private static Change dead(
            InFlight.Ended ended,
            RunState state,
            Function<Run, Workflow> versions,
            DeliveryOutcome.Attempted attempted,
            Instant now) {
        Settlement settlement = settlement(ended, TimerStatus.DEAD, attempted, null, now);
        Run run = state.run();
        if (run == null) {
            return Change.finished(settlement, null, null);
        }
        Run failed = run.as(RunStatus.FAILED, null, now);
        try {
            Timer told = Steps.end(failed, versions.apply(run), attempted.error());
            String context = ended.timer().traceparent();
            return Change.finished(settlement, told == null || context == null ? told : told.tracedTo(context), failed);
        } catch (UnreadableException e) {
            AttemptLog.about(LOG.atError(), ended.timer())
                    .setCause(e)
                    .log(
                            "Nobody is told that run {} failed with timer {}",
                            run.id(),
                            ended.timer().id());
            return Change.finished(settlement, null, failed);
        }
    }

    static Settlement settlement(
            InFlight.Ended ended,
            TimerStatus status,
            DeliveryOutcome.Attempted attempted,
            @Nullable Instant nextAttemptAt,
            Instant now) {
        FiredTimer timer = ended.timer();
        Attempt attempt = new Attempt(
                timer.attempt(),
                attempted.startedAt(),
                attempted.duration().toMillis(),
                Actions.word(attempted),
                attempted.httpStatus(),
                attempted.error(),
                attempted.answer(),
                ended.span() == null ? null : ended.span().traceId());
        long lateness = Duration.between(timer.dueAt(), attempted.startedAt()).toMillis();
        Long first = timer.attemptsMade() == 0 ? lateness : null;
        Death death = status == TimerStatus.DEAD ? death(ended, attempted) : null;
        return new Settlement(timer.id(), status, attempt, first, nextAttemptAt, now, death);
    }

    private static Death death(InFlight.Ended ended, DeliveryOutcome.Attempted attempted) {
        String destination = ended.destination();
        return Death.of(
                destination == null ? NOWHERE : destination,
                ended.lane(),
                Actions.word(attempted),
                attempted.httpStatus(),
                attempted.error());
    }
}
