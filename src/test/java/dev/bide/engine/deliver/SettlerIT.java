package dev.bide.engine.deliver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bide.delivery.DeliveryConfiguration;
import dev.bide.delivery.DeliveryOutcome;
import dev.bide.delivery.destination.HeldLanes;
import dev.bide.engine.DeliveryObserver;
import dev.bide.engine.EngineExtension;
import dev.bide.engine.EngineNode;
import dev.bide.engine.RunView;
import dev.bide.engine.quartz.TimerTriggers;
import dev.bide.jobstore.Execution;
import dev.bide.jobstore.PostgresJobStore;
import dev.bide.testing.PostgresExtension;
import dev.bide.trace.FiringSpan;
import dev.bide.trace.Traces;
import dev.bide.workflow.Action;
import dev.bide.workflow.JsonText;
import dev.bide.workflow.RunDraft;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.WorkflowDraft;
import dev.bide.workflow.store.DueTimer;
import dev.bide.workflow.store.WorkflowVersions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** On a node that fires nothing, so that what is settled is what the test says. */
class SettlerIT {
    @RegisterExtension
    static EngineExtension node = EngineExtension.api().forEachTest("run_history");

    private static final PostgresExtension POSTGRES = node.postgres();

    private final Jdbi jdbi = Jdbi.create(POSTGRES.dataSource());
    private final HeldLanes lanes =
            new DeliveryConfiguration().build(InstantSource.system()).lanes();
    private final InFlight inFlight = new InFlight(lanes);
    private Settler settler;

    @BeforeEach
    void makeSettler() {
        settler = new Settler(
                node.database,
                new TimerTriggers(new PostgresJobStore(), lanes),
                new WorkflowVersions(),
                inFlight,
                new RoomInHand(64 << 20, 512),
                InstantSource.system(),
                new DeliveryObserver() {},
                Traces.OFF);
    }

    @Test
    void records_a_delivery_alone_where_its_run_can_not_be_read_and_fails_the_run() {
        RunView run = start(JsonText.EMPTY_OBJECT);
        UUID id = run.timer().id();
        Execution execution = delivered(id);
        jdbi.useHandle(handle -> handle.execute(
                "UPDATE run SET timezone = 'Moon/Far' WHERE id = ?", run.run().id()));
        assertThatThrownBy(() -> node.database.inTransaction(session -> {
                    settler.settle(session.connection(), List.of(execution));
                    return true;
                }))
                .isInstanceOf(RuntimeException.class);
        boolean settled = node.database.inTransaction(
                session -> settler.settleAlone(session.connection(), execution, new RuntimeException("unreadable")));
        assertThat(settled).isTrue();
        Timer timer = node.engine.timers().get(id);
        assertThat(timer.status()).isEqualTo(TimerStatus.DELIVERED);
        assertThat(timer.attempts()).hasSize(1);
        List<String> runs =
                jdbi.withHandle(handle -> handle.createQuery("SELECT status || ': ' || error FROM run_history")
                        .mapTo(String.class)
                        .list());
        assertThat(runs).containsExactly("failed: " + Outcomes.CANT_GO_ON);
    }

    @Test
    void leaves_what_is_large_where_it_is_until_it_is_called() {
        RunView run = start(JsonText.parse("{\"a\":\"" + "x".repeat(100_000) + "\"}"));
        InFlight.Entry entry = inFlight.get(fire(run.timer().id()));
        assertThat(entry).isInstanceOfSatisfying(InFlight.Fired.class, fired -> {
            assertThat(fired.due().call()).isNull();
            assertThat(fired.due().bytes()).isBetween(100_000L, 102_000L);
        });
    }

    @Test
    void weighs_what_the_next_timer_of_its_run_can_take_and_nothing_for_a_lone_one() {
        RunView run = start(JsonText.EMPTY_OBJECT);
        Execution execution = fire(run.timer().id());
        assertThat(settler.weight(execution)).isBetween(5 * 20_000L, 5 * 21_000L);
        assertThat(settler.weight(fire(lone()))).isZero();
    }

    @Test
    void weighs_what_was_answered() {
        Execution execution = fire(lone());
        InFlight.Fired fired = (InFlight.Fired) inFlight.get(execution);
        inFlight.ended(
                execution,
                fired,
                fired.due().call().spec(),
                new DeliveryOutcome.Refused(Instant.now(), Duration.ofMillis(1), 400, "400", "x".repeat(1_000)),
                FiringSpan.NONE);
        assertThat(settler.weight(execution)).isEqualTo(5_000);
    }

    private UUID lone() {
        return node.engine
                .timers()
                .create(EngineNode.timer(null, 3600, "http://127.0.0.1:9/"))
                .join()
                .value()
                .id();
    }

    private RunView start(JsonText input) {
        Action small = EngineNode.action("http://127.0.0.1:9/");
        Action large =
                new Action("POST", "http://127.0.0.1:9/", Map.of(), JsonText.parse("\"" + "x".repeat(20_000) + "\""));
        WorkflowDraft draft = new WorkflowDraft(
                "w",
                null,
                null,
                List.of(
                        EngineNode.task("one", EngineNode.seconds(3600), small),
                        EngineNode.task("two", EngineNode.seconds(3600), large)));
        UUID workflow = node.engine.workflows().create(draft).id();
        return node.engine
                .runs()
                .start(workflow, new RunDraft(null, null, input))
                .join()
                .value();
    }

    private Execution fire(UUID timer) {
        Execution execution = new Execution("entry", TimerTriggers.key(timer), TimerTriggers.JOB, Instant.now(), false);
        node.database.inTransaction(session -> {
            settler.fired(session.connection(), List.of(execution));
            return true;
        });
        return execution;
    }

    private Execution delivered(UUID timer) {
        Execution execution = fire(timer);
        InFlight.Fired fired = (InFlight.Fired) inFlight.get(execution);
        DueTimer.Call call = fired.due().call();
        inFlight.ended(
                execution,
                fired,
                call.spec(),
                new DeliveryOutcome.Delivered(Instant.now(), Duration.ofMillis(1), 200),
                FiringSpan.NONE);
        return execution;
    }
}
