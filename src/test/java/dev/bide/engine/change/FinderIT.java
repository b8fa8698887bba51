package dev.bide.engine.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.uuid.Generators;
import dev.bide.engine.Accepted;
import dev.bide.engine.EngineExtension;
import dev.bide.engine.EngineNode;
import dev.bide.engine.RunView;
import dev.bide.persistence.JdbiDatabase;
import dev.bide.testing.PostgresExtension;
import dev.bide.workflow.Action;
import dev.bide.workflow.JsonText;
import dev.bide.workflow.RefusedException;
import dev.bide.workflow.RunDraft;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.WorkflowDraft;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.HistoryStore.History;
import dev.bide.workflow.store.HistoryStore.Partition;
import dev.bide.workflow.store.Session;
import java.sql.Connection;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Reads by id, and looks for keys, where more than a year of history is kept. */
class FinderIT {
    private static final int DAYS = 400;

    @RegisterExtension
    static EngineExtension node = EngineExtension.of(FinderIT::start);

    private static final PostgresExtension POSTGRES = node.postgres();

    /** The most locks that any transaction held at its end. */
    private static final AtomicInteger LOCKS = new AtomicInteger();

    private static final LocalDate TODAY = LocalDate.now(ZoneOffset.UTC);

    private final Jdbi jdbi = Jdbi.create(POSTGRES.dataSource());

    private static EngineNode start(PostgresExtension postgres) throws Exception {
        JdbiDatabase database = new JdbiDatabase(Jdbi.create(postgres.dataSource()));
        for (int day = 2; day <= DAYS; day++) {
            for (History history : History.values()) {
                Partition partition = new Partition(history, TODAY.minusDays(day));
                database.inTransaction(session -> session.history().make(partition));
            }
        }
        return EngineNode.on(postgres.dataSource(), new Watched(database)).start();
    }

    /** Counts the locks of each transaction. */
    private record Watched(Database database) implements Database {
        @Override
        public <T> T inTransaction(Function<Session, T> work) {
            return database.inTransaction(session -> {
                T result = work.apply(session);
                int locks = Jdbi.create(session.connection())
                        .open()
                        .createQuery("SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid()")
                        .mapTo(Integer.class)
                        .one();
                LOCKS.accumulateAndGet(locks, Math::max);
                return result;
            });
        }

        @Override
        public void freeze(Partition partition) {
            database.freeze(partition);
        }

        @Override
        public Session on(Connection connection) {
            return database.on(connection);
        }
    }

