package dev.bide.engine;

import static dev.bide.engine.EngineNode.action;
import static dev.bide.engine.EngineNode.seconds;
import static dev.bide.engine.EngineNode.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bide.testing.PostgresExtension;
import dev.bide.testing.StubThirdParty;
import dev.bide.workflow.RunStatus;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.Workflow;
import java.time.Duration;
import java.util.UUID;
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
        node.awaitStatus(timer, TimerStatus.CANCELLED);
        assertThat(thirdParty.calls(timer)).isEmpty();
    }

    @Test
    void calls_nobody_for_a_run_that_was_paused_until_it_is_resumed() {
        UUID run = start();
        UUID timer = node.engine.runs().get(run).timer().id();
        whileInOtherHands(timer, () -> node.engine.runs().pause(run));
        node.awaitStatus(timer, TimerStatus.PAUSED);
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
        assertThat(POSTGRES.sql().execute(statement, timer.toString())).isOne();
    }

    private UUID start() {
        Workflow workflow = node.workflow(task("t", seconds(3600), action(thirdParty.url("/t"))));
        return node.start(workflow, null).run().id();
    }
}
