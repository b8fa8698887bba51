package dev.bide.engine;

import static dev.bide.engine.EngineNode.action;
import static dev.bide.engine.EngineNode.seconds;
import static dev.bide.engine.EngineNode.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.bide.testing.PostgresExtension;
import dev.bide.workflow.Attempt;
import dev.bide.workflow.Refusal;
import dev.bide.workflow.RefusedException;
import dev.bide.workflow.RunStatus;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.figures.Death;
import dev.bide.workflow.store.Operation;
import dev.bide.workflow.store.OperationKind;
import dev.bide.workflow.store.Settlement;
import dev.bide.workflow.store.TimerFilter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What died before all that is kept, and is there still, has no claim on its key. */
class RedriveIT {
    private static final String URL = "http://127.0.0.1:9/t";

    @RegisterExtension
    static EngineExtension node = EngineExtension.api();

    private static final PostgresExtension POSTGRES = node.postgres();

    private final Jdbi jdbi = Jdbi.create(POSTGRES.dataSource());

    @AfterEach
    void dead_timers_and_their_rows_are_the_same() {
        keepAll();
        node.requireEachDeadTimerOnce();
    }

    private void keepAll() {
        jdbi.useHandle(handle -> handle.execute("UPDATE history_edge SET kept_from = '-infinity'"));
    }

    @Test
    void a_timer_whose_key_is_anothers_stays_dead() {
        Timer dead = dead("taken");
        Timer other = dead("free");
        loseKeys();
        UUID now = timer("taken").id();
        assertThat(now).isNotEqualTo(dead.id());
        assertThatThrownBy(() -> node.engine.timers().redrive(dead.id()))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        e -> assertThat(e.refusal().reason()).isEqualTo(Refusal.Reason.CONFLICT))
                .hasMessageContaining("\"taken\"")
                .hasMessageContaining(now.toString());
        keepAll();
        Operation all = node.begin(OperationKind.REDRIVE, between(dead, other), null, null);
        node.engine.operationRunner().run();
        all = node.engine.operations().get(all.id());
        assertThat(all.done()).isEqualTo(1);
        assertThat(all.failed()).isEqualTo(1);
        assertThat(all.progress().failures()).singleElement().satisfies(failure -> {
            assertThat(failure.id()).isEqualTo(dead.id());
            assertThat(failure.detail()).contains("\"taken\"").contains(now.toString());
        });
        assertThat(node.engine.timers().get(dead.id()).status()).isEqualTo(TimerStatus.DEAD);
        assertThat(node.engine.timers().get(other.id()).status()).isEqualTo(TimerStatus.SCHEDULED);
    }

    /** That one is finished by now. */
    @Test
    void a_timer_whose_key_another_had_since_stays_dead() {
        Timer dead = dead("since");
        loseKeys();
        UUID since = timer("since").id();
        node.engine.timers().cancel(since);
        jdbi.useHandle(handle -> handle.execute(
                "UPDATE history_edge SET kept_from = (SELECT finished_at FROM timer_history WHERE id = ?)", since));
        assertThatThrownBy(() -> node.engine.timers().redrive(dead.id()))
                .hasMessageContaining("\"since\"")
                .hasMessageContaining(since.toString());
    }

    @Test
    void a_timer_whose_key_is_taken_meanwhile_stays_dead() throws Exception {
        Timer dead = dead("meanwhile");
        CompletableFuture<Timer> redriven;
        try (var connection = POSTGRES.dataSource().getConnection();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(
                    "INSERT INTO timer (id, status, due_at, next_attempt_at, created_at, timezone, spec, attempts_spent, key)"
                            + " SELECT gen_random_uuid(), 'scheduled', now(), now(), now(), 'UTC', spec, 0, key FROM timer_history"
                            + " WHERE id = '" + dead.id() + "'");
            redriven = CompletableFuture.supplyAsync(() -> node.engine.timers().redrive(dead.id()));
            await().atMost(Duration.ofSeconds(20)).until(POSTGRES::somebodyWaitsForALock);
            connection.commit();
        }
        assertThatThrownBy(() -> redriven.get(20, TimeUnit.SECONDS))
                .hasCauseInstanceOf(RefusedException.class)
                .hasMessageContaining("\"meanwhile\"");
        assertThat(node.engine.timers().get(dead.id()).status()).isEqualTo(TimerStatus.DEAD);
    }

    @Test
    void a_run_whose_key_is_anothers_stays_failed() {
        Workflow workflow = node.workflow(task("t", seconds(3600), action(URL)));
        RunView failed = node.start(workflow, "run");
        Timer timer = failed.timer();
        settleDead(timer);
        node.database.inTransaction(session -> session.runs().fail(failed.run().id(), "refused", at(timer)));
        loseKeys();
        UUID now = node.start(workflow, "run").run().id();
        for (Runnable redrive : List.<Runnable>of(
                () -> node.engine.runs().redrive(failed.run().id(), false),
                () -> node.engine.timers().redrive(timer.id()))) {
            assertThatThrownBy(redrive::run)
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("\"run\"")
                    .hasMessageContaining(now.toString());
        }
        assertThat(node.engine.runs().get(failed.run().id()).run().status()).isEqualTo(RunStatus.FAILED);
    }

    /** As when a later day is dropped than that of what had them. */
    private void loseKeys() {
        jdbi.useHandle(handle -> handle.execute("UPDATE history_edge SET kept_from = now() + interval '1 minute'"));
    }

    private static Timer timer(String key) {
        return node.engine
                .timers()
                .create(EngineNode.timer(key, 3600, URL))
                .join()
                .value();
    }

    private Timer dead(String key) {
        Timer timer = timer(key);
        settleDead(timer);
        return timer;
    }

    private void settleDead(Timer timer) {
        for (String table : List.of("qrtz_simple_triggers", "qrtz_triggers")) {
            jdbi.useHandle(handle -> handle.execute(
                    "DELETE FROM " + table + " WHERE trigger_name = ?",
                    timer.id().toString()));
        }
        Attempt refused = new Attempt(1, at(timer), 1, "refused", 404, null);
        node.database.inTransaction(session -> {
            session.timers()
                    .settle(List.of(new Settlement(
                            timer.id(),
                            TimerStatus.DEAD,
                            refused,
                            0L,
                            null,
                            at(timer),
                            Death.of("third.party:80", 5, "refused", 404, "answer 404"))));
            return true;
        });
    }

    private static Instant at(Timer timer) {
        return timer.createdAt().truncatedTo(ChronoUnit.MILLIS);
    }

    private static TimerFilter between(Timer first, Timer last) {
        return new TimerFilter(
                null, null, null, null, first.dueAt(), last.dueAt().plusSeconds(1));
    }
}
