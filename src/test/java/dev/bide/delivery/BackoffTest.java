package dev.bide.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class BackoffTest {

    private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(1), 2, Duration.ofSeconds(5));

    /** The most that random can give. */
    private static final RandomGenerator MOST = new Fixed(Math.nextDown(1.0));

    private static final RandomGenerator LEAST = new Fixed(0.0);

    private record Fixed(double next) implements RandomGenerator {
        @Override
        public long nextLong() {
            throw new UnsupportedOperationException();
        }

        @Override
        public double nextDouble() {
            return next;
        }
    }

    @Test
    void ceiling_doubles_until_the_maximum() {
        assertThat(BACKOFF.after(1, null, MOST)).isEqualTo(Duration.ofMillis(999));
        assertThat(BACKOFF.after(2, null, MOST)).isEqualTo(Duration.ofMillis(1999));
        assertThat(BACKOFF.after(3, null, MOST)).isEqualTo(Duration.ofMillis(3999));
        assertThat(BACKOFF.after(4, null, MOST)).isEqualTo(Duration.ofMillis(4999));
        assertThat(BACKOFF.after(4_000, null, MOST)).isEqualTo(Duration.ofMillis(4999));
    }

    @Test
    void jitter_is_full() {
        assertThat(BACKOFF.after(3, null, LEAST)).isEqualTo(Duration.ZERO);
        Random random = new Random(42);
        double mean = random.ints(10_000)
                .mapToLong(ignored -> BACKOFF.after(3, null, random).toMillis())
                .average()
                .orElseThrow();
        assertThat(mean).isBetween(1_900.0, 2_100.0);
    }

    @Test
    void retry_after_is_the_least_up_to_the_maximum() {
        assertThat(BACKOFF.after(1, Duration.ofSeconds(3), LEAST)).isEqualTo(Duration.ofSeconds(3));
        assertThat(BACKOFF.after(1, Duration.ofSeconds(3), MOST)).isEqualTo(Duration.ofMillis(3_999));
        assertThat(BACKOFF.after(3, Duration.ofSeconds(3), MOST)).isEqualTo(Duration.ofMillis(4_999));
        assertThat(BACKOFF.after(3, Duration.ofSeconds(3), LEAST)).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void who_was_told_to_wait_longer_than_the_maximum_does_not_come_back_with_all_others() {
        for (Duration asked : new Duration[] {Duration.ofSeconds(5), Duration.ofHours(3)}) {
            assertThat(BACKOFF.after(1, asked, MOST)).isEqualTo(Duration.ofMillis(4_999));
            assertThat(BACKOFF.after(1, asked, LEAST)).isEqualTo(Duration.ofMillis(4_500));
        }
    }

    @Test
    void nothing_at_first_stays_nothing() {
        assertThat(new Backoff(Duration.ZERO, 10, Duration.ofDays(1)).after(2_000, null, MOST))
                .isEqualTo(Duration.ZERO);
    }

    @Test
    void refuses_what_is_no_policy() {
        assertThatThrownBy(() -> new Backoff(Duration.ofMillis(-1), 2, Duration.ZERO))
                .hasMessageContaining("initial");
        assertThatThrownBy(() -> new Backoff(Duration.ZERO, 0.5, Duration.ZERO)).hasMessageContaining("multiplier");
        assertThatThrownBy(() -> new Backoff(Duration.ZERO, Double.NaN, Duration.ZERO))
                .hasMessageContaining("multiplier");
        assertThatThrownBy(() -> new Backoff(Duration.ZERO, 2, Duration.ofMillis(-1)))
                .hasMessageContaining("max");
        assertThatThrownBy(() -> BACKOFF.after(0, null, MOST)).hasMessageContaining("attempt");
    }
}
