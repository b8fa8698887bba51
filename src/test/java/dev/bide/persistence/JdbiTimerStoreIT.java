package dev.bide.persistence;

import static dev.bide.persistence.Samples.NOW;
import static dev.bide.persistence.Samples.id;
import static dev.bide.persistence.Samples.settlement;
import static dev.bide.persistence.Samples.spec;
import static dev.bide.persistence.Samples.timer;
import static dev.bide.persistence.Samples.timerOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bide.engine.list.TimerLists;
import dev.bide.engine.quartz.FiringTimers;
import dev.bide.jobstore.PostgresJobStore;
import dev.bide.testing.PostgresExtension;
import dev.bide.workflow.Action;
import dev.bide.workflow.JsonText;
import dev.bide.workflow.Run;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerSpec;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.figures.DeadStore;
import dev.bide.workflow.figures.DeadStore.DeadFilter;
import dev.bide.workflow.figures.DeadStore.DeadTimer;
import dev.bide.workflow.figures.Look;
import dev.bide.workflow.figures.Matching;
import dev.bide.workflow.figures.PartialCount;
import dev.bide.workflow.store.Cursor;
import dev.bide.workflow.store.Days;
import dev.bide.workflow.store.DueTimer;
import dev.bide.workflow.store.FiredTimer;
import dev.bide.workflow.store.KeyHolder;
import dev.bide.workflow.store.OperationKind;
import dev.bide.workflow.store.Page;
import dev.bide.workflow.store.PageRequest;
import dev.bide.workflow.store.TimerFilter;
import dev.bide.workflow.store.TimerStore;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class JdbiTimerStoreIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    private JdbiDatabase database;
    private TimerLists lists;

    @BeforeEach
    void openDatabase() {
        database = new JdbiDatabase(Jdbi.create(POSTGRES.dataSource()));
        lists = new TimerLists(
                database, new FiringTimers(new PostgresJobStore()), host -> Optional.empty(), InstantSource.system());
    }

    @Test
    void gives_back_what_was_inserted() {
        Timer timer = timer("k-" + id(), NOW.plusMillis(1));
        in(timers -> timers.insert(List.of(timer)));
        assertThat(this.<Optional<Timer>>in(timers -> timers.find(timer.id()))).contains(timer);
        DueTimer due = this.<List<DueTimer>>in(timers -> timers.load(List.of(timer.id()), Long.MAX_VALUE))
                .get(0);
        assertThat(due.timer())
                .isEqualTo(new FiredTimer(timer.id(), timer.status(), timer.dueAt(), timer.dueAt(), 0, 0, null));
        assertThat(due.call()).isEqualTo(new DueTimer.Call(timer.spec(), null, null));
        assertThat(this.<List<DueTimer>>in(timers -> timers.load(List.of(timer.id()), due.bytes() - 1)))
                .as("too large to be read with others")
                .containsExactly(new DueTimer(
                        due.timer(),
                        false,
                        null,
                        due.bytes(),
                        null,
                        timer.spec().action().url()));
        assertThat(this.<List<Timer>>in(timers -> timers.read(List.of(timer.id()))))
                .containsExactly(timer);
    }

    @Test
    void leaves_out_a_timer_whose_key_waits_already() {
        Timer first = insert(timer("key-" + id(), NOW));
        Timer second = timer(first.key(), NOW);
        Timer other = timer(null, NOW);
        assertThat(this.<Set<UUID>>in(timers -> timers.insert(List.of(second, other))))
                .containsExactly(other.id());
        assertThat(this.<Map<String, KeyHolder>>in(timers -> timers.findByKeys(List.of(String.valueOf(first.key())))))
                .isEqualTo(Map.of(String.valueOf(first.key()), new KeyHolder(first.id(), null)));
    }

    @Test
    void leaves_out_a_timer_whose_key_is_in_the_history() {
        Timer first = insert(timer("key-" + id(), NOW));
        settle(first, TimerStatus.DELIVERED);
        assertThat(this.<Set<UUID>>in(timers -> timers.insert(List.of(timer(first.key(), NOW)))))
                .isEmpty();
        assertThat(this.<Map<String, KeyHolder>>in(timers -> timers.findByKeys(List.of(String.valueOf(first.key())))))
                .isEqualTo(Map.of(String.valueOf(first.key()), new KeyHolder(first.id(), NOW)));
    }

    @Test
    void inserts_only_one_of_two_with_the_same_key_in_one_set() {
        String key = "key-" + id();
        assertThat(this.<Set<UUID>>in(timers -> timers.insert(List.of(timer(key, NOW), timer(key, NOW)))))
                .hasSize(1);
    }

    @Test
    void moves_a_delivered_timer_into_the_history_with_its_attempt() {
        Timer timer = insert(timer(null, NOW));
        settle(timer, TimerStatus.DELIVERED);
        Timer finished = find(timer.id());
        assertThat(finished.status()).isEqualTo(TimerStatus.DELIVERED);
        assertThat(finished.attempts())
                .containsExactly(settlement(timer, TimerStatus.DELIVERED).attempt());
        assertThat(finished.latenessMs()).isEqualTo(7);
        assertThat(finished.finishedAt()).isEqualTo(NOW);
        assertThat(finished.nextAttemptAt()).isNull();
        assertThat(this.<List<DueTimer>>in(timers -> timers.load(List.of(timer.id()), Long.MAX_VALUE)))
                .isEmpty();
    }

    @Test
    void keeps_all_attempts_and_the_first_lateness_of_a_timer_that_is_tried_again() {
        Timer timer = insert(timer(null, NOW));
        settle(timer, TimerStatus.RETRYING);
        Timer retrying = find(timer.id());
        assertThat(retrying.status()).isEqualTo(TimerStatus.RETRYING);
        assertThat(retrying.attemptsSpent()).isEqualTo(1);
        assertThat(retrying.nextAttemptAt()).isEqualTo(NOW.plusSeconds(3));
        assertThat(retrying.dueAt()).isEqualTo(timer.dueAt());
        settle(retrying, TimerStatus.DEAD);
        assertThat(find(timer.id()).attempts())
                .extracting(attempt -> attempt.number())
                .containsExactly(1, 2);
    }

    @Test
    void refuses_to_settle_a_timer_that_does_not_wait() {
        Timer gone = timer(null, NOW);
        assertThatThrownBy(() -> settle(gone, TimerStatus.DELIVERED)).hasMessageContaining("0 of 1");
    }

    @Test
    void redrives_only_a_dead_timer() {
        Timer timer = insert(timer(null, NOW.minusSeconds(9)));
        settle(timer, TimerStatus.DEAD);
        Timer redriven =
                in(timers -> timers.redrive(Map.of(timer.id(), NOW), NOW)).get(0);
        assertThat(redriven.status()).isEqualTo(TimerStatus.SCHEDULED);
        assertThat(redriven.dueAt()).isEqualTo(NOW);
        assertThat(redriven.attemptsSpent()).isZero();
        assertThat(redriven.attempts()).hasSize(1);
        assertThat(this.<List<Timer>>in(timers -> timers.redrive(Map.of(timer.id(), NOW), NOW)))
                .isEmpty();
        settle(redriven, TimerStatus.DELIVERED);
        assertThat(this.<List<Timer>>in(timers -> timers.redrive(Map.of(timer.id(), NOW), NOW)))
                .isEmpty();
    }

    @Test
    void looks_at_a_bounded_number_and_goes_on_though_nothing_matches() {
        UUID workflow = id();
        Run run = Samples.run(workflow, null);
        List<Timer> many = IntStream.range(0, 1_000)
                .mapToObj(i -> timerOf(run, id()))
                .sorted(Comparator.comparing(timer -> timer.id().toString()))
                .toList();
        in(timers -> timers.insert(many));
        TimerFilter none = new TimerFilter(workflow, null, null, null, NOW.plusSeconds(3_600), null);
        UUID upTo = in(timers -> timers.latest(new UUID(0, 0)));
        assertThat(upTo.toString()).isGreaterThanOrEqualTo(many.get(999).id().toString());
        UUID after = null;
        for (int from = 0; from < 1_000; from += 300) {
            UUID begin = after;
            Look<KeyHolder, UUID> look =
                    in(timers -> timers.look(OperationKind.PAUSE, none, Set.of(), upTo, begin, 300, 10));
            assertThat(look.matching()).isEmpty();
            assertThat(look.last())
                    .isEqualTo(many.get(Math.min(from + 299, 999)).id());
            assertThat(look.over()).isEqualTo(from + 300 > 1_000);
            after = look.last();
        }
        TimerFilter all = new TimerFilter(workflow, null, null, null, null, null);
        Look<KeyHolder, UUID> look =
                in(timers -> timers.look(OperationKind.CANCEL, all, Set.of(), upTo, null, 300, 10));
        assertThat(look.matching()).extracting(KeyHolder::id).containsExactlyElementsOf(ids(many.subList(0, 10)));
        assertThat(look.last()).isEqualTo(many.get(9).id());
        assertThat(look.over()).isFalse();
        PartialCount<UUID> count =
                in(timers -> timers.count(OperationKind.CANCEL, all, Set.of(), upTo, null, 2_000, 2_000));
        assertThat(count.matching().count()).isEqualTo(1_000);
        assertThat(count.matching().earliestDueAt())
                .isEqualTo(many.get(0).dueAt())
                .isEqualTo(count.matching().latestDueAt());
        assertThat(count.over()).isTrue();
        PartialCount<UUID> some = in(timers -> timers.count(OperationKind.CANCEL, all, Set.of(), upTo, null, 2_000, 7));
        assertThat(some.matching().sample())
                .extracting(Matching.Sample::id)
                .containsExactlyElementsOf(ids(many.subList(0, 7)));
    }

    private static List<UUID> ids(List<Timer> timers) {
        return timers.stream().map(Timer::id).toList();
    }

    /** In the same number as their triggers, or a lost trigger is made anew in another lane. */
    @Test
    void keeps_the_lane_of_a_timer_s_url_through_all_changes() {
        JdbiDatabase own = new JdbiDatabase(POSTGRES.dataSource(), String::length);
        int before = spec().action().url().length();
        Timer timer = timer(null, NOW);
        own.inTransaction(session -> session.timers().insert(List.of(timer)));
        assertThat(lane(timer)).isEqualTo(before);
        own.inTransaction(session -> {
            session.timers().update(List.of(to("http://elsewhere.example/moved", timer)));
            return null;
        });
        int after = "http://elsewhere.example/moved".length();
        assertThat(lane(timer)).isEqualTo(after);
        settle(timer, TimerStatus.RETRYING);
        assertThat(lane(timer)).isEqualTo(after);
        settle(timer, TimerStatus.DEAD);
        List<Timer> redriven = own.inTransaction(session -> session.timers().redrive(Map.of(timer.id(), NOW), NOW));
        assertThat(redriven).hasSize(1);
        assertThat(lane(timer)).isEqualTo(after);
        assertThat(this.<Map<UUID, Integer>>in(timers -> timers.lanes(List.of(timer.id(), id()))))
                .isEqualTo(Map.of(timer.id(), after));
    }

    private static Timer to(String url, Timer timer) {
        TimerSpec spec = timer.spec();
        Action action = new Action("POST", url, Map.of(), JsonText.EMPTY_OBJECT);
        return Timer.waiting(
                timer.id(),
                timer.dueAt(),
                NOW,
                timer.timezone(),
                new TimerSpec(spec.delay(), action, spec.retry(), spec.timeout(), null),
                timer.owner(),
                timer.key());
    }

    private static long lane(Timer timer) {
        return POSTGRES.sql().number("SELECT lane FROM timer WHERE id = ?", timer.id());
    }

    @Test
    void moves_cancelled_timers_into_the_history() {
        Timer timer = insert(timer(null, NOW));
        assertThat(this.<Set<UUID>>in(timers -> timers.cancel(List.of(timer.id(), id()), NOW)))
                .isEqualTo(Set.of(timer.id()));
        assertThat(find(timer.id()).status()).isEqualTo(TimerStatus.CANCELLED);
    }

    @Test
    void lists_those_that_wait_and_those_that_are_finished_page_by_page_newest_first() {
        UUID workflowId = id();
        Run run = Samples.run(workflowId, null);
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            Timer timer = insert(timerOf(run, id()));
            ids.add(0, timer.id());
            if (i % 2 == 0) {
                settle(timer, TimerStatus.DELIVERED);
            }
        }
        assertThat(listAll(new TimerFilter(workflowId, null, null, null, null, null)))
                .isEqualTo(ids);
        assertThat(listAll(new TimerFilter(null, null, run.id(), TimerStatus.DELIVERED, null, null)))
                .hasSize(4);
        assertThat(listAll(new TimerFilter(null, null, run.id(), TimerStatus.SCHEDULED, null, null)))
                .hasSize(3);
        assertThat(this.<List<Timer>>in(timers -> timers.ofRun(run.id()))).hasSize(3);
        assertThat(this.<List<Timer>>in(timers -> timers.finishedOfRun(run.id(), Days.of(NOW))))
                .hasSize(4);
    }

    @Test
    void ends_a_page_and_an_operation_s_set_early_where_bodies_are_large() {
        UUID workflowId = id();
        Run run = Samples.run(workflowId, null);
        JsonText body = JsonText.parse("\"" + "x".repeat(1 << 20) + "\"");
        List<Timer> large = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            Timer timer = timerOf(run, id());
            TimerSpec spec = timer.spec();
            Action action = new Action("POST", "http://third.party/", Map.of(), body);
            large.add(insert(Timer.waiting(
                    timer.id(),
                    timer.dueAt(),
                    NOW,
                    timer.timezone(),
                    new TimerSpec(spec.delay(), action, spec.retry(), spec.timeout(), null),
                    timer.owner(),
                    null)));
        }
        TimerFilter filter = new TimerFilter(workflowId, null, null, null, null, null);
        Page<Timer> page = lists.list(filter, new PageRequest(500, null));
        assertThat(page.items()).hasSize(4);
        assertThat(listAll(filter)).hasSize(7);
        looksAtThreeAndThreeAndOne(OperationKind.CANCEL, filter);
        large.forEach(timer -> settle(timer, TimerStatus.DEAD));
        DeadFilter ofWorkflow = new DeadFilter(null, Set.of(), workflowId, null);
        Look<DeadTimer, DeadTimer> dead =
                database.inTransaction(session -> session.dead().oldest(ofWorkflow, NOW, null, 5_000, 500));
        assertThat(dead.matching()).hasSize(7);
        List<DeadStore.DeadTimer> batch =
                database.inTransaction(session -> session.dead().batch(dead.matching()));
        assertThat(batch).containsExactlyElementsOf(dead.matching().subList(0, 3));
    }

    private void looksAtThreeAndThreeAndOne(OperationKind kind, TimerFilter filter) {
        Look<KeyHolder, UUID> first = in(timers -> timers.look(kind, filter, Set.of(), id(), null, 5_000, 500));
        assertThat(first.matching()).hasSize(3);
        assertThat(first.over()).isFalse();
        Look<KeyHolder, UUID> rest = in(timers -> timers.look(kind, filter, Set.of(), id(), first.last(), 5_000, 4));
        assertThat(rest.matching()).hasSize(3).doesNotContainAnyElementsOf(first.matching());
        assertThat(rest.over()).isFalse();
        Look<KeyHolder, UUID> last = in(timers -> timers.look(kind, filter, Set.of(), id(), rest.last(), 5_000, 500));
        assertThat(last.matching()).hasSize(1);
        assertThat(last.over()).isTrue();
    }

    @Test
    void holds_a_timer_without_touching_its_action() {
        Timer timer = insert(timer(null, NOW));
        in(timers -> {
            timers.hold(Map.of(timer.id(), NOW.plusSeconds(5)));
            return true;
        });
        assertThat(find(timer.id())).isEqualTo(timer.as(TimerStatus.PAUSED).nextAttemptAt(NOW.plusSeconds(5)));
    }

    @Test
    void lists_by_due_time_where_a_due_time_is_asked_for() {
        UUID workflowId = id();
        Run run = Samples.run(workflowId, null);
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Timer timer = timerOf(run, id()).nextAttemptAt(NOW);
            Timer later = Timer.waiting(
                    timer.id(), NOW.minusSeconds(i), NOW, timer.timezone(), timer.spec(), timer.owner(), null);
            insert(later);
            ids.add(0, later.id());
        }
        assertThat(listAll(new TimerFilter(workflowId, null, null, null, NOW.minusSeconds(3), NOW)))
                .isEqualTo(ids.subList(1, 4));
    }

    @Test
    void refuses_a_cursor_of_a_list_with_another_order() {
        assertThatThrownBy(() -> lists.list(TimerFilter.ALL, new PageRequest(5, new Cursor(NOW, id()))))
                .hasMessageContaining("another order");
    }

    private List<UUID> listAll(TimerFilter filter) {
        List<UUID> ids = new ArrayList<>();
        Cursor cursor = null;
        do {
            PageRequest request = new PageRequest(2, cursor);
            Page<Timer> page = lists.list(filter, request);
            page.items().forEach(timer -> ids.add(timer.id()));
            cursor = page.next();
        } while (cursor != null);
        return ids;
    }

    private Timer insert(Timer timer) {
        assertThat(this.<Set<UUID>>in(timers -> timers.insert(List.of(timer)))).containsExactly(timer.id());
        return timer;
    }

    private void settle(Timer timer, TimerStatus status) {
        in(timers -> {
            timers.settle(List.of(settlement(timer, status)));
            return true;
        });
    }

    private Timer find(UUID id) {
        return this.<Optional<Timer>>in(timers -> timers.find(id).or(() -> timers.findFinished(id, Days.of(NOW))))
                .orElseThrow();
    }

    private <T> T in(Function<TimerStore, T> work) {
        return database.inTransaction(session -> work.apply(session.timers()));
    }
}
