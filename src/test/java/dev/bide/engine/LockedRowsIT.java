package dev.bide.engine;

import static dev.bide.engine.EngineNode.action;
import static dev.bide.engine.EngineNode.draft;
import static dev.bide.engine.EngineNode.seconds;
import static dev.bide.engine.EngineNode.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bide.testing.PostgresExtension;
import dev.bide.testing.StubThirdParty;
import dev.bide.workflow.RunStatus;
import dev.bide.workflow.TaskDraft;
import dev.bide.workflow.Timer;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.store.Operation;
import dev.bide.workflow.store.OperationKind;
import dev.bide.workflow.store.OperationStatus;
import dev.bide.workflow.store.PageRequest;
import dev.bide.workflow.store.RunFilter;
import dev.bide.workflow.store.RunStore;
import dev.bide.workflow.store.TimerFilter;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes to many, one of which somebody slow or frozen has locked. */
class LockedRowsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @RegisterExtension
    static EngineExtension node = EngineExtension.worker();

    private static final PostgresExtension POSTGRES = node.postgres();

    @RegisterExtension
    final StubThirdParty thirdParty = new StubThirdParty();

    @ParameterizedTest
    @ValueSource(
            strings = {"timer WHERE id = '%s'", "qrtz_triggers WHERE trigger_name = '%s'", "run WHERE timer_id = '%s'"})
    void a_cancel_passes_over_what_is_locked_and_comes_back_for_it(String row) throws Exception {
        Workflow workflow = node.workflow(after("t", 3600));
        node.startAll(workflow, 40);
        Timer locked = timers(workflow).get(20);
        Operation begun = node.begin(OperationKind.CANCEL, of(workflow), null, null);
        whileLocked(row.formatted(locked.id()), () -> {
            Operation waits = node.run(begun);
            assertThat(waits.status()).isEqualTo(OperationStatus.RUNNING);
            assertThat(waits.done()).isEqualTo(39);
        });
        Operation done = node.run(begun);
        assertThat(done.status()).isEqualTo(OperationStatus.COMPLETED);
        assertThat(done.matched()).isEqualTo(40);
        assertThat(done.done()).isEqualTo(40);
        assertThat(runs(workflow, RunStatus.CANCELLED)).isEqualTo(40);
    }

    /** Nothing that a cancel of all was to stop goes on after it. */
    @Test
    void a_cancel_finds_the_run_that_has_gone_on_from_the_timer_that_was_locked() throws Exception {
        Workflow workflow = node.workflow(after("one", 3600), after("two", 3600));
        node.startAll(workflow, 3);
        Timer locked = timers(workflow).get(1);
        UUID run = locked.owner().runId();
        Operation begun = node.begin(OperationKind.CANCEL, of(workflow), null, null);
        whileLocked(
                "timer WHERE id = '" + locked.id() + "'",
                () -> assertThat(node.run(begun).done()).isEqualTo(2));
        node.engine.timers().fire(locked.id());
        await().atMost(PATIENCE).until(() -> timers(workflow).stream()
                .anyMatch(timer -> timer.status().waiting() && !timer.id().equals(locked.id())));
        Operation done = node.run(begun);
        assertThat(done.status()).isEqualTo(OperationStatus.COMPLETED);
        assertThat(done.matched()).isEqualTo(3);
        assertThat(done.done()).isEqualTo(3);
        assertThat(node.engine.runs().get(run).run().status()).isEqualTo(RunStatus.CANCELLED);
        assertThat(thirdParty.calls(locked.id())).hasSize(1);
    }

    @Test
    void a_redrive_comes_back_for_what_is_locked() throws Exception {
        thirdParty.answer((path, attempt) -> attempt < 2 ? 400 : 200);
        Workflow workflow = node.workflow(after("t", 0));
        node.startAll(workflow, 10);
        await().atMost(PATIENCE).until(() -> runs(workflow, RunStatus.FAILED) == 10);
        Timer locked = timers(workflow).get(4);
        Operation begun = node.begin(OperationKind.REDRIVE, of(workflow), null, null);
        whileLocked(
                "timer_history WHERE id = '" + locked.id() + "'",
                () -> assertThat(node.run(begun).done()).isEqualTo(9));
        Operation done = node.run(begun);
        assertThat(done.status()).isEqualTo(OperationStatus.COMPLETED);
        assertThat(done.done()).isEqualTo(10);
        await().atMost(PATIENCE).until(() -> runs(workflow, RunStatus.COMPLETED) == 10);
    }

    @Test
    void a_new_version_comes_back_for_the_run_that_is_locked() throws Exception {
        Workflow workflow = node.workflow(after("t", 3600));
        node.startAll(workflow, 20);
        Timer locked = timers(workflow).get(9);
        whileLocked("run WHERE id = '" + locked.owner().runId() + "'", () -> {
            node.engine.workflows().replaceForActive(workflow.id(), draft(after("t", 7200)), null);
            node.engine.operationRunner().run();
            assertThat(behind(workflow)).isEqualTo(1);
        });
        // One turn comes to the end and begins anew, the next one moves it.
        node.engine.operationRunner().run();
        node.engine.operationRunner().run();
        assertThat(behind(workflow)).isZero();
        assertThat(timers(workflow)).allSatisfy(timer -> assertThat(timer.dueAt())
                .isEqualTo(timer.createdAt().plusSeconds(7200)));
    }

    /** What waits for the lock does so on another thread, so that a test which fails ends. */
    private static void whileLocked(String row, Runnable work) throws Exception {
        try (Connection connection = POSTGRES.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            assertThat(statement
                            .executeQuery("SELECT 1 FROM " + row + " FOR UPDATE")
                            .next())
                    .isTrue();
            try {
                CompletableFuture.runAsync(work).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            } finally {
                connection.rollback();
            }
        }
    }

    private TaskDraft after(String name, int seconds) {
        return task(name, seconds(seconds), action(thirdParty.url("/" + name)));
    }

    private static TimerFilter of(Workflow workflow) {
        return new TimerFilter(workflow.id(), null, null, null, null, null);
    }

    private static List<Timer> timers(Workflow workflow) {
        return node.engine
                .timers()
                .list(of(workflow), new PageRequest(500, null))
                .items();
    }

    private static long runs(Workflow workflow, RunStatus status) {
        return node.engine
                .runs()
                .list(RunFilter.of(workflow.id(), status, null), new PageRequest(500, null))
                .items()
                .size();
    }

    private static int behind(Workflow workflow) {
        return node.database
                .<RunStore.Behind>inTransaction(session -> session.runs().behind(workflow.id(), 2, null, 500))
                .runs()
                .size();
    }
}
