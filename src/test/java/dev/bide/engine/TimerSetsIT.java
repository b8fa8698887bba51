package dev.bide.engine;

import static dev.bide.engine.EngineNode.action;
import static dev.bide.engine.EngineNode.seconds;
import static dev.bide.engine.EngineNode.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.bide.testing.PostgresExtension;
import dev.bide.workflow.RunDraft;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.WorkflowDraft;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TimerSetsIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    static EngineNode node;

    private final Jdbi jdbi = Jdbi.create(POSTGRES.dataSource());

    @BeforeAll
    static void startNode() throws Exception {
        node = EngineNode.api(POSTGRES.dataSource());
    }

    @AfterAll
    static void stopNode() {
        node.close();
    }

    @Test
    void does_not_resume_a_timer_whose_run_is_paused_at_the_same_time() throws Exception {
        Workflow workflow = node.engine
                .workflows()
                .create(new WorkflowDraft(
                        "w", null, null, List.of(task("t", seconds(3600), action("http://127.0.0.1:9/t")))));
        RunDraft draft = new RunDraft(null, null, JsonNodeFactory.instance.objectNode());
        UUID timer =
                node.engine.runs().start(workflow.id(), draft).value().timer().id();
        node.engine.timers().pause(timer);
        CompletableFuture<?> resume;
        try (var connection = POSTGRES.dataSource().getConnection();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SELECT FROM qrtz_triggers FOR UPDATE");
            resume = CompletableFuture.runAsync(() -> node.engine.timers().resume(timer));
            await().atMost(Duration.ofSeconds(20)).until(this::somebodyWaitsForALock);
            statement.execute("UPDATE run SET status = 'paused'");
            connection.commit();
        }
        assertThatThrownBy(() -> resume.get(20, TimeUnit.SECONDS)).hasMessageContaining("a run that is paused");
        assertThat(node.engine.timers().get(timer).status()).isEqualTo(TimerStatus.PAUSED);
        String state = jdbi.withHandle(handle -> handle.createQuery("SELECT trigger_state FROM qrtz_triggers")
                .mapTo(String.class)
                .one());
        assertThat(state).isEqualTo("PAUSED");
    }

    private boolean somebodyWaitsForALock() {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
                .mapTo(Boolean.class)
                .one());
    }
}
