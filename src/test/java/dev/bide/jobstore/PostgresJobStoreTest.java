package dev.bide.jobstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.quartz.impl.jdbcjobstore.SchedulerStateRecord;

class PostgresJobStoreTest {

    @Test
    void has_the_defaults_that_its_javadoc_gives() {
        PostgresJobStore store = new PostgresJobStore();
        assertThat(store.isClustered()).isTrue();
        assertThat(store.isLockOnInsert()).isFalse();
        assertThat(store.getClusterCheckinInterval()).isEqualTo(1_000);
        assertThat(store.getFailoverMargin()).isEqualTo(2_000);
        assertThat(store.getAcquireInterval()).isEqualTo(20);
        assertThat(store.getWatchInterval()).isEqualTo(50);
        assertThat(store.isAcquireAhead()).isFalse();
        assertThat(store.getCompletionBatch()).isEqualTo(1_000);
        assertThat(store.getCompletionLinger()).isEqualTo(5);
        assertThat(store.getCompletionLimit()).isEqualTo(20_000);
        assertThat(store.getCompletionThreads()).isEqualTo(1);
        assertThat(store.getShutdownPatience()).isEqualTo(30_000);
        assertThat(new OnDemandThreadPool().getThreadCount()).isEqualTo(500);
    }

    @Test
    void refuses_settings_that_make_no_sense_by_name() {
        PostgresJobStore store = new PostgresJobStore();
        assertThatThrownBy(() -> store.setCompletionBatch(0)).hasMessageContaining("completionBatch");
        assertThatThrownBy(() -> store.setFailoverMargin(-1)).hasMessageContaining("failoverMargin");
        assertThatThrownBy(() -> new OnDemandThreadPool().setThreadCount(0)).hasMessageContaining("threadCount");
    }

    @Test
    void a_node_is_dead_after_its_interval_and_the_margin_and_a_stock_node_as_late_as_quartz_has_it() {
        PostgresJobStore store = new PostgresJobStore();
        assertThat(store.calcFailedIfAfter(record(1_000_000, 1_000))).isBetween(1_003_000L, 1_003_500L);
        assertThat(store.calcFailedIfAfter(record(1_000_000, 7_500))).isEqualTo(1_015_000L);
    }

    private static SchedulerStateRecord record(long checkedIn, long interval) {
        SchedulerStateRecord record = new SchedulerStateRecord();
        record.setSchedulerInstanceId("other");
        record.setCheckinTimestamp(checkedIn);
        record.setCheckinInterval(interval);
        return record;
    }
}
