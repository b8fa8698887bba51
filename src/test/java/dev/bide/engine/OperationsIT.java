package dev.bide.engine;

import static dev.bide.engine.EngineNode.action;
import static dev.bide.engine.EngineNode.seconds;
import static dev.bide.engine.EngineNode.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.bide.delay.Delay;
import dev.bide.testing.PostgresExtension;
import dev.bide.testing.StubThirdParty;
import dev.bide.workflow.JsonText;
import dev.bide.workflow.Operation;
import dev.bide.workflow.OperationKind;
import dev.bide.workflow.OperationStatus;
import dev.bide.workflow.Page;
import dev.bide.workflow.PageRequest;
import dev.bide.workflow.RunDraft;
import dev.bide.workflow.RunFilter;
import dev.bide.workflow.RunStatus;
import dev.bide.workflow.RunWithInput;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerDraft;
import dev.bide.workflow.TimerFilter;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.WorkflowDraft;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class OperationsIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    @RegisterExtension
    final StubThirdParty thirdParty = new StubThirdParty();

    static EngineNode node;

    @BeforeAll
    static void startNode() throws Exception {
        node = EngineNode.worker(POSTGRES.dataSource());
    }

    @AfterAll
    static void stopNode() {
        node.close();
    }

    @Test
    void cancels_all_that_match_and_their_runs_and_nothing_else() {
        Workflow workflow = workflow(3600);
        Workflow other = workflow(3600);
        start(workflow, 1_200);
        start(other, 3);
        TimerFilter filter = of(workflow);
        assertThat(node.engine.operations().count(OperationKind.CANCEL, filter)).isEqualTo(1_200);
        Operation operation = node.engine.operations().begin(OperationKind.CANCEL, filter, null, null);
        assertThat(operation.matched()).isEqualTo(1_200);
        start(workflow, 2);
        Operation done = run(operation);
        assertThat(done.status()).isEqualTo(OperationStatus.COMPLETED);
        assertThat(done.done()).isEqualTo(1_200);
        assertThat(done.failed()).isZero();
        assertThat(runs(workflow, RunStatus.CANCELLED)).isEqualTo(1_200);
        assertThat(runs(workflow, RunStatus.ACTIVE)).as("started later").isEqualTo(2);
        assertThat(runs(other, RunStatus.ACTIVE)).isEqualTo(3);
    }

    @Test
    void pauses_resumes_and_reschedules_all_that_match() {
        Workflow workflow = workflow(3600);
        start(workflow, 20);
        TimerFilter filter = of(workflow);
        run(node.engine.operations().begin(OperationKind.PAUSE, filter, null, null));
        assertThat(timers(filter)).extracting(Timer::status).containsOnly(TimerStatus.PAUSED);
        run(node.engine.operations().begin(OperationKind.RESCHEDULE, filter, seconds(60), null));
        assertThat(timers(filter)).allSatisfy(timer -> {
            assertThat(timer.status()).isEqualTo(TimerStatus.PAUSED);
            assertThat(timer.dueAt()).isBefore(Instant.now().plusSeconds(61));
        });
        run(node.engine.operations().begin(OperationKind.RESUME, filter, null, null));
        assertThat(timers(filter)).extracting(Timer::status).containsOnly(TimerStatus.SCHEDULED);
        run(node.engine.operations().begin(OperationKind.RESCHEDULE, filter, null, Instant.now()));
        await().atMost(Duration.ofSeconds(30)).until(() -> runs(workflow, RunStatus.COMPLETED) == 20);
    }

    @Test
    void passes_over_a_timer_that_this_version_can_t_read() {
        Workflow workflow = workflow(3600);
        start(workflow, 3);
        UUID unread = timers(of(workflow)).get(1).id();
        Jdbi jdbi = Jdbi.create(POSTGRES.dataSource());
        jdbi.useHandle(handle -> handle.execute("UPDATE timer SET timezone = 'Nowhere' WHERE id = ?", unread));
        for (OperationKind kind : List.of(OperationKind.PAUSE, OperationKind.RESUME, OperationKind.CANCEL)) {
            Operation done = run(node.engine.operations().begin(kind, of(workflow), null, null));
            assertThat(done.done()).as(kind.toString()).isEqualTo(2);
        }
        jdbi.useHandle(handle -> handle.execute("UPDATE timer SET timezone = 'UTC' WHERE id = ?", unread));
        assertThat(node.engine.timers().get(unread).status()).isEqualTo(TimerStatus.SCHEDULED);
    }

    /** The date is today where it ends last, and over where it ends first. */
    @Test
    void leaves_alone_what_can_t_wait_for_the_new_delay() {
        ZoneId last = ZoneId.of("Etc/GMT+12");
        Delay today = Delay.fromJson(
                Map.of("type", "date", "date", LocalDate.now(last).toString(), "ifPast", "reject"));
        Timer usable = timer(last);
        Timer not = timer(ZoneId.of("Etc/GMT-14"));
        TimerFilter both = new TimerFilter(
                null, null, null, null, usable.dueAt(), not.dueAt().plusSeconds(1));
        Operation done = run(node.engine.operations().begin(OperationKind.RESCHEDULE, both, today, null));
        assertThat(done.done()).isEqualTo(1);
        assertThat(done.failed()).isEqualTo(1);
        assertThat(node.engine.timers().get(not.id())).isEqualTo(not);
        assertThatThrownBy(() -> node.engine
                        .operations()
                        .begin(
                                OperationKind.RESCHEDULE,
                                both,
                                Delay.fromJson(Map.of("type", "date", "date", "2001-01-01", "ifPast", "skip")),
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
        start(workflow, 20);
        await().atMost(Duration.ofSeconds(30)).until(() -> runs(workflow, RunStatus.FAILED) == 20);
        Operation done = run(node.engine.operations().begin(OperationKind.REDRIVE, of(workflow), null, null));
        assertThat(done.done()).isEqualTo(20);
        await().atMost(Duration.ofSeconds(30)).until(() -> runs(workflow, RunStatus.COMPLETED) == 20);
    }

    @Test
    void stops_when_it_is_cancelled() {
        Workflow workflow = workflow(3600);
        start(workflow, 5);
        Operation operation = node.engine.operations().begin(OperationKind.CANCEL, of(workflow), null, null);
        assertThat(node.engine.operations().cancel(operation.id()).status()).isEqualTo(OperationStatus.CANCELLED);
        node.engine.operationRunner().run();
        assertThat(runs(workflow, RunStatus.ACTIVE)).isEqualTo(5);
        assertThatThrownBy(() -> node.engine.operations().cancel(operation.id()))
                .isInstanceOf(RefusedException.class);
    }

    @Test
    void moves_thousands_of_runs_to_a_new_version_in_the_background() {
        Workflow workflow = workflow(3600);
        start(workflow, 1_300);
        node.engine.workflows().replace(workflow.id(), draft(7200), null, true);
        node.engine.operationRunner().run();
        Page<Timer> page = node.engine.timers().list(of(workflow), new PageRequest(500, null));
        assertThat(page.items()).allSatisfy(timer -> assertThat(timer.dueAt())
                .isEqualTo(timer.createdAt().plusSeconds(7200)));
        assertThat(node.database.<Long>inTransaction(session -> session.runs().countBehind(workflow.id(), 2)))
                .isZero();
    }

    @Test
    void an_operation_that_fails_holds_up_no_other() {
        Workflow bad = workflow(3600);
        Workflow good = workflow(3600);
        start(bad, 2);
        start(good, 2);
        Operation fails = node.engine.operations().begin(OperationKind.CANCEL, of(bad), null, null);
        Operation works = node.engine.operations().begin(OperationKind.CANCEL, of(good), null, null);
        Jdbi jdbi = Jdbi.create(POSTGRES.dataSource());
        jdbi.useHandle(
                handle -> handle.execute("ALTER TABLE timer_history ADD CONSTRAINT not_this CHECK (workflow_id <> '"
                        + bad.id() + "') NOT VALID"));
        try {
            assertThat(run(works).status()).isEqualTo(OperationStatus.COMPLETED);
            assertThat(node.engine.operations().get(fails.id()).status()).isEqualTo(OperationStatus.RUNNING);
        } finally {
            jdbi.useHandle(handle -> handle.execute("ALTER TABLE timer_history DROP CONSTRAINT not_this"));
        }
        assertThat(run(fails).done()).isEqualTo(2);
    }

    @Test
    void begins_to_move_runs_in_the_transaction_of_the_new_version() {
        Workflow workflow = workflow(3600);
        start(workflow, 3);
        Jdbi jdbi = Jdbi.create(POSTGRES.dataSource());
        jdbi.useHandle(
                handle -> handle.execute("ALTER TABLE operation ADD CONSTRAINT full_up CHECK (false) NOT VALID"));
        try {
            assertThatThrownBy(() -> node.engine.workflows().replace(workflow.id(), draft(7200), null, true))
                    .hasMessageContaining("full_up");
        } finally {
            jdbi.useHandle(handle -> handle.execute("ALTER TABLE operation DROP CONSTRAINT full_up"));
        }
        assertThat(node.engine.workflows().get(workflow.id()).version()).isEqualTo(1);
    }

    private static Operation run(Operation operation) {
        node.engine.operationRunner().run();
        return node.engine.operations().get(operation.id());
    }

    private Workflow workflow(int seconds) {
        return node.engine.workflows().create(draft(seconds));
    }

    private WorkflowDraft draft(int seconds) {
        return new WorkflowDraft("w", null, null, List.of(task("t", seconds(seconds), action(thirdParty.url("/t")))));
    }

    private static void start(Workflow workflow, int count) {
        List<RunDraft> drafts = IntStream.range(0, count)
                .mapToObj(i -> new RunDraft(null, null, JsonText.EMPTY_OBJECT))
                .toList();
        assertThat(node.engine.runs().startAll(workflow.id(), drafts)).allMatch(BulkResult.Stored.class::isInstance);
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
            page = node.engine.runs().list(new RunFilter(workflow.id(), status, null), request);
            count += page.items().size();
        } while (page.next() != null);
        return count;
    }
}
