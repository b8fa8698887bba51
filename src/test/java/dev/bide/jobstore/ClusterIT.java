package dev.bide.jobstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bide.testing.PostgresExtension;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.TriggerBuilder;
import org.quartz.spi.OperableTrigger;

class ClusterIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    @Test
    void two_nodes_fire_each_of_ten_thousand_triggers_once() throws Exception {
        String cluster = "two-nodes";
        Firings firings = Firings.board(cluster);
        try (Node a = Node.ours(cluster, "a", POSTGRES.dataSource());
                Node b = Node.ours(cluster, "b", POSTGRES.dataSource())) {
            a.scheduler.addJob(job(cluster), true);
            store(a, oneShots(10_000, new Date()));
            a.start();
            b.start();
            await().atMost(Duration.ofSeconds(30)).until(() -> firings.total.sum() >= 10_000);
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> a.postgres().statistics().completed()
                                    + b.postgres().statistics().completed()
                            == 10_000);
            assertThat(a.scheduler.getTriggerKeys(org.quartz.impl.matchers.GroupMatcher.anyGroup()))
                    .isEmpty();
        }
        assertThat(firings.byTrigger).hasSize(10_000).allSatisfy((key, count) -> assertThat(count.sum())
                .isOne());
    }

    static JobDetail job(String board) {
        return JobBuilder.newJob(Firings.CountingJob.class)
                .withIdentity("count", "test")
                .usingJobData(Firings.BOARD, board)
                .storeDurably()
                .requestRecovery()
                .build();
    }

    static void store(Node node, List<OperableTrigger> triggers) throws Exception {
        try (Connection connection = POSTGRES.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            node.postgres().store(connection, triggers);
            connection.commit();
        }
        node.postgres().signal(triggers.get(0).getStartTime().toInstant());
    }

    static List<OperableTrigger> oneShots(int count, Date due) {
        List<OperableTrigger> triggers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            OperableTrigger trigger = (OperableTrigger) TriggerBuilder.newTrigger()
                    .withIdentity("t" + i, "test")
                    .forJob(new JobKey("count", "test"))
                    .startAt(due)
                    .withSchedule(SimpleScheduleBuilder.simpleSchedule().withMisfireHandlingInstructionIgnoreMisfires())
                    .build();
            trigger.computeFirstFireTime(null);
            triggers.add(trigger);
        }
        return triggers;
    }
}
