package dev.bide.jobstore.internal.recover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.bide.jobstore.Cluster;
import dev.bide.jobstore.Execution;
import dev.bide.jobstore.ExecutionListener;
import dev.bide.jobstore.FaultyDataSource;
import dev.bide.jobstore.Node;
import dev.bide.jobstore.internal.cluster.TakeoverRound;
import dev.bide.testing.PostgresExtension;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.tomcat.jdbc.pool.PoolProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.SchedulerException;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;
import org.quartz.spi.OperableTrigger;
import org.slf4j.LoggerFactory;

/** Nodes that die, stall, come back, or meet what they can't read. A node is dead to the others when it is cut off from the database. */
class RecoveryIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    private static final Map<String, Scene> SCENES = new ConcurrentHashMap<>();

    /** Executions of a cluster, by node; those on the node named "first" wait for the gate. */
    private static final class Scene implements AutoCloseable {
        final CountDownLatch gate = new CountDownLatch(1);
        final Queue<String> started = new ConcurrentLinkedQueue<>();
        final Queue<TriggerKey> recovering = new ConcurrentLinkedQueue<>();

        /** Lets go whoever waits, so that nodes can be closed. */
        @Override
        public void close() {
            gate.countDown();
        }

        long startedOn(String node) {
            return started.stream().filter(node::equals).count();
        }
    }

    public static final class GatedJob implements Job {
        @Override
        public void execute(JobExecutionContext context) {
            try {
                String node = context.getScheduler().getSchedulerInstanceId();
                Scene scene = SCENES.get(context.getScheduler().getSchedulerName());
                if (context.isRecovering()) {
                    scene.recovering.add(context.getRecoveringTriggerKey());
                }
                scene.started.add(node);
                if (node.equals("first") && !context.isRecovering()) {
                    scene.gate.await();
                }
            } catch (SchedulerException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** What a listener was told. */
    private static final class Told implements ExecutionListener {
        final Queue<Execution> fired = new ConcurrentLinkedQueue<>();
        final Queue<Execution> settled = new ConcurrentLinkedQueue<>();
        final Queue<Execution> abandoned = new ConcurrentLinkedQueue<>();

        @Override
        public void fired(Connection connection, List<Execution> executions) {
            fired.addAll(executions);
        }

        @Override
        public void settled(List<Execution> executions) {
            settled.addAll(executions);
        }

        @Override
        public void abandoned(List<Execution> executions) {
            abandoned.addAll(executions);
        }
    }

    private static JobDetail job(boolean recovers) {
        return JobBuilder.newJob(GatedJob.class)
                .withIdentity(Cluster.JOB)
                .storeDurably()
                .requestRecovery(recovers)
                .build();
    }

    @Test
    void a_dead_nodes_executions_are_repeated_within_five_seconds_under_their_own_keys_and_it_may_not_settle_them()
            throws Exception {
        Cluster cluster = new Cluster("failover", POSTGRES.dataSource());
        FaultyDataSource line = new FaultyDataSource(POSTGRES.dataSource(), 1, 0);
        Told first = new Told();
        Told second = new Told();
        try (Node dying = Node.ours(cluster.name(), "first", line, store -> store.setExecutionListener(first));
                Node heir = Node.ours(
                        cluster.name(), "second", POSTGRES.dataSource(), store -> store.setExecutionListener(second));
                Scene scene = scene(cluster)) {
            dying.scheduler.addJob(job(true), true);
            dying.start();
            List<OperableTrigger> triggers = Cluster.oneShots(300, new Date());
            triggers.add(Cluster.onceByCron("cron", new Date()));
            cluster.store(dying, triggers);
            await().atMost(Duration.ofSeconds(20)).until(() -> scene.startedOn("first") == 301);
            heir.start();
            cluster.awaitMembers(2);
            line.cutOff(true);
            long died = System.nanoTime();
            await().atMost(Duration.ofSeconds(30)).until(() -> scene.startedOn("second") == 301);
            System.out.printf("failover took %d ms%n", (System.nanoTime() - died) / 1_000_000);
            await().atMost(Duration.ofSeconds(10)).until(() -> second.settled.size() == 301);
            assertThat(second.settled)
                    .allMatch(Execution::recovering)
                    .allMatch(e -> e.triggerKey().getGroup().equals("test"));
            assertThat(scene.recovering)
                    .hasSize(301)
                    .contains(new TriggerKey("t7", "test"), new TriggerKey("cron", "test"));
            assertThat(heir.postgres().statistics().recovered()).isEqualTo(301);
            assertThat(cluster.rows()).isZero();
            // The dead node wakes: its calls return, and none of them may be written.
            scene.gate.countDown();
            line.cutOff(false);
            await().atMost(Duration.ofSeconds(20)).until(() -> first.abandoned.size() == 301);
            assertThat(first.settled).isEmpty();
            // It checks in afresh and works again.
            cluster.awaitMembers(2);
        }
    }

    @Test
    void a_node_that_comes_back_with_the_same_id_repeats_what_it_left_and_its_former_life_settles_nothing()
            throws Exception {
        Cluster cluster = new Cluster("same-id", POSTGRES.dataSource());
        FaultyDataSource line = new FaultyDataSource(POSTGRES.dataSource(), 1, 0);
        Told former = new Told();
        Told again = new Told();
        try (Node dying = Node.ours(cluster.name(), "first", line, store -> store.setExecutionListener(former));
                Scene scene = scene(cluster)) {
            dying.scheduler.addJob(job(true), true);
            dying.start();
            cluster.store(dying, Cluster.oneShots(50, new Date()));
            await().until(() -> scene.startedOn("first") == 50);
            line.cutOff(true);
            try (Node returned = Node.ours(
                    cluster.name(), "first", POSTGRES.dataSource(), store -> store.setExecutionListener(again))) {
                returned.start();
                await().atMost(Duration.ofSeconds(10)).until(() -> again.settled.size() == 50);
                assertThat(again.settled).allMatch(Execution::recovering);
                scene.gate.countDown();
                line.cutOff(false);
                await().atMost(Duration.ofSeconds(20)).until(() -> former.abandoned.size() == 50);
                assertThat(former.settled).isEmpty();
            }
        }
    }

    @Test
    void executions_that_do_not_ask_for_recovery_are_dropped_and_repeating_triggers_get_a_recovery_trigger()
            throws Exception {
        Cluster cluster = new Cluster("recovery-kinds", POSTGRES.dataSource());
        FaultyDataSource line = new FaultyDataSource(POSTGRES.dataSource(), 1, 0);
        Told second = new Told();
        try (Node dying = Node.ours(cluster.name(), "first", line);
                Node heir = Node.ours(
                        cluster.name(), "second", POSTGRES.dataSource(), store -> store.setExecutionListener(second));
                Scene scene = scene(cluster)) {
            dying.scheduler.addJob(job(true), true);
            JobDetail careless = JobBuilder.newJob(GatedJob.class)
                    .withIdentity("careless", "test")
                    .storeDurably()
                    .build();
            dying.scheduler.addJob(careless, true);
            OperableTrigger repeating = (OperableTrigger) TriggerBuilder.newTrigger()
                    .withIdentity("repeating", "test")
                    .forJob(Cluster.JOB)
                    .startNow()
                    .withSchedule(SimpleScheduleBuilder.repeatHourlyForever())
                    .build();
            repeating.computeFirstFireTime(null);
            OperableTrigger dropped = (OperableTrigger) TriggerBuilder.newTrigger()
                    .withIdentity("dropped", "test")
                    .forJob(careless)
                    .startNow()
                    .build();
            dropped.computeFirstFireTime(null);
            dying.start();
            cluster.store(dying, List.of(repeating, dropped));
            await().until(() -> scene.startedOn("first") == 2);
            line.cutOff(true);
            heir.start();
            await().atMost(Duration.ofSeconds(20)).until(() -> second.settled.size() == 1);
            Execution repeated = second.settled.remove();
            assertThat(repeated.triggerKey()).isEqualTo(new TriggerKey("repeating", "test"));
            assertThat(repeated.recovering()).isTrue();
            assertThat(heir.scheduler.checkExists(dropped.getKey())).isFalse();
            assertThat(heir.scheduler.getTrigger(repeating.getKey()).getNextFireTime())
                    .isAfter(new Date());
            scene.gate.countDown();
            line.cutOff(false);
        }
    }

    @Test
    void one_poison_trigger_is_set_aside_and_the_rest_of_its_batch_fires() throws Exception {
        Cluster cluster = new Cluster("poison", POSTGRES.dataSource());
        try (Node node = cluster.node("a")) {
            cluster.store(node, Cluster.oneShots(100, new Date()));
            cluster.execute(
                    "UPDATE qrtz_triggers SET job_data = 'rubbish' WHERE sched_name = 'poison' AND trigger_name = 't3'");
            cluster.execute(
                    "INSERT INTO qrtz_job_details VALUES ('poison', 'gone', 'test', NULL, 'no.such.Job', true, false, false, true, NULL)");
            cluster.execute(
                    "UPDATE qrtz_triggers SET job_name = 'gone' WHERE sched_name = 'poison' AND trigger_name = 't5'");
            cluster.execute(
                    "UPDATE qrtz_triggers SET job_name = 'never' WHERE sched_name = 'poison' AND trigger_name = 't6'");
            cluster.execute("DELETE FROM qrtz_simple_triggers WHERE sched_name = 'poison' AND trigger_name = 't8'");
            node.start();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> cluster.firings().total.sum() == 96);
            await().until(() -> node.postgres().statistics().inHand() == 0);
            assertThat(node.postgres().statistics().poisoned()).isEqualTo(4);
            for (String name : List.of("t3", "t5", "t6", "t8")) {
                assertThat(node.scheduler
                                .getTriggerState(new TriggerKey(name, "test"))
                                .name())
                        .isEqualTo("ERROR");
            }
            assertThat(cluster.number("SELECT count(*) FROM qrtz_fired_triggers WHERE sched_name = 'poison'"))
                    .isZero();
            // Mended and reset, it fires.
            cluster.execute(
                    "UPDATE qrtz_triggers SET job_data = NULL WHERE sched_name = 'poison' AND trigger_name = 't3'");
            node.scheduler.resetTriggerFromErrorState(new TriggerKey("t3", "test"));
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> cluster.firings().total.sum() == 97);
        }
    }

    @Test
    void a_completion_that_cannot_be_written_is_set_aside_and_the_others_are_written() throws Exception {
        Cluster cluster = new Cluster("poison-completion", POSTGRES.dataSource());
        ExecutionListener fussy = new ExecutionListener() {
            @Override
            public void settle(Connection connection, List<Execution> standing) {
                if (standing.stream().anyMatch(e -> e.triggerKey().getName().equals("t42"))) {
                    throw new IllegalArgumentException("t42 is not to my liking");
                }
            }
        };
        try (Node node = cluster.node("a", store -> store.setExecutionListener(fussy))) {
            cluster.store(node, Cluster.oneShots(200, new Date()));
            node.start();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> node.postgres().statistics().completed() == 199);
            await().until(() -> node.postgres().statistics().poisoned() == 1);
            assertThat(cluster.number("SELECT count(*) FROM qrtz_triggers WHERE sched_name = 'poison-completion'"
                            + " AND trigger_name = 't42' AND trigger_state = 'ERROR'"))
                    .isOne();
        }
    }

    @Test
    void what_ended_while_the_database_is_away_is_kept_and_written_when_it_is_back() throws Exception {
        Cluster cluster = new Cluster("outage", POSTGRES.dataSource());
        FaultyDataSource line = new FaultyDataSource(POSTGRES.dataSource(), 1, 0);
        Told told = new Told();
        try (Node node = Node.ours(cluster.name(), "first", line, store -> {
                    store.setExecutionListener(told);
                    store.setCompletionLimit(100);
                });
                Scene scene = scene(cluster)) {
            node.scheduler.addJob(job(true), true);
            node.start();
            cluster.store(node, Cluster.oneShots(150, new Date()));
            await().until(() -> scene.startedOn("first") == 150);
            line.cutOff(true);
            scene.gate.countDown();
            await().until(() -> node.postgres().statistics().buffered() == 150);
            line.cutOff(false);
            await().atMost(Duration.ofSeconds(20)).until(() -> told.settled.size() == 150);
            assertThat(told.abandoned).isEmpty();
            assertThat(scene.started).hasSize(150);
        }
    }

    @Test
    void a_shutdown_writes_what_has_ended_gives_back_the_rest_and_leaves_no_trace() throws Exception {
        Cluster cluster = new Cluster("shutdown", POSTGRES.dataSource());
        Node node = cluster.node("a", store -> {
            store.setAcquireAhead(true);
            store.setCompletionLinger(5_000);
        });
        node.start();
        cluster.store(node, Cluster.oneShots(10, new Date()));
        await().until(() -> cluster.firings().total.sum() == 10);
        List<OperableTrigger> soon =
                new ArrayList<>(List.of(Cluster.oneShot("soon", new Date(System.currentTimeMillis() + 60_000))));
        cluster.store(node, soon);
        node.close();
        assertThat(
                        cluster.number(
                                "SELECT count(*) FROM qrtz_triggers WHERE sched_name = 'shutdown' AND trigger_state = 'WAITING'"))
                .isOne();
        assertThat(cluster.number("SELECT count(*) FROM qrtz_fired_triggers WHERE sched_name = 'shutdown'"))
                .isZero();
        assertThat(cluster.members()).isZero();
        assertThat(node.postgres().statistics().completed()).isEqualTo(10);
    }

    @Test
    void what_an_instance_left_that_is_no_member_any_more_is_taken_over() throws Exception {
        Cluster cluster = new Cluster("vanished", POSTGRES.dataSource());
        try (Node node = cluster.node("a")) {
            node.start();
            cluster.awaitMembers(1);
            cluster.execute(
                    "INSERT INTO qrtz_fired_triggers SELECT 'vanished', 'left', 't0', 'test', 'gone', 0, 1000, 5, 'EXECUTING', 'count', 'test', NULL, true");
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> cluster.firings().total.sum() == 1 && cluster.rows() == 0);
        }
    }

    /** Entry by entry it would be asked for once a second and entry, and each time in vain. */
    @Test
    void a_lock_of_the_cluster_that_is_not_to_be_had_is_no_entrys_fault() throws Exception {
        Cluster cluster = new Cluster("unlockable", POSTGRES.dataSource());
        ListAppender<ILoggingEvent> recovery = logOf(Recovery.class);
        ListAppender<ILoggingEvent> round = logOf(TakeoverRound.class);
        try (Node node = cluster.node("a")) {
            node.start();
            cluster.awaitMembers(1);
            cluster.execute("ALTER TABLE qrtz_locks RENAME TO qrtz_locks_away");
            try {
                cluster.execute(
                        "INSERT INTO qrtz_fired_triggers SELECT 'unlockable', 'left' || n, 't' || n, 'test', 'gone', 0, 1000, 5, 'EXECUTING', 'count', 'test', NULL, true FROM generate_series(1, 3) AS n");
                await().atMost(Duration.ofSeconds(30)).until(() -> round.list.stream()
                        .anyMatch(event -> event.getFormattedMessage().contains("qrtz_locks")));
                assertThat(recovery.list)
                        .extracting(ILoggingEvent::getFormattedMessage)
                        .noneMatch(line -> line.contains("can't be put back"));
            } finally {
                cluster.execute("ALTER TABLE qrtz_locks_away RENAME TO qrtz_locks");
            }
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> cluster.firings().total.sum() == 3 && cluster.rows() == 0);
        } finally {
            ((Logger) LoggerFactory.getLogger(Recovery.class)).detachAppender(recovery);
            ((Logger) LoggerFactory.getLogger(TakeoverRound.class)).detachAppender(round);
        }
    }

    private static ListAppender<ILoggingEvent> logOf(Class<?> type) {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.list = new CopyOnWriteArrayList<>();
        log.start();
        ((Logger) LoggerFactory.getLogger(type)).addAppender(log);
        return log;
    }

    /** It is Quartz that gives them back, and only for the exceptions that it knows. */
    @Test
    void triggers_whose_firing_fails_in_the_listener_fire_again() throws Exception {
        Cluster cluster = new Cluster("listener", POSTGRES.dataSource());
        Queue<Execution> released = new ConcurrentLinkedQueue<>();
        ExecutionListener failing = new ExecutionListener() {
            private int calls;

            @Override
            public void fired(Connection connection, List<Execution> executions) {
                if (calls++ == 0) {
                    throw new IllegalStateException("as expected by this test");
                }
            }

            @Override
            public void released(List<Execution> executions) {
                released.addAll(executions);
            }
        };
        try (Node node = cluster.node("a", store -> store.setExecutionListener(failing))) {
            cluster.store(node, List.of(Cluster.onceByCron("cron", new Date())));
            node.start();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> cluster.firings().total.sum() == 1 && cluster.rows() == 0);
            assertThat(released).extracting(Execution::triggerKey).containsExactly(new TriggerKey("cron", "test"));
        }
    }

    @Test
    void a_trigger_that_is_resumed_while_it_is_acquired_waits_again() throws Exception {
        Cluster cluster = new Cluster("resumed", POSTGRES.dataSource());
        try (Node node = cluster.node("a", store -> store.setAcquireAhead(true))) {
            node.store.schedulerStarted();
            cluster.awaitMembers(1);
            Date due = new Date(System.currentTimeMillis() + 3_600_000);
            cluster.store(node, List.of(Cluster.oneShot("t0", due)));
            List<OperableTrigger> acquired = node.store.acquireNextTriggers(due.getTime() + 1, 1, 0);
            assertThat(acquired).hasSize(1);
            node.store.resumeTrigger(new TriggerKey("t0", "test"));
            assertThat(node.store.triggersFired(acquired)).allMatch(result -> result.getTriggerFiredBundle() == null);
            assertThat(node.store.acquireNextTriggers(due.getTime() + 1, 1, 0)).hasSize(1);
        }
    }

    /** Entries of the index read, as PostgreSQL counts them: time would depend on the machine. */
    @Test
    void a_transaction_that_holds_back_vacuum_does_not_make_taking_triggers_read_more_and_more() throws Exception {
        Cluster cluster = new Cluster("held-back", POSTGRES.dataSource());
        // A backend counts for all to see when it is idle for some seconds, or ends: the node's end with its pool.
        PoolProperties own = new PoolProperties();
        own.setUrl(POSTGRES.jdbcUrl());
        own.setConnectionProperties("ApplicationName=held-back");
        own.setDriverClassName("org.postgresql.Driver");
        org.apache.tomcat.jdbc.pool.DataSource pool = new org.apache.tomcat.jdbc.pool.DataSource(own);
        Storing storing = () -> {};
        try (Connection idle = POSTGRES.dataSource().getConnection()) {
            long before;
            try (Node node = cluster.node("a", pool)) {
                List<OperableTrigger> triggers = new ArrayList<>();
                for (int i = 0; i < 20_000; i++) {
                    triggers.add(Cluster.oneShot("t" + i, new Date(System.currentTimeMillis() - 100_000 + i)));
                }
                cluster.store(node, triggers);
                idle.setAutoCommit(false);
                idle.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                idle.createStatement().execute("SELECT count(*) FROM qrtz_triggers");
                before = indexEntriesRead(cluster);
                storing = storeFutureOnes(cluster, node);
                node.start();
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> cluster.firings().total.sum() == 20_000);
                await().until(() -> node.postgres().statistics().inHand() == 0);
            } finally {
                storing.close();
                pool.close(true);
            }
            await().until(() ->
                    cluster.number("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'held-back'") == 0);
            await().until(() -> indexEntriesRead(cluster) - before >= 20_000);
            long read = indexEntriesRead(cluster) - before;
            // From the beginning each time it would be 40 batches of 500, 10,000 dead entries before each on average:
            // 400,000.
            System.out.println("index entries read for 20,000 triggers with vacuum held back: " + read);
            assertThat(read).isLessThan(200_000);
            idle.rollback();
        }
    }

    private interface Storing extends AutoCloseable {
        @Override
        void close() throws InterruptedException;
    }

    /** As a node does that also accepts new ones: none of them is due in the test. */
    private static Storing storeFutureOnes(Cluster cluster, Node node) {
        AtomicBoolean ended = new AtomicBoolean();
        AtomicInteger number = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Thread thread = new Thread(() -> {
                while (!ended.get()) {
                    storeFutureOne(cluster, node, number.incrementAndGet());
                }
            });
            threads.add(thread);
            thread.start();
        }
        return () -> {
            ended.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
        };
    }

    private static void storeFutureOne(Cluster cluster, Node node, int number) {
        Date due = new Date(System.currentTimeMillis() + 3_600_000);
        try {
            cluster.inTransaction(connection -> {
                try {
                    node.postgres().store(connection, List.of(Cluster.oneShot("later" + number, due)));
                    return null;
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        node.postgres().signal(due.toInstant());
    }

    private static long indexEntriesRead(Cluster cluster) throws Exception {
        return cluster.number(
                "SELECT idx_tup_read FROM pg_stat_user_indexes WHERE indexrelname = 'qrtz_triggers_waiting'");
    }

    private static Scene scene(Cluster cluster) {
        Scene scene = new Scene();
        SCENES.put(cluster.name(), scene);
        return scene;
    }
}
