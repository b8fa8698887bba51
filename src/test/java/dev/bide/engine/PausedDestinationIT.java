package dev.bide.engine;

import static dev.bide.engine.EngineNode.seconds;
import static dev.bide.engine.EngineNode.task;
import static dev.bide.engine.EngineNode.timer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.bide.testing.PostgresExtension;
import dev.bide.testing.StubThirdParty;
import dev.bide.workflow.JsonText;
import dev.bide.workflow.Refusal;
import dev.bide.workflow.RefusedException;
import dev.bide.workflow.RunDraft;
import dev.bide.workflow.TaskDraft;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.WorkflowDraft;
import dev.bide.workflow.figures.Counted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A destination that is paused is called by no node, costs no attempt, and gets all that waited, oldest first, once it is resumed. */
class PausedDestinationIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    @RegisterExtension
    final StubThirdParty paused = new StubThirdParty();

    @RegisterExtension
    final StubThirdParty other = new StubThirdParty();

    private final List<EngineNode> nodes = new ArrayList<>();
    private String destination;

    @BeforeEach
    void start() throws Exception {
        destination = paused.url("").substring("http://".length());
        worker();
    }

    @AfterEach
    void stop() {
        nodes.forEach(EngineNode::close);
        POSTGRES.sql()
                .execute("TRUNCATE destination, destination_figures, timer, run, qrtz_triggers, qrtz_simple_triggers");
    }

    private EngineNode worker() throws Exception {
        EngineNode node = EngineNode.worker(POSTGRES.dataSource());
        nodes.add(node);
        return node;
    }

    private EngineNode node() {
        return nodes.get(0);
    }

    private void close(EngineNode node) {
        nodes.remove(node);
        node.close();
    }

    @Test
    void holds_on_all_nodes_and_after_restarts_and_lets_all_go_oldest_first() throws Exception {
        EngineNode second = worker();
        DestinationView view = node().engine.destinations().pause(destination, "they move");
        assertThat(view.pausedAt()).isNotNull();
        assertThat(view.reason()).isEqualTo("they move");
        await().atMost(PATIENCE).until(() -> second.delivery.lanes().size() == 1);
        List<UUID> crowd = new ArrayList<>(create(node(), 1_000, paused.url("/held")));
        crowd.addAll(create(second, 500, paused.url("/held")));
        spread(crowd, 600);
        assertThat(waiting()).isEqualTo(new Counted(1_500, true));
        // Others are called meanwhile, and a node that starts calls nobody who is paused.
        awaitCalls(create(node(), 20, other.url("/good")));
        close(second);
        EngineNode third = worker();
        awaitCalls(create(third, 20, other.url("/good")));
        close(node());
        awaitCalls(create(third, 20, other.url("/good")));
        assertThat(paused.calls()).isEmpty();

        // What waits can be changed as ever.
        List<UUID> cancelled = crowd.subList(0, 50);
        List<UUID> moved = crowd.subList(50, 100);
        cancelled.forEach(id -> third.engine.timers().cancel(id));
        moved.forEach(id -> third.engine.timers().reschedule(id, seconds(3_600)));
        UUID fired = crowd.get(100);
        third.engine.timers().reschedule(fired, seconds(3_600));
        assertThat(third.engine.timers().fire(fired).status()).isEqualTo(TimerStatus.SCHEDULED);
        UUID pausedAlone = crowd.get(101);
        third.engine.timers().pause(pausedAlone);
        awaitCalls(create(third, 20, other.url("/good")));
        assertThat(paused.calls()).isEmpty();
        assertThat(POSTGRES.sql().number("SELECT sum(attempts_spent) FROM timer WHERE spec::text LIKE '%/held%'"))
                .isZero();
        awaitAllInTheirLanes();

        third.engine.destinations().limit(destination, 4, null);
        assertThat(third.engine.destinations().resume(destination).pausedAt()).isNull();
        List<UUID> wanted = new ArrayList<>(crowd.subList(102, crowd.size()));
        wanted.add(fired);
        awaitCalls(paused, wanted);
        assertThat(paused.calls(pausedAlone)).isEmpty();
        assertThat(third.engine.timers().get(pausedAlone).status()).isEqualTo(TimerStatus.PAUSED);
        assertThat(paused.calls().keySet()).hasSize(wanted.size());
        assertThat(paused.calls().values()).as("each once").allMatch(calls -> calls.size() == 1);
        await().atMost(PATIENCE)
                .until(() -> POSTGRES.sql()
                                .number("SELECT count(*) FROM timer_history WHERE status = 'delivered'"
                                        + " AND attempts_spent = 1 AND spec::text LIKE '%/held%'")
                        == wanted.size());
        assertThat(furthestOutOfTurn(wanted)).as("four at a time, on one node").isLessThan(wanted.size() / 2);
    }

    /** Their places in the order of their due times, and in that of their calls. */
    private int furthestOutOfTurn(List<UUID> byDueTime) {
        List<UUID> byCall = byDueTime.stream()
                .sorted(Comparator.comparing(id -> paused.calls(id).get(0).receivedAt()))
                .toList();
        Map<UUID, Integer> place = new HashMap<>();
        IntStream.range(0, byCall.size()).forEach(i -> place.put(byCall.get(i), i));
        return IntStream.range(0, byDueTime.size())
                .map(i -> Math.abs(place.get(byDueTime.get(i)) - i))
                .max()
                .orElseThrow();
    }

    /** What was in hand when it was paused, and what waits for another attempt. */
    @Test
    void no_attempt_is_spent_by_a_pause_and_those_that_were_stay_spent() throws Exception {
        paused.answer((path, call) -> call == 1 ? 500 : 200);
        paused.delay(Duration.ofMillis(300));
        List<UUID> crowd = create(node(), 600, paused.url("/again"));
        await().atMost(PATIENCE).until(() -> paused.calls().size() > 50);
        node().engine.destinations().pause(destination, null);
        await().atMost(PATIENCE).until(() -> node().engine.figures().inFlight() == 0);
        int called = calls();
        awaitCalls(create(node(), 20, other.url("/good")));
        assertThat(calls()).as("none since").isEqualTo(called);
        assertThat(POSTGRES.sql().number("SELECT sum(attempts_spent) FROM timer WHERE id = ANY(?)", (Object)
                        crowd.toArray(UUID[]::new)))
                .as("by those that were called, and no others")
                .isEqualTo(called);
        awaitAllInTheirLanes();
        paused.delay(Duration.ZERO);
        node().engine.destinations().resume(destination);
        await().atMost(PATIENCE)
                .until(() -> POSTGRES.sql()
                                .number(
                                        "SELECT count(*) FROM timer_history WHERE id = ANY(?) AND status = 'delivered'"
                                                + " AND attempts_spent = 2",
                                        (Object) crowd.toArray(UUID[]::new))
                        == crowd.size());
        assertThat(paused.calls().values()).allMatch(calls -> calls.size() == 2);
    }

    private int calls() {
        return paused.calls().values().stream().mapToInt(List::size).sum();
    }

    @Test
    void a_timer_has_the_lane_of_its_trigger_after_every_kind_of_change() throws Exception {
        node().engine.destinations().pause(destination, null);
        List<UUID> lone = create(node(), 6, paused.url("/lane"));
        Timers timers = node().engine.timers();
        timers.pause(lone.get(0));
        timers.pause(lone.get(1));
        timers.resume(lone.get(1));
        timers.reschedule(lone.get(2), seconds(3_600));
        timers.fire(lone.get(3));
        Workflow workflow = node().engine
                .workflows()
                .create(new WorkflowDraft(
                        "w", null, null, List.of(task("t", seconds(3_600), EngineNode.action(paused.url("/one"))))));
        node().engine
                .runs()
                .start(workflow.id(), new RunDraft(null, null, JsonText.EMPTY_OBJECT))
                .join();
        awaitAllInTheirLanes();
        var elsewhere = workflow.tasks().get(0);
        node().engine
                .workflows()
                .replaceForActive(
                        workflow.id(),
                        new WorkflowDraft(
                                "w",
                                null,
                                null,
                                List.of(new TaskDraft(
                                        elsewhere.id(),
                                        "t",
                                        seconds(7_200),
                                        EngineNode.action(other.url("/two")),
                                        EngineNode.quickly(),
                                        Duration.ofSeconds(10)))),
                        null);
        node().engine.operationRunner().run();
        assertThat(POSTGRES.sql().number("SELECT count(*) FROM timer WHERE spec::text LIKE '%/two%'"))
                .isOne();
        awaitAllInTheirLanes();
        // One that dies, and is redriven while it is paused.
        node().engine.destinations().resume(destination);
        awaitCalls(paused, List.of(lone.get(1), lone.get(3), lone.get(4), lone.get(5)));
        paused.answer((path, call) -> path.equals("/dead") ? 400 : 200);
        UUID dead = create(node(), 1, paused.url("/dead")).get(0);
        await().atMost(PATIENCE).until(() -> timers.get(dead).status() == TimerStatus.DEAD);
        node().engine.destinations().pause(destination, null);
        timers.redrive(dead);
        awaitCalls(create(node(), 5, other.url("/good")));
        assertThat(paused.calls(dead)).hasSize(1);
        awaitAllInTheirLanes();
        assertThat(POSTGRES.sql().number("SELECT count(*) FROM timer WHERE spec::text NOT LIKE '%/good%'"))
                .isEqualTo(4);
    }

    /** Those that were called a moment ago are in hand until they are settled. */
    private static void awaitAllInTheirLanes() {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(POSTGRES.sql()
                        .number("SELECT count(*) FROM timer FULL JOIN qrtz_triggers ON trigger_name = id::text"
                                + " WHERE lane IS DISTINCT FROM priority"))
                .isZero());
    }

    @Test
    void shows_what_all_nodes_have_to_do_with_a_destination() throws Exception {
        EngineNode second = worker();
        assertThatThrownBy(() -> node().engine.destinations().get(destination))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        e -> assertThat(e.refusal().reason()).isEqualTo(Refusal.Reason.NOT_FOUND));
        node().engine.destinations().limit(destination, 2, null);
        paused.answer((path, call) -> path.equals("/bad") ? 400 : 200);
        paused.delay(Duration.ofMillis(100));
        long set = System.nanoTime();
        await().atMost(PATIENCE).until(() -> second.engine.destinationSettingsAge() * 1e9 < System.nanoTime() - set);
        List<UUID> crowd = create(node(), 60, paused.url("/good"));
        crowd.addAll(create(node(), 3, paused.url("/bad")));
        awaitCalls(paused, crowd);
        await().atMost(PATIENCE).untilAsserted(() -> {
            for (EngineNode node : nodes) {
                node.engine.destinationWriter().write();
            }
            assertThat(second.engine.destinations().get(destination).outcomes().delivered())
                    .isBetween(50, 60);
        });
        DestinationView view = second.engine.destinations().get(destination);
        assertThat(view.outcomes().refused()).isBetween(0, 3);
        assertThat(view.outcomes().deferred()).containsKey("destination-full");
        assertThat(view.limits().binding()).containsExactly("maxConcurrentCalls");
        assertThat(view.limits().maxConcurrentCalls()).isEqualTo(2);
        assertThat(view.limits().set()).isTrue();
        assertThat(view.breakers()).extracting(DestinationView.Breaker::state).containsOnly("closed");
        assertThat(view.latency().p50()).isBetween(90L, 2_000L);
        assertThat(view.callsPerSecond()).isPositive();
        assertThat(node().engine.destinations().list(false, null, 50).items())
                .extracting(item -> item.name().toString())
                .contains(destination);
        node().engine.destinations().pause(destination, null);
        assertThat(node().engine.destinations().list(true, null, 50).items())
                .extracting(item -> item.name().toString())
                .containsExactly(destination);
        node().engine.destinations().resume(destination);
        assertThat(node().engine.destinations().limit(destination, null, null).limits())
                .extracting(DestinationView.Limits::maxConcurrentCalls, DestinationView.Limits::set)
                .containsExactly(256, false);
        assertThat(POSTGRES.sql().number("SELECT count(*) FROM destination")).isZero();
    }

    private Counted waiting() {
        return node().engine.destinations().get(destination).waiting();
    }

    private static List<UUID> create(EngineNode node, int count, String url) {
        List<UUID> ids = new ArrayList<>();
        node.engine
                .timers()
                .createAll(Collections.nCopies(count, Asked.of(timer(null, 0, url))))
                .forEach(made ->
                        ids.add(((Acceptance.Created<Timer>) made).value().id()));
        return ids;
    }

    /** Due one after the other in the time before now, while nobody takes them. */
    private static void spread(List<UUID> ids, int seconds) {
        POSTGRES.sql().execute("""
                        UPDATE timer SET due_at = t.at, next_attempt_at = t.at
                        FROM (SELECT id, date_trunc('milliseconds', now() - interval '%1$d s' + turn * interval '%1$d s' / %2$d) AS at
                              FROM unnest(?) WITH ORDINALITY AS u (id, turn)) AS t
                        WHERE timer.id = t.id""".formatted(seconds, ids.size()), (Object) ids.toArray(UUID[]::new));
        POSTGRES.sql()
                .execute(
                        "UPDATE qrtz_triggers SET next_fire_time = extract(epoch FROM due_at) * 1000 FROM timer WHERE trigger_name = id::text");
    }

    private void awaitCalls(List<UUID> ids) {
        awaitCalls(other, ids);
    }

    private static void awaitCalls(StubThirdParty party, List<UUID> ids) {
        await().atMost(PATIENCE)
                .until(() -> ids.stream().noneMatch(id -> party.calls(id).isEmpty()));
    }
}
