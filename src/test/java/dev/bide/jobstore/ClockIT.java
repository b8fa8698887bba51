package dev.bide.jobstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bide.testing.PostgresExtension;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobExecutionContext;
import org.quartz.spi.OperableTrigger;

/** The store's clock decides; the nodes' own, by which Quartz's threads wait, are seconds ahead of it or behind. */
class ClockIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    private static final Map<String, InstantSource> CLOCKS = new ConcurrentHashMap<>();
    private static final Map<String, List<Long>> LATENESS = new ConcurrentHashMap<>();

    public static final class TimedJob implements Job {
        @Override
        public void execute(JobExecutionContext context) {
            String cluster = context.getJobDetail().getJobDataMap().getString("cluster");
            LATENESS.get(cluster)
                    .add(CLOCKS.get(cluster).millis()
                            - context.getScheduledFireTime().getTime());
        }
    }

    /** Both kinds of triggers, on the way with one step and with two. */
    @ParameterizedTest
    @CsvSource({"5, false", "-5, false", "5, true", "-5, true"})
    void nothing_fires_early_or_late_by_how_far_the_nodes_clocks_are_wrong(int seconds, boolean ahead)
            throws Exception {
        Cluster cluster = new Cluster("clock" + seconds + ahead, POSTGRES.dataSource());
        InstantSource clock = InstantSource.offset(InstantSource.system(), Duration.ofSeconds(seconds));
        CLOCKS.put(cluster.name(), clock);
        List<Long> lateness = new java.util.concurrent.CopyOnWriteArrayList<>();
        LATENESS.put(cluster.name(), lateness);
        try (Node a = Node.ours(cluster.name(), "a", POSTGRES.dataSource(), store -> {
                    store.useClock(clock);
                    store.setAcquireAhead(ahead);
                });
                Node b = Node.ours(cluster.name(), "b", POSTGRES.dataSource(), store -> {
                    store.useClock(clock);
                    store.setAcquireAhead(ahead);
                })) {
            a.scheduler.addJob(
                    JobBuilder.newJob(TimedJob.class)
                            .withIdentity(Cluster.JOB)
                            .usingJobData("cluster", cluster.name())
                            .storeDurably()
                            .build(),
                    true);
            a.start();
            b.start();
            List<OperableTrigger> triggers = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                Date due = new Date(clock.millis() + 1_500 + 100L * i);
                triggers.add(i % 2 == 0 ? Cluster.oneShot("t" + i, due) : Cluster.onceByCron("t" + i, due));
            }
            cluster.store(a, triggers);
            await().atMost(Duration.ofSeconds(30)).until(() -> cluster.rows() == 0 && lateness.size() >= 40);
        }
        System.out.println("clock " + seconds + " s, ahead " + ahead + ", lateness in ms: " + lateness);
        assertThat(lateness).hasSize(40).allMatch(late -> late >= 0).allMatch(late -> late < 4_000);
    }

    @Test
    void a_living_node_whose_time_stamps_are_behind_is_not_taken_over_by_one_that_starts() throws Exception {
        Cluster cluster = new Cluster("behind", POSTGRES.dataSource());
        cluster.execute("INSERT INTO qrtz_scheduler_state VALUES ('behind', 'living', 0, 1000)");
        cluster.execute(
                "INSERT INTO qrtz_fired_triggers SELECT 'behind', 'e', 't0', 'test', 'living', 0, 1000, 5, 'EXECUTING', 'count', 'test', NULL, true");
        checkIn(cluster);
        try (Node node = cluster.node("a")) {
            node.start();
            await().during(Duration.ofSeconds(6))
                    .atMost(Duration.ofSeconds(8))
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> {
                        checkIn(cluster);
                        return cluster.members() == 2 && cluster.firings().total.sum() == 0;
                    });
            // And when it dies it is.
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> cluster.firings().total.sum() == 1);
        }
    }

    /** By a clock that is five seconds behind. */
    private static void checkIn(Cluster cluster) throws Exception {
        cluster.execute(
                "UPDATE qrtz_scheduler_state SET last_checkin_time = extract(epoch FROM clock_timestamp()) * 1000 - 5000"
                        + " WHERE sched_name = 'behind' AND instance_name = 'living'");
    }

    @Test
    void time_stamps_are_the_databases() throws Exception {
        Cluster cluster = new Cluster("stamps", POSTGRES.dataSource());
        try (Node node = Node.ours(
                cluster.name(),
                "a",
                POSTGRES.dataSource(),
                store -> store.useClock(InstantSource.offset(InstantSource.system(), Duration.ofDays(-60))))) {
            node.start();
            assertThat(
                            cluster.number(
                                    "SELECT abs(extract(epoch FROM clock_timestamp()) * 1000 - last_checkin_time) FROM qrtz_scheduler_state WHERE sched_name = 'stamps'"))
                    .isLessThan(5_000);
        }
    }
}
