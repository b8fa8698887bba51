package dev.bide.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.testing.Seed;
import java.util.Arrays;
import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class LatenciesTest {
    private final Latencies latencies = new Latencies();

    @Test
    void is_exact_for_small_values() {
        for (int value = 1; value <= 200; value++) {
            latencies.record(value);
        }
        assertThat(latencies.percentile(50)).isEqualTo(100);
        assertThat(latencies.percentile(95)).isEqualTo(190);
        assertThat(latencies.percentile(100)).isEqualTo(200);
        assertThat(latencies.max()).isEqualTo(200);
    }

    @Test
    void is_within_one_percent_of_sorted_values() {
        Random random = Seed.random();
        long[] values = random.longs(10_000, 0, 1L << 40)
                .map(value -> value >>> random.nextInt(40))
                .toArray();
        Arrays.stream(values).forEach(latencies::record);
        Arrays.sort(values);
        for (int percent : new int[] {1, 10, 50, 90, 95, 99}) {
            long exact = values[(int) Math.ceil(values.length * percent / 100.0) - 1];
            assertThat(latencies.percentile(percent))
                    .as(percent + " %% (%s)", Seed.hint())
                    .isCloseTo(exact, Percentage.withPercentage(1));
        }
        assertThat(latencies.max()).isEqualTo(values[values.length - 1]);
    }

    @Test
    void takes_the_greatest_there_is() {
        latencies.record(Long.MAX_VALUE);
        latencies.record(-1);
        assertThat(latencies.percentile(100)).isEqualTo(Long.MAX_VALUE);
        assertThat(latencies.percentile(50)).isZero();
    }

    @Test
    void is_zero_while_empty() {
        assertThat(latencies.percentile(99)).isZero();
        assertThat(latencies.count()).isZero();
    }
}