    @Test
    void a_read_by_id_locks_a_few_partitions_only() {
        Timer today = delivered(0, 0, null);
        Timer late = delivered(390, 3, null);
        Timer old = delivered(399, 399, null);
        LOCKS.set(0);
        for (Timer timer : List.of(today, late, old)) {
            assertThat(node.engine.timers().get(timer.id()).status()).isEqualTo(TimerStatus.DELIVERED);
        }
        UUID unknown = made(300);
        assertThatThrownBy(() -> node.engine.timers().get(unknown)).isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> node.engine.timers().get(UUID.randomUUID())).isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> node.engine.runs().get(unknown)).isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> node.engine.timers().cancel(late.id())).hasMessageContaining("delivered");
        assertThat(LOCKS.get()).isLessThanOrEqualTo(40);
    }

    @Test
    void finds_a_timer_that_has_no_partition_of_its_day() {
        Timer timer = delivered(0, -30, null);
        assertThat(node.engine.timers().get(timer.id()).status()).isEqualTo(TimerStatus.DELIVERED);
    }

    @Test
    void finds_all_timers_of_a_run_that_waited_long() {
        Workflow workflow = node.engine
                .workflows()
                .create(new WorkflowDraft(
                        "w", null, null, List.of(EngineNode.task("t", EngineNode.seconds(3600), action()))));
        UUID run = node.engine
                .runs()
                .start(workflow.id(), new RunDraft(null, null, JsonText.EMPTY_OBJECT))
                .join()
                .value()
                .run()
                .id();
        // A run that began 350 days ago: three timers, the second of which waited for most of that time.
        int[][] waits = {{350, 349}, {349, 20}, {20, 19}};
        List<UUID> ids = new ArrayList<>();
        for (int[] wait : waits) {
            Timer timer = delivered(wait[0], wait[1], null);
            ids.add(timer.id());
            jdbi.useHandle(handle -> handle.execute(
                    "UPDATE timer_history SET run_id = ?, workflow_id = ?, workflow_version = 1, task_id = ? WHERE id = ?",
                    run,
                    workflow.id(),
                    workflow.tasks().get(0).id(),
                    timer.id()));
        }
        jdbi.useHandle(handle ->
                handle.execute("UPDATE run SET created_at = created_at - interval '350 days' WHERE id = ?", run));
        LOCKS.set(0);
        RunView view = node.engine.runs().get(run);
        assertThat(view.history())
                .extracting(Timer::id)
                .startsWith(ids.toArray(UUID[]::new))
                .hasSize(4);
        assertThat(view.timer()).isNotNull();
        assertThat(LOCKS.get()).isLessThanOrEqualTo(40);
    }

    @Test
    void a_key_is_found_again_however_old_it_is() {
        Timer old = delivered(380, 370, "old");
        LOCKS.set(0);
        Accepted<Timer> again = node.engine
                .timers()
                .create(EngineNode.timer("old", 3600, "http://127.0.0.1:9/"))
                .join();
        assertThat(again.created()).isFalse();
        assertThat(again.value().id()).isEqualTo(old.id());
        assertThat(LOCKS.get()).isLessThanOrEqualTo(120);
    }

    @Test
    void fifty_at_once_find_their_way() throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(50);
        try {
            List<Future<Boolean>> answers = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                UUID unknown = made(3 * i);
                answers.add(callers.submit(() -> {
                    assertThatThrownBy(() -> node.engine.timers().get(unknown)).isInstanceOf(RefusedException.class);
                    return true;
                }));
                answers.add(callers.submit(() -> node.engine
                        .timers()
                        .create(EngineNode.timer("new-" + unknown, 3600, "http://127.0.0.1:9/"))
                        .join()
                        .created()));
            }
            for (Future<Boolean> answer : answers) {
                assertThat(answer.get(60, TimeUnit.SECONDS)).isTrue();
            }
        } finally {
            callers.shutdownNow();
        }
    }

    private static Action action() {
        return EngineNode.action("http://127.0.0.1:9/");
    }

    /** An id of so many days ago. */
    private static UUID made(int daysAgo) {
        UUID now = Generators.timeBasedEpochGenerator().generate();
        long millis = (now.getMostSignificantBits() >>> 16) - TimeUnit.DAYS.toMillis(daysAgo);
        return new UUID(millis << 16 | now.getMostSignificantBits() & 0xffff, now.getLeastSignificantBits());
    }

    private Timer delivered(int madeDaysAgo, int finishedDaysAgo, String key) {
        Timer timer = node.engine
                .timers()
                .create(EngineNode.timer(key, 3600, "http://127.0.0.1:9/"))
                .join()
                .value();
        UUID id = made(madeDaysAgo);
        jdbi.useTransaction(handle -> {
            handle.execute(
                    "INSERT INTO timer_history SELECT ?, 'delivered', due_at, NULL, now() - ? * interval '24 hours', timezone, spec, 1, NULL,"
                            + " NULL, NULL, NULL, NULL, NULL, key, now() - ? * interval '24 hours' FROM timer WHERE id = ?",
                    id,
                    madeDaysAgo,
                    finishedDaysAgo,
                    timer.id());
            handle.execute(
                    "INSERT INTO timer_key_history SELECT key, id, finished_at FROM timer_history WHERE id = ? AND key IS NOT NULL",
                    id);
            handle.execute(
                    "DELETE FROM qrtz_triggers WHERE trigger_name = ?",
                    timer.id().toString());
            handle.execute("DELETE FROM timer WHERE id = ?", timer.id());
        });
        return new Timer(
                id,
                timer.status(),
                timer.dueAt(),
                timer.nextAttemptAt(),
                timer.createdAt(),
                timer.timezone(),
                timer.spec(),
                0,
                List.of(),
                null,
                null,
                key,
                null,
                null);
    }
}
