package dev.bide.engine;

import static dev.bide.engine.EngineNode.action;
import static dev.bide.engine.EngineNode.draft;
import static dev.bide.engine.EngineNode.seconds;
import static dev.bide.engine.EngineNode.task;
import static dev.bide.engine.EngineNode.timer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bide.json.FieldError;
import dev.bide.persistence.JdbiDatabase;
import dev.bide.testing.PostgresExtension;
import dev.bide.workflow.RefusedException;
import dev.bide.workflow.TaskDraft;
import dev.bide.workflow.TimerDraft;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.HistoryStore;
import dev.bide.workflow.store.PageRequest;
import dev.bide.workflow.store.Session;
import dev.bide.workflow.store.WorkflowStore;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What workflows, and their reading and changing, keep others from. */
class WorkflowsIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    private static final String PUBLIC = "8.8.8.8";

    /** Far below 300 ms for each of a hundred names. */
    private static final Duration ONE_WAIT = Duration.ofSeconds(10);

    private final Watched reads = new Watched(new JdbiDatabase(Jdbi.create(POSTGRES.dataSource())));
    private final Watched database = new Watched(new JdbiDatabase(Jdbi.create(POSTGRES.dataSource())));
    private final Databases databases =
            new Databases(reads, database, database, database, POSTGRES.dataSource(), POSTGRES.dataSource());
    private final CountDownLatch never = new CountDownLatch(1);

    @AfterEach
    void release() {
        never.countDown();
    }

    @Test
    void nothing_is_held_while_names_are_looked_up() throws Exception {
        List<Integer> open = new CopyOnWriteArrayList<>();
        try (EngineNode node = EngineNode.on(databases)
                .names(name -> {
                    open.add(database.open.get());
                    return PUBLIC;
                })
                .start()) {
            Workflows workflows = node.engine.workflows();
            Workflow workflow = workflows.create(draft(of("one.example")));
            workflows.replace(workflow.id(), draft(of("two.example")), null);
            workflows.replaceForActive(workflow.id(), draft(of("three.example")), null);
            Workflow added = workflows.addTask(workflow.id(), of("four.example"), null, null);
            workflows.replaceTask(workflow.id(), added.tasks().get(0).id(), of("five.example"), null, null);
        }
        assertThat(open).hasSize(5).containsOnly(0);
    }

    @Test
    void names_that_nobody_answers_for_are_waited_for_together() throws Exception {
        try (EngineNode node = EngineNode.on(databases).names(this::hang).start()) {
            Workflows workflows = node.engine.workflows();
            long begin = System.nanoTime();
            Workflow workflow = workflows.create(draft(hung("a")));
            workflows.replace(workflow.id(), draft(hung("b")), null);
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(ONE_WAIT);

            List<TimerDraft> timers = IntStream.range(0, 100)
                    .mapToObj(i -> timer(null, 3600, "https://c" + i + ".tar.pit/"))
                    .toList();
            long beginTimers = System.nanoTime();
            assertThat(node.engine
                            .timers()
                            .createAll(timers.stream().map(Asked::of).toList()))
                    .allMatch(Acceptance.Created.class::isInstance);
            assertThat(Duration.ofNanos(System.nanoTime() - beginTimers)).isLessThan(ONE_WAIT);
        }
    }

    @Test
    void an_action_that_stays_as_it_is_is_not_looked_up_again() throws Exception {
        Workflow workflow;
        try (EngineNode node = EngineNode.on(databases).names(name -> PUBLIC).start()) {
            workflow = node.engine.workflows().create(draft(of("moved.example")));
        }
        try (EngineNode node =
                EngineNode.on(databases).names(name -> "10.0.0.1").start()) {
            Workflows workflows = node.engine.workflows();
            Workflow slower = workflows.replace(
                    workflow.id(), draft(task("one", seconds(7200), action("https://moved.example/"))), null);
            assertThat(slower.version()).isEqualTo(2);
            assertThatThrownBy(() -> workflows.addTask(workflow.id(), of("private.example"), null, null))
                    .isInstanceOfSatisfying(RefusedException.class, refused -> assertThat(
                                    refused.refusal().errors())
                            .extracting(FieldError::field)
                            .containsExactly("tasks[1].action.url"));
        }
    }

    @Test
    void what_only_reads_takes_no_connection_from_what_changes() throws Exception {
        try (EngineNode node = EngineNode.on(databases).names(name -> PUBLIC).start()) {
            Workflows workflows = node.engine.workflows();
            Workflow workflow = workflows.create(draft(of("read.example")));
            int begunBefore = database.begun.get();
            int readsBefore = reads.begun.get();
            assertThat(workflows.get(workflow.id())).isEqualTo(workflow);
            assertThat(workflows
                            .list(WorkflowStore.Filter.CURRENT, new PageRequest(1, null))
                            .items())
                    .containsExactly(workflow);
            assertThat(database.begun).hasValue(begunBefore);
            assertThat(reads.begun).hasValue(readsBefore + 2);
        }
    }

    private static TaskDraft of(String host) {
        return task("one", seconds(3600), action("https://" + host + "/"));
    }

    private static TaskDraft[] hung(String prefix) {
        return IntStream.range(0, Workflow.MOST_TASKS)
                .mapToObj(i -> of(prefix + i + ".tar.pit"))
                .toArray(TaskDraft[]::new);
    }

    private String hang(String name) {
        try {
            never.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return PUBLIC;
    }

    /** Counts transactions. */
    private static final class Watched implements Database {
        /** The node's own threads, which ask whatever a caller does. */
        private static final Set<String> BY_THE_CLOCK = Set.of("figures", "destinations");

        private final Database database;
        private final AtomicInteger begun = new AtomicInteger();
        private final AtomicInteger open = new AtomicInteger();

        Watched(Database database) {
            this.database = database;
        }

        @Override
        public <T> T inTransaction(Function<Session, T> work) {
            if (BY_THE_CLOCK.contains(Thread.currentThread().getName())) {
                return database.inTransaction(work);
            }
            begun.incrementAndGet();
            open.incrementAndGet();
            try {
                return database.inTransaction(work);
            } finally {
                open.decrementAndGet();
            }
        }

        @Override
        public void freeze(HistoryStore.Partition partition) {
            database.freeze(partition);
        }

        @Override
        public Session on(Connection connection) {
            return database.on(connection);
        }
    }
}
