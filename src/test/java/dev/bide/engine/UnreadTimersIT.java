package dev.bide.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bide.testing.PostgresExtension;
import dev.bide.testing.StubThirdParty;
import dev.bide.workflow.PageRequest;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerDraft;
import dev.bide.workflow.TimerFilter;
import dev.bide.workflow.TimerStatus;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class UnreadTimersIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    @RegisterExtension
    final StubThirdParty thirdParty = new StubThirdParty();

    private final Jdbi jdbi = Jdbi.create(POSTGRES.dataSource());
    private EngineNode node;

    @BeforeEach
    void startNode() throws Exception {
        node = EngineNode.worker(POSTGRES.dataSource());
    }

    @AfterEach
    void stopNode() {
        node.close();
    }

    @Test
    void one_that_can_not_be_read_holds_up_no_other_and_is_delivered_once_it_can() {
        List<UUID> ids = create(20);
        UUID bad = ids.get(7);
        change(bad, "jsonb_set(spec::jsonb, '{delay,type}', '\"moon\"')");
        fireNow();
        ids.stream().filter(id -> !id.equals(bad)).forEach(this::awaitDelivered);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(node.unreadable).hasValue(1));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(secondsUntilItFires(bad)).isBetween(30.0, 60.0));
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

    private List<UUID> create(int count) {
        TimerDraft draft = EngineNode.timer(null, 3600, thirdParty.url("/t"));
        return node.engine.timers().createAll(java.util.Collections.nCopies(count, draft)).stream()
                .map(result -> ((BulkResult.Stored) result).id())
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

    private double secondsUntilItFires(UUID id) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "SELECT next_fire_time / 1000.0 - extract(epoch FROM now()) FROM qrtz_triggers WHERE trigger_name = :id")
                .bind("id", id.toString())
                .mapTo(Double.class)
                .one());
    }

    private void awaitDelivered(UUID id) {
        await().atMost(PATIENCE).until(() -> node.engine.timers().get(id).status() == TimerStatus.DELIVERED);
    }
}
