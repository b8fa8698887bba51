package dev.bide.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bide.testing.Delays;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TimerStatusTest {
    private static final Timer SCHEDULED = Timer.waiting(
            UUID.randomUUID(),
            Instant.EPOCH,
            Instant.EPOCH,
            ZoneId.of("UTC"),
            new TimerSpec(
                    Delays.of(Map.of("type", "period", "amount", 1, "unit", "hours")),
                    new Action("POST", "http://third.party/", Map.of(), JsonText.EMPTY_OBJECT),
                    RetryPolicy.DEFAULT,
                    TimerSpec.DEFAULT_TIMEOUT,
                    null),
            null,
            null);

    @Test
    void a_timer_goes_only_where_the_table_lets_it() {
        Timer paused = SCHEDULED.as(TimerStatus.PAUSED);
        assertThat(paused.as(TimerStatus.SCHEDULED)).isEqualTo(SCHEDULED);
        assertThat(SCHEDULED.as(TimerStatus.SCHEDULED)).isEqualTo(SCHEDULED);
        Timer retrying = SCHEDULED.as(TimerStatus.RETRYING);
        assertThatThrownBy(() -> retrying.as(TimerStatus.SCHEDULED)).hasMessageContaining("is retrying");
        assertThatThrownBy(() -> paused.as(TimerStatus.DELIVERED)).hasMessageContaining("is paused");
    }

    @Test
    void nothing_follows_what_is_delivered_or_cancelled_and_the_dead_are_redriven_or_dismissed() {
        assertThat(TimerStatus.DELIVERED.next()).isEmpty();
        assertThat(TimerStatus.CANCELLED.next()).isEmpty();
        assertThat(TimerStatus.DEAD.next()).containsExactlyInAnyOrder(TimerStatus.SCHEDULED, TimerStatus.CANCELLED);
    }
}
