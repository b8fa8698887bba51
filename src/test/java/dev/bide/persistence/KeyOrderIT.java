package dev.bide.persistence;

import static dev.bide.persistence.Samples.NOW;
import static dev.bide.persistence.Samples.run;
import static dev.bide.persistence.Samples.settlement;
import static dev.bide.persistence.Samples.timer;
import static dev.bide.persistence.Samples.withInput;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bide.testing.PostgresExtension;
import dev.bide.workflow.Run;
import dev.bide.workflow.RunStatus;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.store.RunWithInput;
import dev.bide.workflow.store.Session;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whoever waits for a key holds none that comes after it, so that two sets with the same keys can't wait for one another. */
class KeyOrderIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    private static final UUID FIRST = UUID.fromString("00000000-0000-7000-8000-000000000001");
    private static final UUID LAST = UUID.fromString("ffffffff-ffff-7fff-bfff-ffffffffffff");

    private JdbiDatabase database;

    @BeforeEach
    void openDatabase() {
        database = new JdbiDatabase(Jdbi.create(POSTGRES.dataSource()));
    }

    @Test
    void new_timers_go_by_key() throws Exception {
        List<Timer> set = List.of(timer("new-b", NOW), timer("new-a", NOW));
        Set<UUID> inserted = whileTaken(
                session -> session.timers().insert(List.of(timer("new-a", NOW))),
                session -> session.timers().insert(List.of(timer("new-b", NOW))),
                session -> session.timers().insert(set));
        assertThat(inserted).hasSize(2);
    }

    @Test
    void of_equal_keys_the_first_made_wins() {
        List<Timer> timers = List.of(timer("equal", NOW), timer("equal", NOW), timer("equal", NOW));
        UUID first = timers.stream().map(Timer::id).min(UUID::compareTo).orElseThrow();
        Set<UUID> inserted = database.inTransaction(session -> session.timers().insert(timers));
        assertThat(inserted).containsExactly(first);
    }

    @Test
    void redriven_timers_go_by_key() throws Exception {
        List<Timer> dead = List.of(timer("dead-b", NOW), timer("dead-a", NOW));
        for (Timer timer : dead) {
            database.inTransaction(session -> session.timers().insert(List.of(timer)));
            database.inTransaction(session -> {
                session.timers().settle(List.of(settlement(timer, TimerStatus.DEAD)));
                return true;
            });
        }
        List<Timer> redriven = whileTaken(
                session -> session.timers().insert(List.of(timer("dead-a", NOW))),
                session -> session.timers().insert(List.of(timer("dead-b", NOW))),
                session -> session.timers()
                        .redrive(dead.stream().collect(Collectors.toMap(Timer::id, timer -> NOW)), NOW));
        assertThat(redriven).hasSize(2);
    }

    @Test
    void new_runs_go_by_key_and_workflow_also_those_that_are_over_at_once() throws Exception {
        List<RunWithInput> set =
                List.of(withInput(run(LAST, "new")), withInput(run(FIRST, "new").as(RunStatus.COMPLETED, null, NOW)));
        Set<UUID> inserted = whileTaken(
                session -> session.runs().insert(List.of(withInput(run(FIRST, "new")))),
                session -> session.runs().insert(List.of(withInput(run(LAST, "new")))),
                session -> session.runs().insert(set));
        assertThat(inserted).hasSize(2);
    }

    @Test
    void revived_runs_go_by_key_and_workflow() throws Exception {
        List<Run> failed = List.of(run(LAST, "failed"), run(FIRST, "failed"));
        for (Run run : failed) {
            database.inTransaction(session -> session.runs().insert(List.of(withInput(run))));
            database.inTransaction(session -> {
                session.runs().update(List.of(run.as(RunStatus.FAILED, "why", NOW)));
                return true;
            });
        }
        Set<UUID> revived = whileTaken(
                session -> session.runs().insert(List.of(withInput(run(FIRST, "failed")))),
                session -> session.runs().insert(List.of(withInput(run(LAST, "failed")))),
                session -> session.runs().revive(failed.stream().collect(Collectors.toMap(Run::id, run -> NOW)), NOW));
        assertThat(revived).hasSize(2);
    }

    /** What {@code set} comes to while another transaction takes first its first key, then its last, and then gives both back. */
    private <T> T whileTaken(Consumer<Session> first, Consumer<Session> last, Function<Session, T> set)
            throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        try (Connection connection = POSTGRES.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SET LOCAL lock_timeout = '5s'");
            first.accept(database.on(connection));
            result.completeAsync(() -> database.inTransaction(set));
            await().until(() -> POSTGRES.somebodyWaitsForALock() || result.isDone());
            assertThat(result).isNotDone();
            last.accept(database.on(connection));
            assertThat(result).isNotDone();
            connection.rollback();
        }
        await().atMost(Duration.ofSeconds(10)).until(result::isDone);
        return result.get();
    }
}
