package dev.bide.jobstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bide.testing.PostgresExtension;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;
import org.quartz.spi.OperableTrigger;

/** Triggers due at a time that the node has long passed, whether it takes them ahead of their time or not. */
class LateTriggersIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_repeating_trigger_that_is_late_catches_up(boolean ahead) throws Exception {
        Cluster cluster = new Cluster("catches-up-" + ahead, POSTGRES.dataSource());
        try (Node node = node(cluster, "a", ahead)) {
            node.start();
            // So that the node has looked at what was due before.
            cluster.store(node, List.of(Cluster.oneShot("first", new Date())));
            await().until(() -> cluster.firings().total.sum() == 1);
            OperableTrigger each = (OperableTrigger) TriggerBuilder.newTrigger()
                    .withIdentity("each", "test")
                    .forJob(Cluster.JOB)
                    .startAt(new Date(System.currentTimeMillis() - 40_000))
                    .withSchedule(SimpleScheduleBuilder.repeatSecondlyForever()
                            .withMisfireHandlingInstructionIgnoreMisfires())
                    .build();
            each.computeFirstFireTime(null);
            cluster.store(node, List.of(each));
            // One firing for each full scan would be less than ten in this time.
            await().atMost(Duration.ofSeconds(10)).until(() -> cluster.firings().count("test.each") >= 40);
            assertThat(node.scheduler.getTrigger(each.getKey()).getNextFireTime())
                    .isAfter(new Date(System.currentTimeMillis() - 2_000));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void one_that_another_node_stores_late_is_found(boolean ahead) throws Exception {
        Cluster cluster = new Cluster("stored-late-" + ahead, POSTGRES.dataSource());
        try (Node node = node(cluster, "a", ahead);
                Node api = node(cluster, "b", ahead)) {
            node.start();
            cluster.store(node, List.of(Cluster.oneShot("first", new Date())));
            await().until(() -> cluster.firings().total.sum() == 1);
            cluster.store(api, List.of(Cluster.oneShot("late", new Date(System.currentTimeMillis() - 5_000))));
            await().atMost(Duration.ofSeconds(8))
                    .until(() -> cluster.firings().total.sum() == 2);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void one_that_was_in_error_fires_when_it_is_reset(boolean ahead) throws Exception {
        Cluster cluster = new Cluster("reset-" + ahead, POSTGRES.dataSource());
        try (Node node = node(cluster, "a", ahead)) {
            cluster.store(node, List.of(Cluster.oneShot("bad", new Date(System.currentTimeMillis() - 5_000))));
            cluster.execute(
                    "UPDATE qrtz_triggers SET trigger_state = 'ERROR' WHERE sched_name = '" + cluster.name() + "'");
            node.start();
            cluster.store(node, List.of(Cluster.oneShot("first", new Date())));
            await().until(() -> cluster.firings().total.sum() == 1);
            node.scheduler.resetTriggerFromErrorState(new TriggerKey("bad", "test"));
            await().atMost(Duration.ofSeconds(8))
                    .until(() -> cluster.firings().total.sum() == 2);
        }
    }

    private static Node node(Cluster cluster, String id, boolean ahead) {
        return cluster.node(id, store -> store.setAcquireAhead(ahead));
    }
}
