package dev.bide.engine.deliver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bide.engine.Acceptance;
import dev.bide.engine.Asked;
import dev.bide.engine.EngineExtension;
import dev.bide.engine.EngineNode;
import dev.bide.engine.RunView;
import dev.bide.testing.PostgresExtension;
import dev.bide.testing.StubThirdParty;
import dev.bide.workflow.Action;
import dev.bide.workflow.RunStatus;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerDraft;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.store.PageRequest;
import dev.bide.workflow.store.TimerFilter;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class UnreadTimersIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @RegisterExtension
    static EngineExtension node = EngineExtension.worker()
            .forEachTest("timer, run, qrtz_triggers, qrtz_simple_triggers, qrtz_cron_triggers, qrtz_fired_triggers");

    private static final PostgresExtension POSTGRES = node.postgres();

    @RegisterExtension
    final StubThirdParty thirdParty = new StubThirdParty();

    private final Jdbi jdbi = Jdbi.create(POSTGRES.dataSource());

    @Test
    void one_that_can_not_be_read_holds_up_no_other_and_is_delivered_once_it_can() {
        List<UUID> ids = create(20);
        UUID bad = ids.get(7);
        change(bad, "jsonb_set(spec::jsonb, '{delay,type}', '\"moon\"')");
        fireNow();
        ids.stream().filter(id -> !id.equals(bad)).forEach(this::awaitDelivered);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(node.unreadable).hasValue(1));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(node.secondsUntilItFires(bad)).isBetween(30.0, 60.0));
        assertThat(node.engine.figures().inFlight()).isZero();
        assertThat(thirdParty.calls(bad)).isEmpty();
        assertThat(node.engine
                        .timers()
                        .list(TimerFilter.ALL, new PageRequest(50, null))
                        .items())
                .extracting(Timer::id)
                .containsAll(ids.subList(0, 7))
                .doesNotContain(bad);
        change(bad, "jsonb_set(spec::jsonb, '{delay,type}', '\"period\"')");
        fireNow();
        awaitDelivered(bad);
    }

    @Test
    void what_a_newer_version_has_added_is_passed_over() {
        UUID id = create(1).get(0);
        change(id, "spec::jsonb || '{\"colour\": \"red\"}'");
        fireNow();
        awaitDelivered(id);
    }

    @Test
    void one_whose_run_could_not_go_on_is_not_called_and_goes_on_once_it_can() {
        RunView started = start();
        UUID timer = started.timer().id();
        changeTasks(started, 1, "\"moon\"");
        List<UUID> others = create(3);
        fireNow();
        others.forEach(this::awaitDelivered);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(node.unreadable).hasValue(1));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(node.secondsUntilItFires(timer)).isBetween(30.0, 60.0));
        assertThat(thirdParty.calls(timer)).isEmpty();
        RunView shown = node.engine.runs().get(started.run().id());
        assertThat(shown.run().status()).isEqualTo(RunStatus.ACTIVE);
        assertThat(shown.task()).isNull();
        assertThat(shown.timer().id()).isEqualTo(timer);
        changeTasks(started, 1, "\"period\"");
        fireNow();
        awaitDelivered(timer);
        await().atMost(PATIENCE)
                .until(() ->
                        node.engine.runs().get(started.run().id()).history().size() == 2);
    }

    @Test
    void one_whose_run_can_not_go_on_any_more_after_its_call_is_called_once() {
        RunView started = start();
        UUID timer = started.timer().id();
        thirdParty.delay(Duration.ofSeconds(1));
        fireNow();
        await().atMost(PATIENCE).until(() -> !thirdParty.calls(timer).isEmpty());
        // A newer version of the program has moved the run to a version of the workflow that this one can't read.
        jdbi.useHandle(handle -> {
            handle.execute(
                    "INSERT INTO workflow_version SELECT workflow_id, 2, name, description, timezone,"
                            + " jsonb_set(tasks::jsonb, '{1,delay,type}', '\"moon\"')::json, created_at"
                            + " FROM workflow_version WHERE workflow_id = ?",
                    started.run().workflowId());
            handle.execute(
                    "UPDATE run SET workflow_version = 2 WHERE id = ?",
                    started.run().id());
        });
        awaitDelivered(timer);
        RunView failed = node.engine.runs().get(started.run().id());
        assertThat(failed.run().status()).isEqualTo(RunStatus.FAILED);
        assertThat(failed.run().error()).contains("could not go on");
        assertThat(thirdParty.calls(timer)).hasSize(1);
        assertThat(node.engine.figures().jobStore().poisoned()).isZero();
    }

    @Test
    void a_trigger_that_is_no_timer_s_holds_up_no_other_and_is_removed() {
        List<UUID> ids = create(3);
        jdbi.useHandle(handle -> {
            String name = ids.get(0).toString();
            handle.execute("UPDATE qrtz_simple_triggers SET trigger_name = 'by hand' WHERE trigger_name = ?", name);
            handle.execute("UPDATE qrtz_triggers SET trigger_name = 'by hand' WHERE trigger_name = ?", name);
            handle.execute("DELETE FROM timer WHERE id = ?", ids.get(0));
        });
        fireNow();
        ids.subList(1, 3).forEach(this::awaitDelivered);
        await().atMost(PATIENCE)
                .until(() -> jdbi.withHandle(handle -> handle.createQuery(
                                        "SELECT (SELECT count(*) FROM qrtz_triggers WHERE trigger_name = 'by hand')"
                                                + " + (SELECT count(*) FROM qrtz_fired_triggers)")
                                .mapTo(Integer.class)
                                .one())
                        == 0);
        assertThat(node.engine.figures().inFlight()).isZero();
    }

    private RunView start() {
        Action action = EngineNode.action(thirdParty.url("/t"));
        return node.start(
                node.workflow(
                        EngineNode.task("one", EngineNode.seconds(3600), action),
                        EngineNode.task("two", EngineNode.seconds(3600), action)),
                null);
    }

    private void changeTasks(RunView run, int task, String delayType) {
        jdbi.useHandle(handle -> handle.execute(
                "UPDATE workflow_version SET tasks = jsonb_set(tasks::jsonb, '{" + task + ",delay,type}', '" + delayType
                        + "')::json WHERE workflow_id = ?",
                run.run().workflowId()));
    }

    private List<UUID> create(int count) {
        TimerDraft draft = EngineNode.timer(null, 3600, thirdParty.url("/t"));
        return node.engine.timers().createAll(java.util.Collections.nCopies(count, Asked.of(draft))).stream()
                .map(result -> ((Acceptance.Created<Timer>) result).value().id())
                .toList();
    }

    private void change(UUID id, String spec) {
        jdbi.useHandle(handle ->
                handle.execute("UPDATE timer SET due_at = now(), spec = (" + spec + ")::json WHERE id = ?", id));
    }

    /** All in one batch. */
    private void fireNow() {
        jdbi.useHandle(handle -> handle.execute("UPDATE qrtz_triggers SET next_fire_time = 1"));
    }

    private void awaitDelivered(UUID id) {
        node.awaitStatus(id, TimerStatus.DELIVERED);
    }
}
