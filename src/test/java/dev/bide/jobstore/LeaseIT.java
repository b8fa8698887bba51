package dev.bide.jobstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bide.testing.PostgresExtension;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobExecutionContext;
import org.quartz.TriggerKey;
import org.quartz.spi.OperableTrigger;

/** A node that may have been given up begins nothing. */
class LeaseIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    @Test
    void a_node_that_could_not_check_in_for_too_long_takes_fires_and_begins_nothing() throws Exception {
        Cluster cluster = new Cluster("lease", POSTGRES.dataSource());
        AtomicLong ahead = new AtomicLong();
        try (Node node = cluster.node("a", store -> {
                    store.useNanoTime(() -> System.nanoTime() + ahead.get());
                    store.setAcquireAhead(true);
                    store.setLockTimeout(200);
                });
                Connection other = POSTGRES.dataSource().getConnection();
                Statement statement = other.createStatement()) {
            PostgresJobStore store = node.postgres();
            assertThat(store.holdsLease()).isFalse();
            store.schedulerStarted();
            assertThat(store.holdsLease()).isTrue();
            Date due = new Date(System.currentTimeMillis() - 1_000);
            cluster.store(node, List.of(Cluster.oneShot("fired", due)));
            List<OperableTrigger> fired = store.acquireNextTriggers(System.currentTimeMillis(), 10, 0);
            cluster.store(node, List.of(Cluster.onceByCron("acquired", due)));
            List<OperableTrigger> acquired = store.acquireNextTriggers(System.currentTimeMillis(), 10, 0);
            assertThat(fired).extracting(OperableTrigger::getKey).containsExactly(new TriggerKey("fired", "test"));
            assertThat(acquired)
                    .extracting(OperableTrigger::getKey)
                    .containsExactly(new TriggerKey("acquired", "test"));
            String execution = fired.get(0).getFireInstanceId();
            assertThat(store.holdsLease(execution)).isTrue();
            cluster.store(node, List.of(Cluster.oneShot("waiting", due)));

            other.setAutoCommit(false);
            statement.execute("SELECT 1 FROM qrtz_scheduler_state WHERE sched_name = 'lease' FOR UPDATE");
            ahead.addAndGet(TimeUnit.SECONDS.toNanos(3));
            assertThat(store.holdsLease()).isFalse();
            assertThat(store.statistics().leaseHeld()).isFalse();
            assertThat(store.statistics().checkInAgeMillis()).isBetween(3_000L, 10_000L);
            assertThat(store.acquireNextTriggers(System.currentTimeMillis(), 10, 0))
                    .isEmpty();
            for (List<OperableTrigger> triggers : List.of(fired, acquired)) {
                assertThat(store.triggersFired(triggers))
                        .hasSize(1)
                        .allMatch(result -> result.getTriggerFiredBundle() == null);
            }
            other.rollback();

            await().until(store::holdsLease);
            assertThat(store.holdsLease(execution))
                    .as("taken under the lease before")
                    .isFalse();
            assertThat(store.triggersFired(fired)).allMatch(result -> result.getTriggerFiredBundle() == null);
            // As Quartz does with what was not fired.
            fired.forEach(store::releaseAcquiredTrigger);
            acquired.forEach(store::releaseAcquiredTrigger);
            node.start();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> cluster.firings().total.sum() == 3 && cluster.rows() == 0);
        }
    }

    @Test
    void a_batch_whose_taking_outlasts_the_lease_is_given_back() throws Exception {
        Cluster cluster = new Cluster("slow-take", POSTGRES.dataSource());
        AtomicLong ahead = new AtomicLong();
        ExecutionListener slow = new ExecutionListener() {
            @Override
            public void fired(Connection connection, List<Execution> executions) {
                if (executions.stream().anyMatch(e -> e.triggerKey().getName().equals("slow"))) {
                    ahead.addAndGet(TimeUnit.SECONDS.toNanos(3));
                }
            }
        };
        try (Node node = cluster.node("a", store -> {
            store.useNanoTime(() -> System.nanoTime() + ahead.get());
            store.setExecutionListener(slow);
        })) {
            node.postgres().schedulerStarted();
            // From the second one on the job is known, and they are taken and fired in one.
            cluster.store(node, List.of(Cluster.oneShot("first", new Date())));
            await().until(() -> node.postgres()
                            .acquireNextTriggers(System.currentTimeMillis() + 1_000, 10, 0)
                            .size()
                    == 1);
            cluster.store(node, List.of(Cluster.oneShot("slow", new Date())));
            await().until(() -> node.postgres()
                            .acquireNextTriggers(System.currentTimeMillis() + 1_000, 10, 0)
                            .isEmpty()
                    && ahead.get() > 0);
            await().until(() -> cluster.number(
                            "SELECT count(*) FROM qrtz_triggers WHERE sched_name = 'slow-take' AND trigger_state = 'WAITING'")
                    == 1);
            assertThat(node.postgres().statistics().inHand())
                    .as("the first one, which is not given back by itself")
                    .isOne();
        }
    }

    private static final CountDownLatch GATE = new CountDownLatch(1);

    public static final class GatedJob implements Job {
        @Override
        public void execute(JobExecutionContext context) {
            try {
                GATE.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Test
    void the_first_that_sees_the_database_again_takes_nobody_over_who_was_cut_off_with_it() throws Exception {
        Cluster cluster = new Cluster("outage-of-all", POSTGRES.dataSource());
        FaultyDataSource lineOfA = new FaultyDataSource(POSTGRES.dataSource(), 1, 0);
        FaultyDataSource lineOfB = new FaultyDataSource(POSTGRES.dataSource(), 1, 0);
        try (Node a = Node.ours(cluster.name(), "a", lineOfA);
                Node b = Node.ours(cluster.name(), "b", lineOfB)) {
            b.scheduler.addJob(
                    JobBuilder.newJob(GatedJob.class)
                            .withIdentity(Cluster.JOB)
                            .storeDurably()
                            .requestRecovery()
                            .build(),
                    true);
            b.start();
            cluster.store(b, Cluster.oneShots(5, new Date()));
            await().until(() -> b.postgres().statistics().fired() == 5);
            a.start();
            await().until(() -> a.postgres().holdsLease());
            lineOfA.cutOff(true);
            lineOfB.cutOff(true);
            await().during(Duration.ofSeconds(2))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> !a.postgres().holdsLease() && !b.postgres().holdsLease());
            lineOfA.cutOff(false);
            await().until(() -> a.postgres().holdsLease());
            await().during(Duration.ofMillis(1_500))
                    .atMost(Duration.ofSeconds(5))
                    .until(() -> a.postgres().statistics().recovered() == 0);
            lineOfB.cutOff(false);
            await().until(() -> b.postgres().holdsLease());
            GATE.countDown();
            await().until(() -> cluster.rows() == 0);
            assertThat(a.postgres().statistics().recovered()).isZero();
            assertThat(b.postgres().statistics().completed()).isEqualTo(5);
        } finally {
            GATE.countDown();
        }
    }

    @Test
    void a_shutdown_ends_the_lease() {
        Node node = Node.ours("ended", "a", POSTGRES.dataSource());
        node.start();
        await().until(() -> node.postgres().holdsLease());
        node.close();
        assertThat(node.postgres().holdsLease()).isFalse();
    }
}
