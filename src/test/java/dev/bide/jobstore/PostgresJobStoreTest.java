package dev.bide.jobstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

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
        assertThat(store.getLockTimeout()).isEqualTo(2_000);
        assertThat(new OnDemandThreadPool().getThreadCount()).isEqualTo(500);
    }

    @Test
    void refuses_settings_that_make_no_sense_by_name() {
        PostgresJobStore store = new PostgresJobStore();
        assertThatThrownBy(() -> store.setCompletionBatch(0)).hasMessageContaining("completionBatch");
        assertThatThrownBy(() -> store.setFailoverMargin(-1)).hasMessageContaining("failoverMargin");
        assertThatThrownBy(() -> store.setFailoverMargin(499)).hasMessageContaining("failoverMargin");
        assertThatThrownBy(() -> store.setLockTimeout(0)).hasMessageContaining("lockTimeout");
        assertThatThrownBy(() -> new OnDemandThreadPool().setThreadCount(0)).hasMessageContaining("threadCount");
    }
}
