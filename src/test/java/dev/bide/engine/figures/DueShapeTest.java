package dev.bide.engine.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.bide.workflow.figures.DueStore.Buckets;
import dev.bide.workflow.figures.DueStore.Shares;
import dev.bide.workflow.figures.DueStore.Statistics;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class DueShapeTest {
    private static final double NEARLY = 1e-9;

    @Test
    void spreads_each_step_of_the_histogram_evenly() {
        DueShape shape = shape(Map.of(), 0, 10, 110, 120);
        assertThat(share(shape, 0, 120)).isCloseTo(1, within(NEARLY));
        assertThat(share(shape, 0, 10)).isCloseTo(1 / 3.0, within(NEARLY));
        assertThat(share(shape, 10, 60)).isCloseTo(1 / 6.0, within(NEARLY));
        assertThat(share(shape, 5, 11)).isCloseTo((0.5 + 0.01) / 3, within(NEARLY));
    }

    @Test
    void knows_nothing_before_the_first_and_after_the_last() {
        DueShape shape = shape(Map.of(), 100, 200);
        assertThat(share(shape, 0, 100)).isZero();
        assertThat(share(shape, 200, 900)).isZero();
        assertThat(share(shape, 0, 150)).isCloseTo(0.5, within(NEARLY));
        assertThat(share(shape, 0, 900)).isCloseTo(1, within(NEARLY));
        assertThat(share(shape, 150, 150)).isZero();
    }

    @Test
    void puts_what_many_have_in_common_where_it_is_and_the_rest_around_it() {
        DueShape shape = shape(Map.of(Instant.ofEpochMilli(50), 0.4, Instant.ofEpochMilli(100), 0.1), 0, 100);
        assertThat(share(shape, 50, 51)).isCloseTo(0.4 + 0.005, within(NEARLY));
        assertThat(share(shape, 49, 50)).isCloseTo(0.005, within(NEARLY));
        assertThat(share(shape, 99, 100)).as("up to but not at its end").isCloseTo(0.005, within(NEARLY));
        assertThat(share(shape, 0, 101)).isCloseTo(1, within(NEARLY));
    }

    @Test
    void takes_a_step_of_one_moment_for_that_moment() {
        DueShape shape = shape(Map.of(), 0, 50, 50, 100);
        assertThat(share(shape, 50, 51)).isCloseTo(1 / 3.0 + 1 / 150.0, within(NEARLY));
        assertThat(share(shape, 0, 50)).isCloseTo(1 / 3.0, within(NEARLY));
    }

    @Test
    void is_nothing_where_nothing_waits_or_all_are_common() {
        assertThat(share(shape(Map.of()), 0, 900)).isZero();
        assertThat(share(shape(Map.of(Instant.ofEpochMilli(5), 1.0)), 0, 900)).isCloseTo(1, within(NEARLY));
    }

    private static DueShape shape(Map<Instant, Double> common, long... steps) {
        return new DueShape(new Statistics(
                1_000,
                common,
                LongStream.of(steps).mapToObj(Instant::ofEpochMilli).toList(),
                new Shares<>(Map.of(), 0),
                new Shares<>(Map.of(), 0)));
    }

    private static double share(DueShape shape, long from, long to) {
        return shape.share(Instant.ofEpochMilli(from), Instant.ofEpochMilli(to));
    }

    @Test
    void buckets_are_of_equal_width_without_a_gap() {
        Buckets buckets = new Buckets(Instant.ofEpochMilli(1_000), Instant.ofEpochMilli(1_100), 7);
        List<Integer> of = LongStream.range(1_000, 1_100)
                .mapToObj(at -> buckets.of(Instant.ofEpochMilli(at)))
                .toList();
        for (int i = 0; i < 7; i++) {
            long begin = buckets.begin(i).toEpochMilli();
            long end = buckets.begin(i + 1).toEpochMilli();
            assertThat(end - begin).isBetween(14L, 15L);
            assertThat(of.subList((int) begin - 1_000, (int) end - 1_000)).containsOnly(i);
        }
        assertThat(buckets.begin(0)).isEqualTo(Instant.ofEpochMilli(1_000));
        assertThat(buckets.begin(7)).isEqualTo(Instant.ofEpochMilli(1_100));
    }
}
