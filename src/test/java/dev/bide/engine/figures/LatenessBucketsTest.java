package dev.bide.engine.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.bide.testing.Seed;
import dev.bide.workflow.figures.Percentiles;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LatenessBucketsTest {
    @Test
    void none_has_no_percentiles() {
        assertThat(of()).isEqualTo(Percentiles.NONE);
    }

    @Test
    void what_is_promised_stands_at_an_edge() {
        for (long millis : List.of(1, 10, 100, 1_000, 2_000, 5_000, 10_000, 100_000, 1_000_000, 100_000_000)) {
            assertThat(LatenessBuckets.of(Duration.ofMillis(millis).plusNanos(1_000)))
                    .as("beyond " + millis + " ms")
                    .isEqualTo(LatenessBuckets.of(Duration.ofMillis(millis)) + 1);
        }
    }

    @Test
    void each_bucket_takes_a_quarter_more_than_the_one_before_and_none_is_left_out() {
        int before = 0;
        for (long micros = 1; micros < 200_000_000_000L; micros += Math.max(1, micros / 50)) {
            int bucket = LatenessBuckets.of(Duration.ofNanos(micros * 1_000));
            assertThat(bucket).isBetween(before, before + 1);
            before = bucket;
        }
        assertThat(before).isEqualTo(LatenessBuckets.COUNT - 1);
    }

    @Test
    void what_is_early_counts_as_punctual_and_what_is_endless_as_late() {
        assertThat(LatenessBuckets.of(Duration.ofMillis(-5))).isZero();
        assertThat(LatenessBuckets.of(Duration.ofSeconds(Long.MAX_VALUE))).isEqualTo(LatenessBuckets.COUNT - 1);
        assertThat(of(Duration.ofDays(3).toMillis()).p50()).isEqualTo(100_000_000);
    }

    @Test
    void percentiles_are_told_to_a_quarter_at_worst() {
        Random random = Seed.random();
        for (int round = 0; round < 200; round++) {
            double spread = random.nextDouble() * 4;
            double middle = random.nextDouble() * 10;
            long[] millis = LongStream.range(0, 1 + random.nextInt(3_000))
                    .map(i -> 1 + (long) Math.exp(middle + spread * random.nextGaussian()))
                    .map(value -> Math.min(value, 100_000_000))
                    .sorted()
                    .toArray();
            Percentiles told = of(millis);
            assertNear(told.p50(), exact(millis, 0.5));
            assertNear(told.p95(), exact(millis, 0.95));
            assertNear(told.p99(), exact(millis, 0.99));
        }
    }

    @Test
    void percentiles_of_many_are_told_nearly_exactly() {
        Random random = Seed.random();
        long[] millis = LongStream.range(0, 50_000)
                .map(i -> (long) Math.exp(5 + 1.2 * random.nextGaussian()))
                .sorted()
                .toArray();
        Percentiles told = of(millis);
        assertThat((double) told.p50() / exact(millis, 0.5)).as(Seed.hint()).isCloseTo(1, within(0.03));
        assertThat((double) told.p95() / exact(millis, 0.95)).as(Seed.hint()).isCloseTo(1, within(0.05));
        assertThat((double) told.p99() / exact(millis, 0.99)).as(Seed.hint()).isCloseTo(1, within(0.08));
    }

    @Test
    void is_kept_without_the_end_that_is_empty_and_added_up_again() {
        long[] counts = new long[LatenessBuckets.COUNT];
        counts[3] = 7;
        assertThat(LatenessBuckets.kept(counts)).containsExactly(0L, 0L, 0L, 7L);
        LatenessBuckets.add(counts, List.of(1L, 0L, 0L, 2L), 1);
        LatenessBuckets.add(counts, List.of(1L), -1);
        assertThat(LatenessBuckets.kept(counts)).containsExactly(0L, 0L, 0L, 9L);
    }

    private static void assertNear(long told, long exact) {
        assertThat((double) told).as(Seed.hint()).isBetween(exact / 1.27 - 1, exact * 1.27 + 1);
    }

    private static long exact(long[] sorted, double share) {
        return sorted[Math.max(1, (int) Math.ceil(share * sorted.length)) - 1];
    }

    private static Percentiles of(long... millis) {
        long[] counts = new long[LatenessBuckets.COUNT];
        Arrays.stream(millis).forEach(value -> counts[LatenessBuckets.of(Duration.ofMillis(value))]++);
        return LatenessBuckets.percentiles(counts);
    }
}
