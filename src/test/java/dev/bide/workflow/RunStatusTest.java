package dev.bide.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RunStatusTest {
    private static final Instant THEN = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant NOW = Instant.parse("2026-02-01T00:00:00Z");
    private static final Run ACTIVE = new Run(
            UUID.randomUUID(),
            UUID.randomUUID(),
            1,
            "key",
            null,
            RunStatus.ACTIVE,
            null,
            null,
            List.of(),
            null,
            THEN,
            THEN,
            null);

    @Test
    void a_run_goes_only_where_the_table_lets_it() {
        Run paused = ACTIVE.as(RunStatus.PAUSED, null, NOW);
        assertThat(paused.as(RunStatus.ACTIVE, null, THEN)).isEqualTo(ACTIVE);
        Run failed = paused.as(RunStatus.FAILED, "why", NOW);
        assertThat(failed.finishedAt()).isEqualTo(NOW);
        assertThat(failed.as(RunStatus.ACTIVE, null, NOW).finishedAt()).isNull();
        assertThatThrownBy(() -> failed.as(RunStatus.COMPLETED, null, NOW)).hasMessageContaining("is failed");
        Run completed = ACTIVE.as(RunStatus.COMPLETED, null, NOW);
        assertThatThrownBy(() -> completed.as(RunStatus.ACTIVE, null, NOW)).hasMessageContaining("is completed");
        assertThat(completed.begun()).isEqualTo(ACTIVE);
    }

    @Test
    void nothing_follows_what_is_completed_or_cancelled_and_only_the_failed_come_back() {
        assertThat(RunStatus.COMPLETED.next()).isEmpty();
        assertThat(RunStatus.CANCELLED.next()).isEmpty();
        assertThat(RunStatus.FAILED.next()).containsExactly(RunStatus.ACTIVE);
    }
}
