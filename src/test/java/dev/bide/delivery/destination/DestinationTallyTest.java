package dev.bide.delivery.destination;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.delivery.DeliveryOutcome;
import dev.bide.delivery.DeliveryOutcome.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DestinationTallyTest {
    private long now = 5_000;
    private final DestinationTally tally = new DestinationTally(() -> now);
    private final long since = now;

    private static DeliveryOutcome delivered() {
        return new DeliveryOutcome.Delivered(Instant.EPOCH, Duration.ZERO, 200);
    }

    private void pass(long seconds) {
        now += TimeUnit.SECONDS.toNanos(seconds);
    }

    @Test
    void counts_what_calls_came_to_and_how_long_they_took() {
        tally.count(delivered(), TimeUnit.MILLISECONDS.toNanos(60));
        tally.count(new DeliveryOutcome.Retryable(Instant.EPOCH, Duration.ZERO, 500, "e", null), 1);
        tally.count(new DeliveryOutcome.Refused(Instant.EPOCH, Duration.ZERO, 400, "e"), 1);
        tally.count(new DeliveryOutcome.Deferred(Duration.ZERO, Reason.RATE_LIMITED), 0);
        tally.count(new DeliveryOutcome.Deferred(Duration.ZERO, Reason.RATE_LIMITED), 0);
        pass(7);
        DestinationTally.Minute minute = tally.minute(since);
        assertThat(minute.delivered()).isOne();
        assertThat(minute.retryable()).isOne();
        assertThat(minute.refused()).isOne();
        assertThat(minute.deferred()).isEqualTo(Map.of(Reason.RATE_LIMITED, 2));
        assertThat(minute.over()).as("a node that has just started").isEqualTo(Duration.ofSeconds(7));
        assertThat(LatencyBuckets.percentile(minute.latency(), 1)).isBetween(50L, 70L);
        assertThat(minute.latency().stream().mapToInt(Integer::intValue).sum()).isEqualTo(3);
    }

    @Test
    void forgets_what_is_older_than_a_minute() {
        for (int i = 0; i < 30; i++) {
            tally.count(delivered(), 1);
            pass(10);
        }
        assertThat(tally.minute(since).delivered())
                .as("five slots that are over")
                .isEqualTo(5);
        assertThat(tally.minute(since).over()).isEqualTo(Duration.ofSeconds(50));
        pass(59);
        assertThat(tally.minute(since).delivered()).isZero();
        tally.count(delivered(), 1);
        assertThat(tally.minute(since).delivered()).isOne();
        assertThat(tally.minute(since).over()).isEqualTo(Duration.ofSeconds(59));
    }

    @Test
    void percentiles_lie_in_their_buckets() {
        for (long millis = 0; millis <= 1_000; millis += 10) {
            tally.count(delivered(), TimeUnit.MILLISECONDS.toNanos(millis));
        }
        var latency = tally.minute(since).latency();
        assertThat(LatencyBuckets.percentile(latency, 0.5)).isBetween(480L, 520L);
        assertThat(LatencyBuckets.percentile(latency, 0.95)).isBetween(900L, 1_000L);
        assertThat(LatencyBuckets.percentile(
                        new DestinationTally(() -> now).minute(since).latency(), 0.5))
                .isNull();
        assertThat(LatencyBuckets.of(Long.MAX_VALUE)).isEqualTo(LatencyBuckets.COUNT - 1);
        assertThat(LatencyBuckets.of(0)).isZero();
        assertThat(LatencyBuckets.of(TimeUnit.MILLISECONDS.toNanos(1))).isOne();
    }
}
