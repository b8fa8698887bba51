package dev.bide.engine.deliver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bide.engine.Asked;
import dev.bide.engine.EngineNode;
import dev.bide.engine.RunView;
import dev.bide.engine.quartz.TimerTriggers;
import dev.bide.jobstore.Execution;
import dev.bide.testing.PostgresExtension;
import dev.bide.testing.StubThirdParty;
import dev.bide.trace.FiringSpan;
import dev.bide.workflow.Action;
import dev.bide.workflow.JsonText;
import dev.bide.workflow.RunDraft;
import dev.bide.workflow.TimerDraft;
import dev.bide.workflow.WorkflowDraft;
import dev.bide.workflow.store.DueTimer;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Calls that are read one by one, on a node with memory for eight of them. */
class LargeCallsIT {
    private static final JsonText LARGE = JsonText.parse("\"" + "x".repeat(20_000) + "\"");
    private static final int HUNG = 60;
    private static final int GOOD = 20;

    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    @RegisterExtension
    final StubThirdParty good = new StubThirdParty();

    private static TimerDraft large(String url) {
        return new TimerDraft(
                null,
                EngineNode.seconds(0),
                new Action("POST", url, Map.of(), LARGE),
                EngineNode.quickly(),
                Duration.ofMinutes(5),
                null);
    }

    private static EngineNode node() throws Exception {
        return EngineNode.on(POSTGRES.dataSource())
                .worker()
                .settings("{\"inHandSize\": \"2MiB\"}")
                .start();
    }

    @Test
    void a_destination_that_hangs_leaves_the_others_room() throws Exception {
        try (EngineNode node = node();
                ServerSocket hung = new ServerSocket(0, 2 * HUNG)) {
            List<TimerDraft> drafts = new ArrayList<>();
            for (int i = 0; i < HUNG; i++) {
                drafts.add(large("http://127.0.0.1:" + hung.getLocalPort() + "/"));
            }
            node.engine.timers().createAll(drafts.stream().map(Asked::of).toList());
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> node.delivery.figures().inFlight() > 0);
            List<TimerDraft> others = new ArrayList<>();
            for (int i = 0; i < GOOD; i++) {
                others.add(large(good.url("/good")));
            }
            node.engine.timers().createAll(others.stream().map(Asked::of).toList());
            await().atMost(Duration.ofSeconds(60)).until(() -> good.calls().size() == GOOD);
            assertThat(node.delivery.figures().inFlight()).as("that hang").isPositive();
        }
    }

    @Test
    void a_timer_whose_run_is_paused_before_its_call_is_read_is_held_at_once() throws Exception {
        try (EngineNode node = EngineNode.api(POSTGRES.dataSource())) {
            UUID workflow = node.engine
                    .workflows()
                    .create(new WorkflowDraft(
                            "w",
                            null,
                            null,
                            List.of(EngineNode.task(
                                    "t", EngineNode.seconds(3600), EngineNode.action(good.url("/run"))))))
                    .id();
            RunView run = node.engine
                    .runs()
                    .start(workflow, new RunDraft(null, null, JsonText.parse("{\"a\":" + LARGE.text() + "}")))
                    .join()
                    .value();
            DueTimer due = node.database
                    .inTransaction(
                            session -> session.timers().load(List.of(run.timer().id()), 1_000))
                    .get(0);
            assertThat(due.call()).isNull();
            assertThat(due.url()).isEqualTo(good.url("/run"));
            InFlight inFlight = new InFlight(node.delivery.lanes());
            Execution execution = new Execution(
                    "entry", TimerTriggers.key(due.timer().id()), TimerTriggers.JOB, Instant.now(), false);
            inFlight.fired(execution, due, 0);
            InFlight.Fired fired = (InFlight.Fired)
                    inFlight.begun(execution, node.delivery.lanes().lane(due.url()));
            node.engine.runs().pause(run.run().id());
            LargeCalls calls = new LargeCalls(
                    node.database,
                    POSTGRES.dataSource(),
                    inFlight,
                    new RoomInHand(2 << 20, 512),
                    node.delivery.deliverer());
            calls.run(
                    execution,
                    fired,
                    call -> {
                        throw new AssertionError("it is not called");
                    },
                    () -> true,
                    FiringSpan.NONE);
            assertThat(inFlight.get(execution))
                    .isInstanceOfSatisfying(InFlight.PutOff.class, putOff -> assertThat(putOff.in())
                            .isZero());
            assertThat(good.calls()).isEmpty();
        }
    }
}
