package dev.bide.engine.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.delivery.DeliveryOutcome;
import dev.bide.engine.EngineNode;
import dev.bide.engine.quartz.Again;
import dev.bide.workflow.Attempt;
import dev.bide.workflow.RetryPolicy;
import dev.bide.workflow.Run;
import dev.bide.workflow.RunStatus;
import dev.bide.workflow.Task;
import dev.bide.workflow.TimerOwner;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.store.DueTimer;
import dev.bide.workflow.store.FiredTimer;
import dev.bide.workflow.store.UnreadableException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class OutcomesTest {
    private static final Instant DUE = Instant.parse("2026-03-01T12:00:00Z");
    private static final Instant STARTED = DUE.plusMillis(40);
    private static final Instant NOW = DUE.plusSeconds(1);
    private static final ZoneId ZONE = ZoneId.of("UTC");
    private static final RetryPolicy RETRY = new RetryPolicy(3, Duration.ofSeconds(10), 2, Duration.ofSeconds(15));

    private static final DeliveryOutcome DELIVERED = new DeliveryOutcome.Delivered(STARTED, Duration.ofMillis(7), 204);
    private static final DeliveryOutcome RETRYABLE =
            new DeliveryOutcome.Retryable(STARTED, Duration.ofMillis(7), 503, "503", null);
    private static final DeliveryOutcome REFUSED =
            new DeliveryOutcome.Refused(STARTED, Duration.ofMillis(7), 400, "400", "no such customer");
    private static final DeliveryOutcome DEFERRED =
            new DeliveryOutcome.Deferred(Duration.ofMillis(300), DeliveryOutcome.Reason.DESTINATION_FULL);

    private final Task first = task("first");
    private final Task second = task("second");
    private final Workflow workflow =
            new Workflow(UUID.randomUUID(), 1, "w", null, null, List.of(first, second), DUE, DUE, null);

    @Test
    void a_delivered_lone_timer_is_finished_with_its_attempt_and_lateness() {
        Outcomes.Change change = settle(lone(0), DELIVERED, Outcomes.RunState.NONE);
        assertThat(change.settlement().status()).isEqualTo(TimerStatus.DELIVERED);
        assertThat(change.settlement().attempt()).isEqualTo(new Attempt(1, STARTED, 7, "delivered", 204, null));
        assertThat(change.settlement().latenessMs()).isEqualTo(40);
        assertThat(change.again()).isNull();
        assertThat(change.run()).isNull();
    }

    @Test
    void a_timer_whose_lane_is_held_keeps_its_turn_and_one_that_is_put_off_alone_comes_back_later() {
        DeliveryOutcome held =
                new DeliveryOutcome.Deferred(Duration.ofMillis(300), DeliveryOutcome.Reason.DESTINATION_FULL, true);
        Outcomes.Change kept = settle(lone(0), held, Outcomes.RunState.NONE);
        assertThat(kept.settlement()).isNull();
        assertThat(kept.again().at()).isEqualTo(lone(0).nextAttemptAt());
        assertThat(kept.again().lane()).isEqualTo(7);
        Outcomes.Change alone = settle(lone(0), DEFERRED, Outcomes.RunState.NONE);
        assertThat(alone.again().at()).isEqualTo(NOW.plusMillis(300));
    }

    @Test
    void a_retryable_failure_waits_at_most_its_backoff_and_only_the_first_attempt_counts_as_late() {
        Outcomes.Change change = settle(lone(1), RETRYABLE, Outcomes.RunState.NONE);
        assertThat(change.settlement().status()).isEqualTo(TimerStatus.RETRYING);
        assertThat(change.settlement().latenessMs()).isNull();
        assertThat(change.settlement().attempt().number()).isEqualTo(2);
        assertThat(change.again().at()).isBetween(NOW, NOW.plusSeconds(15));
        assertThat(change.settlement().nextAttemptAt()).isEqualTo(change.again().at());
    }

    @Test
    void the_fourth_failure_is_the_last() {
        assertThat(settle(lone(2), RETRYABLE, Outcomes.RunState.NONE)
                        .settlement()
                        .status())
                .isEqualTo(TimerStatus.RETRYING);
        assertThat(settle(lone(3), RETRYABLE, Outcomes.RunState.NONE)
                        .settlement()
                        .status())
                .isEqualTo(TimerStatus.DEAD);
    }

    @Test
    void a_refusal_is_final_at_once_and_fails_the_run() {
        Run run = run(RunStatus.ACTIVE, first);
        Outcomes.Change change = settle(timerOf(run, first), REFUSED, new Outcomes.RunState(run, false));
        assertThat(change.settlement().status()).isEqualTo(TimerStatus.DEAD);
        assertThat(change.settlement().attempt())
                .isEqualTo(new Attempt(1, STARTED, 7, "refused", 400, "400", "no such customer", null));
        assertThat(change.run().status()).isEqualTo(RunStatus.FAILED);
        assertThat(change.nextTimer()).isNull();
    }

    @Test
    void a_deferred_call_spends_no_attempt() {
        Outcomes.Change change = settle(lone(1), DEFERRED, Outcomes.RunState.NONE);
        assertThat(change.settlement()).isNull();
        assertThat(change.again().status()).isEqualTo(TimerStatus.RETRYING);
        assertThat(change.again().at()).isEqualTo(NOW.plusMillis(300));
    }

    @Test
    void a_job_that_ended_without_an_outcome_comes_again() {
        Outcomes.Change change = settle(lone(0), null, Outcomes.RunState.NONE);
        assertThat(change.settlement()).isNull();
        assertThat(change.again().at()).isAfter(NOW);
    }

    @Test
    void a_run_goes_on_to_its_next_task_and_is_completed_after_the_last() {
        Run run = run(RunStatus.ACTIVE, first);
        Outcomes.Change change = settle(timerOf(run, first), DELIVERED, new Outcomes.RunState(run, false));
        assertThat(change.run().taskId()).isEqualTo(second.id());
        assertThat(change.run().timerId()).isEqualTo(change.nextTimer().id());
        assertThat(change.nextTimer().dueAt()).as("counted from now").isEqualTo(NOW.plusSeconds(5));
        Run last = run(RunStatus.ACTIVE, second);
        Outcomes.Change end = settle(timerOf(last, second), DELIVERED, new Outcomes.RunState(last, false));
        assertThat(end.run().status()).isEqualTo(RunStatus.COMPLETED);
        assertThat(end.nextTimer()).isNull();
    }

    @Test
    void a_paused_run_holds_whatever_comes_next() {
        Run run = run(RunStatus.PAUSED, first);
        Outcomes.RunState state = new Outcomes.RunState(run, false);
        assertThat(settle(timerOf(run, first), DELIVERED, state).nextTimer().status())
                .isEqualTo(TimerStatus.PAUSED);
        assertThat(settle(timerOf(run, first), RETRYABLE, state).again().status())
                .isEqualTo(TimerStatus.PAUSED);
        assertThat(settle(timerOf(run, first), DEFERRED, state).again().status())
                .isEqualTo(TimerStatus.PAUSED);
        assertThat(settle(timerOf(run, first), DELIVERED, state).run().status()).isEqualTo(RunStatus.PAUSED);
    }

    @Test
    void nothing_follows_in_a_run_that_is_over() {
        FiredTimer timer = timerOf(run(RunStatus.ACTIVE, first), first);
        assertThat(settle(timer, DELIVERED, Outcomes.RunState.OVER).nextTimer()).isNull();
        assertThat(settle(timer, RETRYABLE, Outcomes.RunState.OVER).settlement().status())
                .isEqualTo(TimerStatus.CANCELLED);
        assertThat(settle(timer, DEFERRED, Outcomes.RunState.OVER).cancelled()).isEqualTo(timer.id());
    }

    @Test
    void a_call_that_there_was_no_room_for_comes_again() {
        InFlight.Entry entry = new InFlight.PutOff(lone(1), Duration.ofMillis(300), false, 0, 7);
        Outcomes.Change change = new Outcomes().settle(entry, Outcomes.RunState.NONE, any -> workflow, NOW);
        assertThat(change.settlement()).isNull();
        assertThat(change.again())
                .isEqualTo(new Again(entry.timer().id(), TimerStatus.RETRYING, NOW.plusMillis(300), 7));
        InFlight.Entry held = new InFlight.PutOff(lone(1), Duration.ofMillis(300), true, 0, 7);
        assertThat(new Outcomes()
                        .settle(held, Outcomes.RunState.NONE, any -> workflow, NOW)
                        .again()
                        .at())
                .as("its turn")
                .isEqualTo(held.timer().nextAttemptAt());
    }

    @Test
    void a_run_whose_workflow_can_not_be_read_any_more_fails_and_its_timer_stays_delivered() {
        Run run = run(RunStatus.ACTIVE, first);
        InFlight.Entry entry = new InFlight.Ended(timerOf(run, first), RETRY, DELIVERED, 0, 7, null);
        Outcomes.Change change = new Outcomes()
                .settle(
                        entry,
                        new Outcomes.RunState(run, false),
                        any -> {
                            throw new UnreadableException("Version 1 of the workflow");
                        },
                        NOW);
        assertThat(change.settlement().status()).isEqualTo(TimerStatus.DELIVERED);
        assertThat(change.run().status()).isEqualTo(RunStatus.FAILED);
        assertThat(change.run().error()).contains("could not go on");
        assertThat(change.nextTimer()).isNull();
    }

    private Outcomes.Change settle(FiredTimer timer, DeliveryOutcome outcome, Outcomes.RunState run) {
        InFlight.Entry entry = outcome == null
                ? new InFlight.Fired(new DueTimer(timer, false, null, 0, null, null), 0, 7)
                : new InFlight.Ended(timer, RETRY, outcome, 0, 7, "third.party:443");
        return new Outcomes().settle(entry, run, any -> workflow, NOW);
    }

    private static FiredTimer lone(int attemptsSpent) {
        return new FiredTimer(
                UUID.randomUUID(),
                attemptsSpent == 0 ? TimerStatus.SCHEDULED : TimerStatus.RETRYING,
                DUE,
                DUE,
                attemptsSpent,
                attemptsSpent,
                null);
    }

    private FiredTimer timerOf(Run run, Task task) {
        TimerOwner owner = new TimerOwner(run.id(), workflow.id(), 1, task.id());
        return new FiredTimer(run.timerId(), TimerStatus.SCHEDULED, DUE, DUE, 0, 0, owner);
    }

    private Run run(RunStatus status, Task task) {
        return new Run(
                UUID.randomUUID(),
                workflow.id(),
                1,
                null,
                null,
                status,
                task.id(),
                UUID.randomUUID(),
                List.of(),
                null,
                DUE,
                DUE,
                null);
    }

    private static Task task(String name) {
        return new Task(
                UUID.randomUUID(),
                name,
                EngineNode.seconds(5),
                EngineNode.action("http://third.party/"),
                RETRY,
                Duration.ofSeconds(10));
    }
}
