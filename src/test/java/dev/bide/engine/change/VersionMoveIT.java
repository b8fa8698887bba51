package dev.bide.engine.change;

import static dev.bide.engine.EngineNode.action;
import static dev.bide.engine.EngineNode.seconds;
import static dev.bide.engine.EngineNode.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bide.engine.Accepted;
import dev.bide.engine.EngineExtension;
import dev.bide.engine.RunView;
import dev.bide.testing.PostgresExtension;
import dev.bide.workflow.JsonText;
import dev.bide.workflow.RunDraft;
import dev.bide.workflow.Timer;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.WorkflowDraft;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class VersionMoveIT {
    @RegisterExtension
    static EngineExtension node = EngineExtension.api();

    private static final PostgresExtension POSTGRES = node.postgres();

    private final Jdbi jdbi = Jdbi.create(POSTGRES.dataSource());

    @Test
    void never_moves_a_run_or_its_timer_back() throws Exception {
        Workflow workflow = node.engine.workflows().create(draft(3600));
        UUID run = start(workflow);
        node.engine.workflows().replace(workflow.id(), draft(7200), null);
        CompletableFuture<Void> slower;
        try (var connection = POSTGRES.dataSource().getConnection();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SELECT FROM qrtz_triggers FOR UPDATE");
            // Version 3 is on its way: it has read the run, and waits for the trigger.
            slower = CompletableFuture.runAsync(
                    () -> node.engine.workflows().replaceForActive(workflow.id(), draft(9000), null));
            await().atMost(Duration.ofSeconds(20)).until(POSTGRES::somebodyWaitsForALock);
            // Meanwhile version 4 has come, and moved it.
            statement.execute(
                    "INSERT INTO workflow_version SELECT workflow_id, 4, name, description, timezone, tasks, created_at"
                            + " FROM workflow_version WHERE version = 2 AND workflow_id = '" + workflow.id() + "'");
            statement.execute("UPDATE run SET workflow_version = 4 WHERE id = '" + run + "'");
            statement.execute(
                    "UPDATE timer SET workflow_version = 4, attempts_spent = 1, due_at = created_at + interval '5 hours',"
                            + " next_attempt_at = created_at + interval '5 hours' WHERE run_id = '" + run + "'");
            connection.commit();
        }
        slower.get(20, TimeUnit.SECONDS);
        Timer timer = node.engine.runs().get(run).timer();
        assertThat(node.engine.runs().get(run).run().workflowVersion()).isEqualTo(4);
        assertThat(timer.owner().workflowVersion()).isEqualTo(4);
        assertThat(timer.dueAt()).isEqualTo(timer.createdAt().plus(Duration.ofHours(5)));
        assertThat(node.fires(timer.id())).isEqualTo(timer.dueAt().toEpochMilli());
    }

    @Test
    void a_run_that_is_started_at_the_same_time_goes_by_the_new_version() throws Exception {
        Workflow workflow = node.engine.workflows().create(draft(3600));
        CompletableFuture<Accepted<RunView>> started;
        CompletableFuture<Workflow> changed;
        try (var connection = POSTGRES.dataSource().getConnection();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("LOCK TABLE run IN SHARE MODE");
            // It has read version 1, and waits to be stored.
            started = node.engine.runs().start(workflow.id(), new RunDraft(null, null, JsonText.EMPTY_OBJECT));
            await().atMost(Duration.ofSeconds(20)).until(() -> POSTGRES.waitingForALock() == 1);
            changed = CompletableFuture.supplyAsync(() -> node.engine
                    .workflows()
                    .replaceForActive(workflow.id(), draft(7200), null)
                    .workflow());
            await().atMost(Duration.ofSeconds(20)).until(() -> changed.isDone() || POSTGRES.waitingForALock() == 2);
            connection.commit();
        }
        assertThat(changed.get(20, TimeUnit.SECONDS).version()).isEqualTo(2);
        UUID run = started.get(20, TimeUnit.SECONDS).value().run().id();
        RunView view = node.engine.runs().get(run);
        assertThat(view.run().workflowVersion()).isEqualTo(2);
        assertThat(view.timer().dueAt()).isEqualTo(view.timer().createdAt().plusSeconds(7200));
    }

    @Test
    void a_run_whose_version_can_t_be_read_keeps_it_since_nobody_knows_what_it_has_passed() {
        Workflow workflow = node.engine.workflows().create(draft(3600));
        UUID unreadable = start(workflow);
        node.engine.workflows().replace(workflow.id(), draft(3600), null);
        UUID readable = start(workflow);
        jdbi.useHandle(handle -> handle.execute(
                "UPDATE workflow_version SET tasks = jsonb_set(tasks::jsonb, '{0,delay,type}', '\"moon\"')::json"
                        + " WHERE version = 1 AND workflow_id = ?",
                workflow.id()));
        Instant due = node.engine.runs().get(unreadable).timer().dueAt();
        node.engine.workflows().replaceForActive(workflow.id(), draft(7200), null);
        assertThat(node.engine.runs().get(readable).run().workflowVersion()).isEqualTo(3);
        RunView kept = node.engine.runs().get(unreadable);
        assertThat(kept.run().workflowVersion()).isEqualTo(1);
        assertThat(kept.timer().owner().workflowVersion()).isEqualTo(1);
        assertThat(kept.timer().dueAt()).isEqualTo(due);
    }

    private static UUID start(Workflow workflow) {
        return node.start(workflow, null).run().id();
    }

    private static WorkflowDraft draft(int seconds) {
        return new WorkflowDraft("w", null, null, List.of(task("t", seconds(seconds), action("http://127.0.0.1:9/t"))));
    }
}
