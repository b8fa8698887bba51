package dev.bide.engine.change;

import static dev.bide.engine.EngineNode.action;
import static dev.bide.engine.EngineNode.seconds;
import static dev.bide.engine.EngineNode.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.bide.delay.Delay;
import dev.bide.engine.EngineExtension;
import dev.bide.engine.EngineNode;
import dev.bide.engine.RunView;
import dev.bide.testing.Delays;
import dev.bide.testing.PostgresExtension;
import dev.bide.workflow.Attempt;
import dev.bide.workflow.JsonText;
import dev.bide.workflow.RunDraft;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.WorkflowDraft;
import dev.bide.workflow.figures.Death;
import dev.bide.workflow.store.Settlement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TimerBatchesIT {
    @RegisterExtension
    static EngineExtension node = EngineExtension.api();

    private static final PostgresExtension POSTGRES = node.postgres();

    private final Jdbi jdbi = Jdbi.create(POSTGRES.dataSource());

    /** As a reschedule, or a new version of its workflow, replaces it: the row that the cancel waits for goes, and another comes. */
    @Test
    void cancels_a_timer_whose_trigger_is_replaced_at_the_same_time() throws Exception {
        UUID timer = node.engine
                .timers()
                .create(EngineNode.timer(null, 3600, "http://127.0.0.1:9/t"))
                .join()
                .value()
                .id();
        CompletableFuture<Timer> cancel;
        try (var connection = POSTGRES.dataSource().getConnection();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(
                    "CREATE TEMP TABLE replaced ON COMMIT DROP AS SELECT * FROM qrtz_triggers WHERE trigger_name = '"
                            + timer + "'");
            statement.execute("DELETE FROM qrtz_triggers WHERE trigger_name = '" + timer + "'");
            statement.execute("INSERT INTO qrtz_triggers SELECT * FROM replaced");
            cancel = CompletableFuture.supplyAsync(() -> node.engine.timers().cancel(timer));
            await().atMost(Duration.ofSeconds(20)).until(POSTGRES::somebodyWaitsForALock);
            connection.commit();
        }
        assertThat(cancel.get(20, TimeUnit.SECONDS).status()).isEqualTo(TimerStatus.CANCELLED);
    }

    /** As a new version of its workflow moves it to another zone, in which the same time of day is another instant. */
    @Test
    void fires_when_it_is_due_where_its_zone_is_changed_while_it_is_rescheduled() throws Exception {
        UUID timer = waiting();
        Delay atNine = Delays.of(Map.of("type", "period", "amount", 3, "unit", "days", "at", "09:00"));
        Timer rescheduled = whileChanged(
                () -> node.engine.timers().reschedule(timer, atNine),
                "UPDATE timer SET timezone = 'Asia/Tokyo' WHERE id = '" + timer + "'");
        assertThat(rescheduled.timezone()).isEqualTo(ZoneId.of("Asia/Tokyo"));
        assertThat(rescheduled.dueAt().atZone(ZoneId.of("Asia/Tokyo")).getHour())
                .isEqualTo(9);
        assertThat(node.fires(timer)).isEqualTo(rescheduled.dueAt().toEpochMilli());
    }

    @Test
    void does_not_fire_a_timer_that_is_paused_at_the_same_time() throws Exception {
        UUID timer = waiting();
        Timer before = node.engine.timers().get(timer);
        assertThatThrownBy(() -> whileChanged(
                        () -> node.engine.timers().fire(timer),
                        "UPDATE timer SET status = 'paused' WHERE id = '" + timer + "'",
                        "UPDATE qrtz_triggers SET trigger_state = 'PAUSED' WHERE trigger_name = '" + timer + "'"))
                .hasMessageContaining("is paused and can't be fired");
        assertThat(node.engine.timers().get(timer)).isEqualTo(before.as(TimerStatus.PAUSED));
    }

    private static UUID waiting() {
        return node.engine
                .timers()
                .create(EngineNode.timer(null, 3600, "http://127.0.0.1:9/t"))
                .join()
                .value()
                .id();
    }

    /** {@code change}, which has read its timer and waits for the trigger while the statements are run. */
    private static Timer whileChanged(Supplier<Timer> change, String... statements) throws Exception {
        CompletableFuture<Timer> changed;
        try (var connection = POSTGRES.dataSource().getConnection();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SELECT FROM qrtz_triggers FOR UPDATE");
            changed = CompletableFuture.supplyAsync(change);
            await().atMost(Duration.ofSeconds(20)).until(POSTGRES::somebodyWaitsForALock);
            for (String text : statements) {
                statement.execute(text);
            }
            connection.commit();
        }
        return changed.get(20, TimeUnit.SECONDS);
    }

    @Test
    void waits_in_the_lane_of_where_it_is_called_when_a_newer_version_redrives_it() {
        Workflow workflow = workflow("http://127.0.0.1:9/t");
        RunView started = node.engine
                .runs()
                .start(workflow.id(), new RunDraft(null, null, JsonText.EMPTY_OBJECT))
                .join()
                .value();
        Timer timer = started.timer();
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        Attempt refused = new Attempt(1, now, 1, "refused", 404, null);
        for (String table : List.of("qrtz_simple_triggers", "qrtz_triggers")) {
            jdbi.useHandle(handle -> handle.execute(
                    "DELETE FROM " + table + " WHERE trigger_name = ?",
                    timer.id().toString()));
        }
        node.database.inTransaction(session -> {
            session.timers()
                    .settle(List.of(new Settlement(
                            timer.id(),
                            TimerStatus.DEAD,
                            refused,
                            0L,
                            null,
                            now,
                            Death.of("third.party:80", 5, "refused", 404, "answer 404"))));
            return session.runs().fail(started.run().id(), "refused", now);
        });
        node.engine
                .workflows()
                .replace(
                        workflow.id(),
                        new WorkflowDraft(
                                "w", null, null, List.of(task("t", seconds(3600), action("http://127.0.0.2:9/t")))),
                        null);
        Timer redriven = node.engine.runs().redrive(started.run().id(), true).timer();
        assertThat(redriven.status()).isEqualTo(TimerStatus.SCHEDULED);
        int lane = jdbi.withHandle(
                handle -> handle.createQuery("SELECT priority FROM qrtz_triggers WHERE trigger_name = :name")
                        .bind("name", timer.id().toString())
                        .mapTo(Integer.class)
                        .one());
        assertThat(lane).isEqualTo(lane(redriven)).isNotEqualTo(lane(timer));
    }

    private static int lane(Timer timer) {
        return node.delivery.lanes().lane(timer.spec().action().url());
    }

    private static Workflow workflow(String url) {
        return node.engine
                .workflows()
                .create(new WorkflowDraft("w", null, null, List.of(task("t", seconds(3600), action(url)))));
    }

    @Test
    void does_not_resume_a_timer_whose_run_is_paused_at_the_same_time() throws Exception {
        Workflow workflow = workflow("http://127.0.0.1:9/t");
        RunDraft draft = new RunDraft(null, null, JsonText.EMPTY_OBJECT);
        UUID timer = node.engine
                .runs()
                .start(workflow.id(), draft)
                .join()
                .value()
                .timer()
                .id();
        node.engine.timers().pause(timer);
        CompletableFuture<?> resume;
        try (var connection = POSTGRES.dataSource().getConnection();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SELECT FROM qrtz_triggers FOR UPDATE");
            resume = CompletableFuture.runAsync(() -> node.engine.timers().resume(timer));
            await().atMost(Duration.ofSeconds(20)).until(POSTGRES::somebodyWaitsForALock);
            statement.execute("UPDATE run SET status = 'paused'");
            connection.commit();
        }
        assertThatThrownBy(() -> resume.get(20, TimeUnit.SECONDS)).hasMessageContaining("a run that is paused");
        assertThat(node.engine.timers().get(timer).status()).isEqualTo(TimerStatus.PAUSED);
        String state = jdbi.withHandle(
                handle -> handle.createQuery("SELECT trigger_state FROM qrtz_triggers WHERE trigger_name = :name")
                        .bind("name", timer.toString())
                        .mapTo(String.class)
                        .one());
        assertThat(state).isEqualTo("PAUSED");
    }
}
