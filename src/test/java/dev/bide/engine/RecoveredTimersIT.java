package dev.bide.engine;

import static dev.bide.engine.EngineNode.action;
import static dev.bide.engine.EngineNode.seconds;
import static dev.bide.engine.EngineNode.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bide.testing.PostgresExtension;
import dev.bide.testing.StubThirdParty;
import dev.bide.workflow.JsonText;
import dev.bide.workflow.RunDraft;
import dev.bide.workflow.RunStatus;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.WorkflowDraft;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Timers of a node that died, whose runs were changed while it had them in its hands. */
class RecoveredTimersIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @RegisterExtension
    static EngineExtension node = EngineExtension.worker();

    private static final PostgresExtension POSTGRES = node.postgres();

    @RegisterExtension
    final StubThirdParty thirdParty = new StubThirdParty();

    @Test
    void calls_nobody_for_a_run_that_was_cancelled_and_cancels_the_timer() {
        UUID run = start();
        UUID timer = node.engine.runs().get(run).timer().id();
        whileInOtherHands(timer, () -> node.engine.runs().cancel(run));
        awaitStatus(timer, TimerStatus.CANCELLED);
        assertThat(thirdParty.calls(timer)).isEmpty();
    }

    @Test
    void calls_nobody_for_a_run_that_was_paused_until_it_is_resumed() {
        UUID run = start();
        UUID timer = node.engine.runs().get(run).timer().id();
        whileInOtherHands(timer, () -> node.engine.runs().pause(run));
        awaitStatus(timer, TimerStatus.PAUSED);
        assertThat(thirdParty.calls(timer)).isEmpty();
        node.engine.runs().resume(run);
        await().atMost(PATIENCE).until(() -> node.engine.runs().get(run).run().status() == RunStatus.COMPLETED);
        assertThat(thirdParty.calls(timer)).hasSize(1);
    }

    /** The trigger has fired, something happens, and then the node dies and the trigger is put back. */
    private static void whileInOtherHands(UUID timer, Runnable something) {
        sql(timer, "UPDATE qrtz_triggers SET trigger_state = 'COMPLETE' WHERE trigger_name = ?");
        something.run();
        sql(timer, "UPDATE qrtz_triggers SET trigger_state = 'WAITING', next_fire_time = 1 WHERE trigger_name = ?");
    }

    private static void sql(UUID timer, String statement) {
        Jdbi.create(POSTGRES.dataSource()).useHandle(handle -> assertThat(handle.execute(statement, timer.toString()))
                .isOne());
    }

    private UUID start() {
        Workflow workflow = node.engine
                .workflows()
                .create(new WorkflowDraft(
                        "w", null, null, List.of(task("t", seconds(3600), action(thirdParty.url("/t"))))));
        RunDraft draft = new RunDraft(null, null, JsonText.EMPTY_OBJECT);
        return node.engine
                .runs()
                .start(workflow.id(), draft)
                .join()
                .value()
                .run()
                .id();
    }

    private static void awaitStatus(UUID timer, TimerStatus status) {
        await().atMost(PATIENCE).until(() -> node.engine.timers().get(timer).status() == status);
    }
}
