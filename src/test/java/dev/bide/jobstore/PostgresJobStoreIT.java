package dev.bide.jobstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.quartz.CronScheduleBuilder;
import org.quartz.CronTrigger;
import org.quartz.SimpleTrigger;
import org.quartz.TriggerKey;

/** The contract, and where ours goes beyond it. */
class PostgresJobStoreIT extends JobStoreContract {
    @Override
    Node create(String cluster) {
        return Node.ours(cluster, "a", POSTGRES.dataSource(), store -> {
            store.setAcquireAhead(true);
            store.setAcquireInterval(0);
        });
    }

    @Override
    void settled() {
        await().pollInterval(Duration.ofMillis(2))
                .until(() -> ((PostgresJobStore) store).statistics().buffered() == 0);
    }

    /** Quartz 2.5.2 leaves such a trigger without the rows of its new type. */
    @Test
    void a_trigger_can_be_replaced_by_one_of_another_type() throws Exception {
        TriggerKey key = new TriggerKey("a", "triggers");
        store.storeJobAndTrigger(job(), once("a", now() + 100_000));
        store.storeTrigger(trigger("a", now() + 100_000, CronScheduleBuilder.cronSchedule("0 0 12 * * ?")), true);
        assertThat(store.retrieveTrigger(key)).isInstanceOf(CronTrigger.class);
        store.replaceTrigger(key, once("a", now() + 100_000));
        assertThat(store.retrieveTrigger(key)).isInstanceOf(SimpleTrigger.class);
    }
}
