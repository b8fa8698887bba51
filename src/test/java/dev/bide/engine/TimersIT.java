package dev.bide.engine;

import static dev.bide.engine.EngineNode.seconds;
import static dev.bide.engine.EngineNode.timer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.bide.delay.Delay;
import dev.bide.json.FieldError;
import dev.bide.testing.Delays;
import dev.bide.testing.PostgresExtension;
import dev.bide.testing.StubThirdParty;
import dev.bide.workflow.Attempt;
import dev.bide.workflow.Refusal;
import dev.bide.workflow.RefusedException;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerDraft;
import dev.bide.workflow.TimerStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TimersIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @RegisterExtension
    static EngineExtension worker = EngineExtension.worker();

    private static final PostgresExtension POSTGRES = worker.postgres();

    @RegisterExtension
    final StubThirdParty thirdParty = new StubThirdParty();

    static EngineNode api;

    @BeforeAll
    static void startApi() throws Exception {
        api = EngineNode.api(POSTGRES.dataSource());
    }

    @AfterAll
    static void stopApi() {
        api.close();
    }

    @Test
    void calls_the_third_party_once_and_not_before_it_is_due() {
        Timer timer = create(timer(null, 1, thirdParty.url("/ok")));
        Timer delivered = awaitStatus(timer.id(), TimerStatus.DELIVERED);
        assertThat(thirdParty.calls(timer.id())).singleElement().satisfies(call -> {
            assertThat(call.receivedAt()).isAfterOrEqualTo(timer.dueAt());
            assertThat(call.headers()).containsEntry("Bide-Attempt", "1");
        });
        assertThat(delivered.attempts()).extracting(Attempt::outcome).containsExactly("delivered");
        assertThat(delivered.latenessMs()).isNotNegative();
    }

    @Test
    void tries_again_after_503_and_keeps_every_attempt() {
        thirdParty.answer((path, attempt) -> attempt < 3 ? 503 : 200);
        Timer timer = create(timer(null, 0, thirdParty.url("/twice")));
        assertThat(awaitStatus(timer.id(), TimerStatus.DELIVERED).attempts())
                .extracting(Attempt::number, Attempt::httpStatus, Attempt::outcome)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(1, 503, "failed"),
                        org.assertj.core.groups.Tuple.tuple(2, 503, "failed"),
                        org.assertj.core.groups.Tuple.tuple(3, 200, "delivered"));
        assertThat(thirdParty.calls(timer.id())).hasSize(3);
    }

    @Test
    void is_dead_after_four_attempts_and_is_redriven_with_four_more() {
        thirdParty.answer((path, attempt) -> attempt < 6 ? 500 : 200);
        Timer timer = create(timer(null, 0, thirdParty.url("/always")));
        assertThat(awaitStatus(timer.id(), TimerStatus.DEAD).attempts()).hasSize(4);
        assertThat(thirdParty.calls(timer.id())).hasSize(4);
        assertThat(api.engine.timers().redrive(timer.id()).status()).isEqualTo(TimerStatus.SCHEDULED);
        assertThat(awaitStatus(timer.id(), TimerStatus.DELIVERED).attempts()).hasSize(6);
    }

    @Test
    void is_dead_at_once_after_400() {
        thirdParty.answer((path, attempt) -> 400);
        Timer timer = create(timer(null, 0, thirdParty.url("/bad")));
        assertThat(awaitStatus(timer.id(), TimerStatus.DEAD).attempts()).hasSize(1);
    }

    @Test
    void is_the_same_timer_for_the_same_key_before_and_after_it_is_delivered() {
        TimerDraft draft = timer("key-1", 1, thirdParty.url("/key"));
        Accepted<Timer> first = api.engine.timers().create(draft).join();
        assertThat(api.engine.timers().create(draft).join()).isEqualTo(new Accepted<>(first.value(), false));
        awaitStatus(first.value().id(), TimerStatus.DELIVERED);
        Accepted<Timer> again = api.engine.timers().create(draft).join();
        assertThat(again.created()).isFalse();
        assertThat(again.value().id()).isEqualTo(first.value().id());
    }

    @Test
    void is_the_same_timer_for_the_same_key_also_when_its_delay_would_be_refused_by_now() {
        TimerDraft draft = timer("key-2", 3600, thirdParty.url("/key"));
        Timer first = create(draft);
        TimerDraft late = withDelay(draft, "key-2", passed());
        assertThat(api.engine.timers().create(late).join()).isEqualTo(new Accepted<>(first, false));
        List<Acceptance<Timer>> results = api.engine
                .timers()
                .createAll(Stream.of(withDelay(draft, "key-3", passed()), late, withDelay(draft, null, passed()))
                        .map(Asked::of)
                        .toList());
        assertThat(results.get(0)).isInstanceOf(Acceptance.Refused.class);
        assertThat(((Acceptance.Existing<Timer>) results.get(1)).holder().id()).isEqualTo(first.id());
        assertThat(results.get(2)).isInstanceOf(Acceptance.Refused.class);
    }

    private static Delay passed() {
        return Delays.of(Map.of("type", "date", "date", "2001-01-01", "ifPast", "reject"));
    }

    private static TimerDraft withDelay(TimerDraft draft, String key, Delay delay) {
        return new TimerDraft(key, delay, draft.action(), draft.retry(), draft.timeout(), null);
    }

    @Test
    void stores_the_good_of_a_bulk_and_says_what_is_wrong_with_the_bad() {
        TimerDraft good = timer(null, 3600, thirdParty.url("/bulk"));
        TimerDraft bad = withDelay(good, null, passed());
        List<Acceptance<Timer>> results = api.engine
                .timers()
                .createAll(Stream.of(good, bad, good).map(Asked::of).toList());
        assertThat(results.get(0)).isInstanceOf(Acceptance.Created.class);
        assertThat(results.get(1)).isInstanceOfSatisfying(Acceptance.Refused.class, refused -> assertThat(
                        refused.why().errors())
                .extracting(FieldError::field)
                .containsExactly("delay.date"));
        assertThat(results.get(2)).isInstanceOf(Acceptance.Created.class);
    }

    @Test
    void fires_earlier_when_it_is_rescheduled_and_later_too() {
        Timer later = create(timer(null, 2, thirdParty.url("/later")));
        Timer sooner = create(timer(null, 3600, thirdParty.url("/sooner")));
        Timer moved = api.engine.timers().reschedule(later.id(), seconds(3600));
        assertThat(moved.dueAt()).isAfter(Instant.now().plusSeconds(3000));
        api.engine.timers().reschedule(sooner.id(), Instant.now());
        awaitStatus(sooner.id(), TimerStatus.DELIVERED);
        awaitPassing(later.dueAt());
        assertThat(thirdParty.calls(later.id())).isEmpty();
        api.engine.timers().fire(later.id());
        awaitStatus(later.id(), TimerStatus.DELIVERED);
    }

    /** What was due by then has been called: it comes before another that is due a second later. */
    private void awaitPassing(Instant due) {
        Timer next = create(timer(null, 3600, thirdParty.url("/next")));
        api.engine.timers().reschedule(next.id(), due.plusSeconds(1));
        awaitStatus(next.id(), TimerStatus.DELIVERED);
    }

    @Test
    void does_not_fire_while_it_is_paused_and_is_due_at_once_when_it_is_resumed_late() {
        Timer timer = create(timer(null, 1, thirdParty.url("/paused")));
        assertThat(api.engine.timers().pause(timer.id()).status()).isEqualTo(TimerStatus.PAUSED);
        awaitPassing(timer.dueAt());
        assertThat(thirdParty.calls(timer.id())).isEmpty();
        assertThatThrownBy(() -> api.engine.timers().pause(timer.id())).isInstanceOf(RefusedException.class);
        Instant resumedAt = Instant.now();
        assertThat(api.engine.timers().resume(timer.id()).status()).isEqualTo(TimerStatus.SCHEDULED);
        Timer delivered = awaitStatus(timer.id(), TimerStatus.DELIVERED);
        assertThat(delivered.dueAt()).isAfterOrEqualTo(resumedAt.minusMillis(1));
    }

    @Test
    void refuses_what_its_state_does_not_allow() {
        Timer timer = create(timer(null, 3600, thirdParty.url("/never")));
        Timers timers = api.engine.timers();
        assertThatThrownBy(() -> timers.resume(timer.id())).hasMessageContaining("is scheduled");
        assertThatThrownBy(() -> timers.redrive(timer.id())).hasMessageContaining("is scheduled");
        assertThat(timers.cancel(timer.id()).status()).isEqualTo(TimerStatus.CANCELLED);
        assertThatThrownBy(() -> timers.cancel(timer.id())).hasMessageContaining("is cancelled");
        assertThatThrownBy(() -> timers.fire(timer.id())).hasMessageContaining("is cancelled");
        assertThatThrownBy(() -> timers.reschedule(timer.id(), seconds(1))).hasMessageContaining("is cancelled");
        assertThatThrownBy(() -> timers.cancel(UUID.randomUUID())).hasMessageContaining("There is no timer");
    }

    @Test
    void ends_each_of_300_cancels_that_race_the_due_time_in_one_of_two_ways() throws Exception {
        List<TimerDraft> drafts = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            drafts.add(timer(null, 2, thirdParty.url("/race")));
        }
        List<UUID> ids = api
                .engine
                .timers()
                .createAll(drafts.stream().map(Asked::of).toList())
                .stream()
                .map(result -> ((Acceptance.Created<Timer>) result).value().id())
                .toList();
        Instant due = api.engine.timers().get(ids.get(0)).dueAt();
        await().pollInterval(Duration.ofMillis(5)).atMost(PATIENCE).until(() -> Instant.now()
                .isAfter(due.minusMillis(20)));
        ExecutorService threads = Executors.newFixedThreadPool(16);
        List<Future<Boolean>> cancels = threads.invokeAll(
                ids.stream().map(id -> (Callable<Boolean>) () -> cancelled(id)).toList());
        threads.shutdown();
        for (int i = 0; i < ids.size(); i++) {
            UUID id = ids.get(i);
            boolean cancelled = cancels.get(i).get();
            awaitStatus(id, cancelled ? TimerStatus.CANCELLED : TimerStatus.DELIVERED);
            assertThat(thirdParty.calls(id)).hasSize(cancelled ? 0 : 1);
        }
    }

    @Test
    void gives_a_timer_that_lost_its_trigger_a_new_one() throws Exception {
        Timer timer = create(timer(null, 3600, thirdParty.url("/lost")));
        try (var connection = POSTGRES.dataSource().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("DELETE FROM qrtz_triggers WHERE trigger_name = '" + timer.id() + "'");
            statement.execute("DELETE FROM qrtz_simple_triggers WHERE trigger_name = '" + timer.id() + "'");
            statement.execute(
                    "UPDATE timer SET due_at = now() - interval '1 hour', next_attempt_at = now() - interval '1 hour' WHERE id = '"
                            + timer.id() + "'");
        }
        worker.upkeep().repair();
        assertThat(worker.repaired).hasValue(1);
        awaitStatus(timer.id(), TimerStatus.DELIVERED);
        worker.upkeep().repair();
        assertThat(worker.repaired).hasValue(1);
    }

    private static boolean cancelled(UUID id) {
        try {
            api.engine.timers().cancel(id);
            return true;
        } catch (RefusedException e) {
            assertThat(e.refusal().reason()).isEqualTo(Refusal.Reason.CONFLICT);
            return false;
        }
    }

    private static Timer create(TimerDraft draft) {
        return api.engine.timers().create(draft).join().value();
    }

    private static Timer awaitStatus(UUID id, TimerStatus status) {
        return await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> api.engine.timers().get(id), timer -> timer.status() == status);
    }
}
