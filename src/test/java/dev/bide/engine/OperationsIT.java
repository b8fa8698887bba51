package dev.bide.engine;

import static dev.bide.engine.EngineNode.action;
import static dev.bide.engine.EngineNode.seconds;
import static dev.bide.engine.EngineNode.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.bide.delay.Delay;
import dev.bide.testing.Delays;
import dev.bide.testing.PostgresExtension;
import dev.bide.testing.StubThirdParty;
import dev.bide.workflow.Ids;
import dev.bide.workflow.RefusedException;
import dev.bide.workflow.RetryPolicy;
import dev.bide.workflow.RunStatus;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerDraft;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.WorkflowDraft;
import dev.bide.workflow.store.Operation;
import dev.bide.workflow.store.OperationKind;
import dev.bide.workflow.store.OperationStatus;
import dev.bide.workflow.store.Page;
import dev.bide.workflow.store.PageRequest;
import dev.bide.workflow.store.RunFilter;
import dev.bide.workflow.store.RunStore;
import dev.bide.workflow.store.RunWithInput;
import dev.bide.workflow.store.TimerFilter;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class OperationsIT {
    @RegisterExtension
    static EngineExtension node = EngineExtension.worker();

    private static final PostgresExtension POSTGRES = node.postgres();

    @RegisterExtension
    final StubThirdParty thirdParty = new StubThirdParty();

    @AfterEach
    void dead_timers_and_their_rows_are_the_same() {
        node.requireEachDeadTimerOnce();
    }

    @Test
    void cancels_all_that_match_and_their_runs_and_nothing_else() {
        Workflow workflow = workflow(3600);
        Workflow other = workflow(3600);
        node.startAll(workflow, 1_200);
        node.startAll(other, 3);
        TimerFilter filter = of(workflow);
        OperationCounts.Count count = node.engine
                .operations()
                .count(OperationKind.CANCEL, new Operation.Request(filter, Operation.END, null, null, null));
        assertThat(count.matching().count()).isEqualTo(1_200);
        assertThat(count.complete()).isTrue();
        assertThat(count.matching().sample()).hasSize(10);
        Operation operation = node.begin(OperationKind.CANCEL, filter, null, null);
        assertThat(operation.matched()).as("found on the way").isZero();
        node.startAll(workflow, 2);
        Operation done = node.run(operation);
        assertThat(done.status()).isEqualTo(OperationStatus.COMPLETED);
        assertThat(done.matched()).isEqualTo(1_200);
        assertThat(done.done()).isEqualTo(1_200);
        assertThat(done.failed()).isZero();
        assertThat(runs(workflow, RunStatus.CANCELLED)).isEqualTo(1_200);
        assertThat(runs(workflow, RunStatus.ACTIVE)).as("started later").isEqualTo(2);
        assertThat(runs(other, RunStatus.ACTIVE)).isEqualTo(3);
    }

    /** Nothing listens there: the breaker opens, and at any moment some timers are in hand, to be put back. */
    @Test
    void a_cancel_of_all_leaves_nothing_going() throws Exception {
        String away = "http://127.0.0.1:" + closedPort() + "/";
        RetryPolicy retry = new RetryPolicy(3, Duration.ofSeconds(1), 2, Duration.ofMinutes(1));
        List<TimerDraft> drafts = IntStream.range(0, 4_000)
                .mapToObj(i ->
                        new TimerDraft(null, seconds(0), EngineNode.action(away), retry, Duration.ofSeconds(10), null))
                .toList();
        assertThat(node.engine.timers().createAll(drafts.stream().map(Asked::of).toList()))
                .allMatch(Acceptance.Created.class::isInstance);
        await().atMost(Duration.ofSeconds(30)).until(() -> count("timer WHERE attempts_spent > 0") > 50);
        Operation begun = node.begin(OperationKind.CANCEL, TimerFilter.ALL, null, null);
        Operation done = await().atMost(Duration.ofSeconds(60))
                .until(() -> node.run(begun), operation -> operation.status() == OperationStatus.COMPLETED);
        assertThat(done.matched()).isEqualTo(done.done() + done.failed());
        assertThat(count("timer")).isZero();
        assertThat(count("qrtz_triggers WHERE sched_name = 'bide'")).isZero();
        assertThat(count("operation_rest")).isZero();
    }

    @Test
    void a_cancel_ends_the_run_of_a_timer_that_is_being_delivered_and_waits_for_its_call() {
        thirdParty.delay(Duration.ofSeconds(2));
        Workflow workflow = node.engine
                .workflows()
                .create(new WorkflowDraft(
                        "w",
                        null,
                        null,
                        List.of(
                                task("t", seconds(0), action(thirdParty.url("/t"))),
                                task("next", seconds(0), action(thirdParty.url("/next"))))));
        node.startAll(workflow, 3);
        await().atMost(Duration.ofSeconds(30)).until(() -> thirdParty.calls().size() == 3);
        Operation operation = node.run(node.begin(OperationKind.CANCEL, of(workflow), null, null));
        assertThat(operation.status()).isEqualTo(OperationStatus.RUNNING);
        assertThat(runs(workflow, RunStatus.CANCELLED)).isEqualTo(3);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> node.run(operation), again -> again.status() == OperationStatus.COMPLETED);
        assertThat(timers(of(workflow))).extracting(Timer::status).hasSize(3).containsOnly(TimerStatus.DELIVERED);
        assertThat(thirdParty.calls()).hasSize(3);
    }

    @Test
    void goes_on_in_short_steps_where_hardly_any_match() {
        Workflow workflow = workflow(3600);
        node.startAll(workflow, 1);
        Timer last = timers(of(workflow)).get(0);
        Jdbi jdbi = Jdbi.create(POSTGRES.dataSource());
        // Before it in order of id.
        jdbi.useHandle(handle -> handle.execute(
                "INSERT INTO timer SELECT lpad(to_hex(n), 32, '0')::uuid, 'scheduled', now() + interval '1 day', now() + interval '1 day',"
                        + " now(), 'UTC', '{}', 0 FROM generate_series(1, 200000) AS n"));
        try {
            TimerFilter filter = new TimerFilter(
                    null, null, null, null, last.dueAt(), last.dueAt().plusMillis(1));
            assertThat(node.engine
                            .operations()
                            .count(OperationKind.PAUSE, new Operation.Request(filter, Operation.END, null, null, null))
                            .matching()
                            .count())
                    .as("as far as it comes while somebody waits")
                    .isLessThanOrEqualTo(1);
            Operation begun = node.begin(OperationKind.PAUSE, filter, null, null);
            long before = commits();
            assertThat(node.run(begun).status()).isEqualTo(OperationStatus.COMPLETED);
            assertThat(node.engine.timers().get(last.id()).status()).isEqualTo(TimerStatus.PAUSED);
            // A transaction for each five thousand.
            await().atMost(Duration.ofSeconds(30)).until(() -> commits() - before >= 40);
        } finally {
            jdbi.useHandle(handle -> handle.execute("DELETE FROM timer WHERE spec::text = '{}'"));
        }
    }

    private static long commits() {
        return POSTGRES.sql().number("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()");
    }

    @Test
    void an_operation_of_another_version_holds_up_no_other() {
        Workflow workflow = workflow(3600);
        node.startAll(workflow, 2);
        Jdbi jdbi = Jdbi.create(POSTGRES.dataSource());
        UUID unknown = UUID.randomUUID();
        jdbi.useHandle(handle -> {
            handle.execute("ALTER TABLE operation DROP CONSTRAINT operation_kind_check");
            handle.execute(
                    "INSERT INTO operation VALUES (?, 'teleport', '{}', 'running', 0, 0, 0, NULL, '2001-01-01', '2001-01-01', NULL)",
                    unknown);
        });
        try {
            Operation done = node.run(node.begin(OperationKind.PAUSE, of(workflow), null, null));
            assertThat(done.status()).isEqualTo(OperationStatus.COMPLETED);
            assertThat(count("operation WHERE status = 'running' AND kind = 'teleport'"))
                    .isEqualTo(1);
        } finally {
            jdbi.useHandle(handle -> handle.execute("DELETE FROM operation WHERE id = ?", unknown));
        }
    }

    /** Connections die in the middle of sets, and two nodes work on it in turn. */
    @Test
    void a_crash_repeats_nothing_and_leaves_nothing_out() throws Exception {
        Workflow workflow = workflow(3600);
        node.startAll(workflow, 3_000);
        Operation begun = node.begin(OperationKind.CANCEL, of(workflow), null, null);
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger crashes = new AtomicInteger();
        try (EngineNode other = EngineNode.api(POSTGRES.dataSource())) {
            List<CompletableFuture<Void>> runners = Stream.of(node.engine, other.engine)
                    .map(one -> CompletableFuture.runAsync(() -> runUntil(one, over)))
                    .toList();
            await().atMost(Duration.ofSeconds(120))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> {
                        crashes.addAndGet(
                                count(
                                        "(SELECT pg_terminate_backend(pid) FROM pg_locks"
                                                + " WHERE relation = 'operation'::regclass AND mode = 'RowShareLock'"
                                                + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS ended"));
                        return crashes.get() >= 5
                                || node.engine.operations().get(begun.id()).status() == OperationStatus.COMPLETED;
                    });
            await().atMost(Duration.ofSeconds(120))
                    .until(() -> node.engine.operations().get(begun.id()).status() == OperationStatus.COMPLETED);
            over.set(true);
            for (CompletableFuture<Void> runner : runners) {
                runner.get(60, TimeUnit.SECONDS);
            }
        }
        assertThat(crashes.get()).isPositive();
        Operation done = node.engine.operations().get(begun.id());
        assertThat(done.done()).isEqualTo(3_000);
        assertThat(done.failed()).isZero();
        assertThat(done.matched()).isEqualTo(3_000);
        assertThat(count("timer_history WHERE status = 'cancelled' AND workflow_id = '" + workflow.id() + "'"))
                .isEqualTo(3_000);
        assertThat(runs(workflow, RunStatus.CANCELLED)).isEqualTo(3_000);
    }

    @Test
    void those_that_overlap_don_t_wait_for_each_other_in_a_circle() throws Exception {
        Workflow workflow = workflow(3600);
        node.startAll(workflow, 1_500);
        AtomicBoolean over = new AtomicBoolean();
        long before = deadlocks();
        try (EngineNode other = EngineNode.api(POSTGRES.dataSource())) {
            List<CompletableFuture<Void>> runners = Stream.of(node.engine, other.engine)
                    .map(one -> CompletableFuture.runAsync(() -> runUntil(one, over)))
                    .toList();
            List<Operation> operations = Stream.of(
                            OperationKind.PAUSE, OperationKind.RESCHEDULE, OperationKind.RESUME, OperationKind.CANCEL)
                    .map(kind -> node.begin(
                            kind,
                            of(workflow),
                            null,
                            kind == OperationKind.RESCHEDULE ? Instant.now().plusSeconds(9_999) : null))
                    .toList();
            await().atMost(Duration.ofSeconds(120)).until(() -> operations.stream()
                    .map(operation ->
                            node.engine.operations().get(operation.id()).status())
                    .allMatch(status -> status == OperationStatus.COMPLETED));
            over.set(true);
            for (CompletableFuture<Void> runner : runners) {
                runner.get(60, TimeUnit.SECONDS);
            }
        }
        assertThat(runs(workflow, RunStatus.CANCELLED)).isEqualTo(1_500);
        assertThat(deadlocks()).isEqualTo(before);
    }

    private static void runUntil(Engine one, AtomicBoolean over) {
        while (!over.get()) {
            try {
                one.operationRunner().run();
            } catch (RuntimeException e) {
                // Its connection was ended: the next turn goes on, as the control plane's does.
            }
        }
    }

    private static long deadlocks() {
        return POSTGRES.sql().number("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()");
    }

    private static int count(String of) {
        return Math.toIntExact(POSTGRES.sql().number("SELECT count(*) FROM " + of));
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Test
    void pauses_resumes_and_reschedules_all_that_match() {
        Workflow workflow = workflow(3600);
        node.startAll(workflow, 20);
        TimerFilter filter = of(workflow);
        node.run(node.begin(OperationKind.PAUSE, filter, null, null));
        assertThat(timers(filter)).extracting(Timer::status).containsOnly(TimerStatus.PAUSED);
        node.run(node.begin(OperationKind.RESCHEDULE, filter, seconds(60), null));
        assertThat(timers(filter)).allSatisfy(timer -> {
            assertThat(timer.status()).isEqualTo(TimerStatus.PAUSED);
            assertThat(timer.dueAt()).isBefore(Instant.now().plusSeconds(61));
        });
        node.run(node.begin(OperationKind.RESUME, filter, null, null));
        assertThat(timers(filter)).extracting(Timer::status).containsOnly(TimerStatus.SCHEDULED);
        node.run(node.begin(OperationKind.RESCHEDULE, filter, null, Instant.now()));
        await().atMost(Duration.ofSeconds(30)).until(() -> runs(workflow, RunStatus.COMPLETED) == 20);
    }

    @Test
    void passes_over_a_timer_that_this_version_can_t_read() {
        Workflow workflow = workflow(3600);
        node.startAll(workflow, 3);
        UUID unread = timers(of(workflow)).get(1).id();
        Jdbi jdbi = Jdbi.create(POSTGRES.dataSource());
        jdbi.useHandle(handle -> handle.execute("UPDATE timer SET timezone = 'Nowhere' WHERE id = ?", unread));
        for (OperationKind kind : List.of(OperationKind.PAUSE, OperationKind.RESUME, OperationKind.CANCEL)) {
            Operation done = node.run(node.begin(kind, of(workflow), null, null));
            assertThat(done.done()).as(kind.toString()).isEqualTo(2);
        }
        jdbi.useHandle(handle -> handle.execute("UPDATE timer SET timezone = 'UTC' WHERE id = ?", unread));
        assertThat(node.engine.timers().get(unread).status()).isEqualTo(TimerStatus.SCHEDULED);
    }

    @Test
    void redrives_the_others_where_this_version_can_t_read_one() {
        thirdParty.answer((path, attempt) -> attempt < 2 ? 400 : 200);
        Workflow workflow = workflow(0);
        node.startAll(workflow, 3);
        await().atMost(Duration.ofSeconds(30)).until(() -> runs(workflow, RunStatus.FAILED) == 3);
        UUID unread = timers(of(workflow)).get(1).id();
        Jdbi jdbi = Jdbi.create(POSTGRES.dataSource());
        jdbi.useHandle(handle -> handle.execute("UPDATE timer_history SET timezone = 'Nowhere' WHERE id = ?", unread));
        Operation done = node.run(node.begin(OperationKind.REDRIVE, of(workflow), null, null));
        assertThat(done.status()).isEqualTo(OperationStatus.COMPLETED);
        assertThat(done.done()).isEqualTo(2);
        assertThat(done.failed()).isEqualTo(1);
        await().atMost(Duration.ofSeconds(30)).until(() -> runs(workflow, RunStatus.COMPLETED) == 2);
    }

    /** Between the look and the change its timer is settled, and the next one is stored. */
    @Test
    void a_cancel_ends_a_run_that_goes_on_while_it_comes_to_it() throws Exception {
        Workflow workflow = workflow(3600);
        node.startAll(workflow, 3);
        UUID settled = timers(of(workflow)).get(0).id();
        UUID next = Ids.next();
        Operation begun = node.begin(OperationKind.CANCEL, of(workflow), null, null);
        CompletableFuture<Operation> cancelled;
        try (var connection = POSTGRES.dataSource().getConnection();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SELECT FROM qrtz_triggers WHERE trigger_name = '" + settled + "' FOR UPDATE");
            cancelled = CompletableFuture.supplyAsync(() -> node.run(begun));
            // It waits for no longer than 200 ms; if that is over, it looks again, and sees the next one.
            await().pollInterval(Duration.ofMillis(5))
                    .atMost(Duration.ofSeconds(20))
                    .until(POSTGRES::somebodyWaitsForALock);
            statement.execute(
                    "UPDATE qrtz_triggers SET trigger_name = '" + next + "' WHERE trigger_name = '" + settled + "'");
            statement.execute("UPDATE timer SET id = '" + next + "' WHERE id = '" + settled + "'");
            statement.execute("UPDATE run SET timer_id = '" + next + "' WHERE timer_id = '" + settled + "'");
            connection.commit();
        }
        Operation done = cancelled.get(30, TimeUnit.SECONDS);
        assertThat(done.status()).isEqualTo(OperationStatus.COMPLETED);
        assertThat(runs(workflow, RunStatus.CANCELLED)).isEqualTo(3);
        assertThat(done.done()).isEqualTo(3);
        assertThat(done.matched()).isEqualTo(3 + done.failed());
    }

    /** The date is today where it ends last, and over where it ends first. */
    @Test
    void leaves_alone_what_can_t_wait_for_the_new_delay() {
        ZoneId last = ZoneId.of("Etc/GMT+12");
        Delay today =
                Delays.of(Map.of("type", "date", "date", LocalDate.now(last).toString(), "ifPast", "reject"));
        Timer usable = timer(last);
        Timer not = timer(ZoneId.of("Etc/GMT-14"));
        TimerFilter both = new TimerFilter(
                null, null, null, null, usable.dueAt(), not.dueAt().plusSeconds(1));
        Operation done = node.run(node.begin(OperationKind.RESCHEDULE, both, today, null));
        assertThat(done.done()).isEqualTo(1);
        assertThat(done.failed()).isEqualTo(1);
        assertThat(node.engine.timers().get(not.id())).isEqualTo(not);
        assertThatThrownBy(() -> node.begin(
                        OperationKind.RESCHEDULE,
                        both,
                        Delays.of(Map.of("type", "date", "date", "2001-01-01", "ifPast", "skip")),
                        null))
                .isInstanceOf(RefusedException.class);
    }

    private Timer timer(ZoneId zone) {
        TimerDraft draft = EngineNode.timer(null, 7200, thirdParty.url("/t"));
        return node.engine
                .timers()
                .create(new TimerDraft(null, draft.delay(), draft.action(), draft.retry(), draft.timeout(), zone))
                .join()
                .value();
    }

    @Test
    void redrives_all_dead_ones() {
        thirdParty.answer((path, attempt) -> attempt < 2 ? 400 : 200);
        Workflow workflow = workflow(0);
        node.startAll(workflow, 20);
        await().atMost(Duration.ofSeconds(30)).until(() -> runs(workflow, RunStatus.FAILED) == 20);
        Operation done = node.run(node.begin(OperationKind.REDRIVE, of(workflow), null, null));
        assertThat(done.done()).isEqualTo(20);
        await().atMost(Duration.ofSeconds(30)).until(() -> runs(workflow, RunStatus.COMPLETED) == 20);
    }

    @Test
    void stops_when_it_is_cancelled() {
        Workflow workflow = workflow(3600);
        node.startAll(workflow, 5);
        Operation operation = node.begin(OperationKind.CANCEL, of(workflow), null, null);
        assertThat(node.engine.operations().cancel(operation.id()).status()).isEqualTo(OperationStatus.CANCELLED);
        node.engine.operationRunner().run();
        assertThat(runs(workflow, RunStatus.ACTIVE)).isEqualTo(5);
        assertThatThrownBy(() -> node.engine.operations().cancel(operation.id()))
                .isInstanceOf(RefusedException.class);
    }

    @Test
    void moves_thousands_of_runs_to_a_new_version_in_the_background() {
        Workflow workflow = workflow(3600);
        node.startAll(workflow, 1_300);
        node.engine.workflows().replaceForActive(workflow.id(), draft(7200), null);
        node.engine.operationRunner().run();
        Page<Timer> page = node.engine.timers().list(of(workflow), new PageRequest(500, null));
        assertThat(page.items()).allSatisfy(timer -> assertThat(timer.dueAt())
                .isEqualTo(timer.createdAt().plusSeconds(7200)));
        assertThat(node.database
                        .<RunStore.Behind>inTransaction(
                                session -> session.runs().behind(workflow.id(), 2, null, 1))
                        .runs())
                .isEmpty();
    }

    @Test
    void an_operation_that_fails_holds_up_no_other() {
        Workflow bad = workflow(3600);
        Workflow good = workflow(3600);
        node.startAll(bad, 2);
        node.startAll(good, 2);
        Operation fails = node.begin(OperationKind.CANCEL, of(bad), null, null);
        Operation works = node.begin(OperationKind.CANCEL, of(good), null, null);
        Jdbi jdbi = Jdbi.create(POSTGRES.dataSource());
        jdbi.useHandle(
                handle -> handle.execute("ALTER TABLE timer_history ADD CONSTRAINT not_this CHECK (workflow_id <> '"
                        + bad.id() + "') NOT VALID"));
        try {
            assertThat(node.run(works).status()).isEqualTo(OperationStatus.COMPLETED);
            assertThat(node.engine.operations().get(fails.id()).status()).isEqualTo(OperationStatus.RUNNING);
        } finally {
            jdbi.useHandle(handle -> handle.execute("ALTER TABLE timer_history DROP CONSTRAINT not_this"));
        }
        assertThat(node.run(fails).done()).isEqualTo(2);
    }

    @Test
    void begins_to_move_runs_in_the_transaction_of_the_new_version() {
        Workflow workflow = workflow(3600);
        node.startAll(workflow, 3);
        Jdbi jdbi = Jdbi.create(POSTGRES.dataSource());
        jdbi.useHandle(
                handle -> handle.execute("ALTER TABLE operation ADD CONSTRAINT full_up CHECK (false) NOT VALID"));
        try {
            assertThatThrownBy(() -> node.engine.workflows().replaceForActive(workflow.id(), draft(7200), null))
                    .hasMessageContaining("full_up");
        } finally {
            jdbi.useHandle(handle -> handle.execute("ALTER TABLE operation DROP CONSTRAINT full_up"));
        }
        assertThat(node.engine.workflows().get(workflow.id()).version()).isEqualTo(1);
    }

    private Workflow workflow(int seconds) {
        return node.engine.workflows().create(draft(seconds));
    }

    private WorkflowDraft draft(int seconds) {
        return new WorkflowDraft("w", null, null, List.of(task("t", seconds(seconds), action(thirdParty.url("/t")))));
    }

    private static TimerFilter of(Workflow workflow) {
        return new TimerFilter(workflow.id(), null, null, null, null, null);
    }

    private static List<Timer> timers(TimerFilter filter) {
        return node.engine.timers().list(filter, new PageRequest(500, null)).items();
    }

    private static int runs(Workflow workflow, RunStatus status) {
        int count = 0;
        Page<RunWithInput> page = null;
        do {
            PageRequest request = new PageRequest(500, page == null ? null : page.next());
            page = node.engine.runs().list(RunFilter.of(workflow.id(), status, null), request);
            count += page.items().size();
        } while (page.next() != null);
        return count;
    }
}
