package dev.bide.jobstore.internal.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bide.jobstore.Cluster;
import dev.bide.jobstore.Node;
import dev.bide.testing.PostgresExtension;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobExecutionContext;
import org.quartz.JobExecutionException;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;
import org.quartz.impl.triggers.SimpleTriggerImpl;
import org.quartz.spi.OperableTrigger;

/** A plain one-shot has no rows while it executes, and Quartz's API must not notice. */
class PlainOneShotIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    private static final TriggerKey KEY = new TriggerKey("once", "test");
    private static final Map<String, Scene> SCENES = new ConcurrentHashMap<>();

    private interface Body {
        void run(JobExecutionContext context) throws Exception;
    }

    /** What the job does the first time, and how often it ran. */
    private static final class Scene implements AutoCloseable {
        final AtomicInteger runs = new AtomicInteger();
        final CountDownLatch gate = new CountDownLatch(1);
        volatile Body first = context -> {};

        /** Lets the job go, so that its node can be closed. */
        @Override
        public void close() {
            gate.countDown();
        }
    }

    public static final class SceneJob implements Job {
        @Override
        public void execute(JobExecutionContext context) throws JobExecutionException {
            try {
                Scene scene = SCENES.get(context.getScheduler().getSchedulerName());
                if (context.getTrigger().getKey().equals(KEY) && scene.runs.incrementAndGet() == 1) {
                    scene.first.run(context);
                }
            } catch (JobExecutionException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static Cluster cluster(String name) {
        return new Cluster(name, POSTGRES.dataSource());
    }

    private static Scene scene(Cluster cluster) {
        Scene scene = new Scene();
        SCENES.put(cluster.name(), scene);
        return scene;
    }

    private static Node start(Cluster cluster, String id) throws Exception {
        SCENES.put(cluster.name(), new Scene());
        Node node = Node.ours(cluster.name(), id, POSTGRES.dataSource());
        node.scheduler.addJob(
                JobBuilder.newJob(SceneJob.class)
                        .withIdentity(Cluster.JOB)
                        .storeDurably()
                        .requestRecovery()
                        .build(),
                true);
        node.start();
        // Only once it knows the job does a node know that it may fire at once.
        cluster.store(node, List.of(Cluster.oneShot("first", new Date())));
        await().until(() -> node.postgres().statistics().completed() == 1);
        return node;
    }

    private static void fire(Cluster cluster, Node node) throws Exception {
        cluster.store(node, List.of(Cluster.oneShot(KEY.getName(), new Date())));
        await().until(() -> SCENES.get(cluster.name()).runs.get() > 0);
    }

    private static void done(Cluster cluster, Node node) {
        await().until(() -> node.postgres().statistics().inHand() == 0 && cluster.rows() == 0);
    }

    @Test
    void its_rows_are_gone_while_it_executes_and_it_is_still_found() throws Exception {
        Cluster cluster = cluster("found");
        try (Node node = start(cluster, "a");
                Scene scene = scene(cluster)) {
            scene.first = context -> scene.gate.await();
            fire(cluster, node);
            assertThat(cluster.number("SELECT count(*) FROM qrtz_triggers WHERE sched_name = 'found'"))
                    .isZero();
            assertThat(cluster.number("SELECT count(*) FROM qrtz_simple_triggers WHERE sched_name = 'found'"))
                    .isZero();
            Trigger trigger = node.scheduler.getTrigger(KEY);
            assertThat(trigger.getJobKey()).isEqualTo(Cluster.JOB);
            assertThat(trigger.getNextFireTime()).isNull();
            assertThat(trigger.getPreviousFireTime()).isEqualTo(trigger.getStartTime());
            assertThat(node.scheduler.getTriggerState(KEY)).isEqualTo(Trigger.TriggerState.COMPLETE);
            scene.gate.countDown();
            done(cluster, node);
            assertThat(node.scheduler.getTrigger(KEY)).isNull();
            assertThat(node.scheduler.getTriggerState(KEY)).isEqualTo(Trigger.TriggerState.NONE);
        }
    }

    @Test
    void a_job_can_give_its_own_trigger_another_time() throws Exception {
        Cluster cluster = cluster("again");
        try (Node node = start(cluster, "a");
                Scene scene = scene(cluster)) {
            scene.first = context -> {
                Trigger later = TriggerBuilder.newTrigger()
                        .withIdentity(KEY)
                        .forJob(Cluster.JOB)
                        .startAt(new Date(System.currentTimeMillis() + 300))
                        .build();
                assertThat(context.getScheduler().rescheduleJob(KEY, later)).isEqualTo(later.getStartTime());
            };
            fire(cluster, node);
            await().until(() -> scene.runs.get() == 2);
            done(cluster, node);
        }
    }

    @Test
    void one_that_is_unscheduled_while_it_executes_is_not_there_any_more() throws Exception {
        Cluster cluster = cluster("unscheduled");
        try (Node node = start(cluster, "a");
                Scene scene = scene(cluster)) {
            scene.first = context -> scene.gate.await();
            fire(cluster, node);
            assertThat(node.scheduler.unscheduleJob(KEY)).isTrue();
            assertThat(node.scheduler.unscheduleJob(KEY)).isFalse();
            scene.gate.countDown();
            done(cluster, node);
        }
    }

    @Test
    void one_that_was_looked_at_for_a_change_gets_its_rows_back_and_leaves_none_behind() throws Exception {
        Cluster cluster = cluster("touched");
        try (Node node = start(cluster, "a");
                Scene scene = scene(cluster)) {
            scene.first = context -> scene.gate.await();
            fire(cluster, node);
            node.scheduler.pauseTrigger(KEY);
            assertThat(
                            cluster.number(
                                    "SELECT count(*) FROM qrtz_triggers WHERE sched_name = 'touched' AND trigger_state = 'COMPLETE'"))
                    .isOne();
            scene.gate.countDown();
            done(cluster, node);
            assertThat(node.postgres().statistics().abandoned()).isZero();
        }
    }

    @Test
    void one_whose_job_asks_that_it_be_complete_stays_as_that() throws Exception {
        Cluster cluster = cluster("error");
        try (Node node = start(cluster, "a");
                Scene scene = scene(cluster)) {
            scene.first = context -> {
                JobExecutionException failure = new JobExecutionException("no more of this");
                failure.setUnscheduleAllTriggers(true);
                throw failure;
            };
            fire(cluster, node);
            await().until(() -> node.postgres().statistics().inHand() == 0);
            assertThat(node.scheduler.getTriggerState(KEY)).isEqualTo(Trigger.TriggerState.COMPLETE);
        }
    }

    @Test
    void what_says_more_than_a_time_is_no_plain_one_shot() {
        assertThat(PlainOneShot.is(Cluster.oneShot("t", new Date()))).isTrue();
        assertThat(PlainOneShot.is(Cluster.onceByCron("t", new Date()))).isFalse();
        assertThat(changed(t -> t.setDescription("why"))).isFalse();
        assertThat(changed(t -> t.setRepeatCount(1))).isFalse();
        assertThat(changed(t -> t.setCalendarName("holidays"))).isFalse();
        assertThat(changed(t -> t.getJobDataMap().put("n", 1))).isFalse();
        assertThat(changed(t -> t.setEndTime(new Date(Long.MAX_VALUE)))).isFalse();
        assertThat(changed(t -> t.setMisfireInstruction(0))).isFalse();
        assertThat(changed(t -> t.setPreviousFireTime(t.getStartTime()))).isFalse();
        assertThat(changed(t -> t.setNextFireTime(new Date(1)))).isFalse();
    }

    private interface Change {
        void to(SimpleTriggerImpl trigger);
    }

    private static boolean changed(Change change) {
        OperableTrigger trigger = Cluster.oneShot("t", new Date());
        change.to((SimpleTriggerImpl) trigger);
        return PlainOneShot.is(trigger);
    }

    @Test
    void the_longest_id_of_an_instance_leaves_room_in_the_ids_of_its_entries() throws Exception {
        Cluster cluster = cluster("long");
        try (Node node = start(cluster, "n".repeat(200));
                Scene scene = scene(cluster)) {
            fire(cluster, node);
            done(cluster, node);
            assertThat(scene.runs).hasValue(1);
        }
    }
}
