package dev.bide.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LatenessHistogramTest {
    private static final String BEFORE = """
            # TYPE bide_timer_lateness_seconds histogram
            bide_timer_lateness_seconds_bucket{le="0.01"} 100
            bide_timer_lateness_seconds_bucket{le="0.1"} 100
            bide_timer_lateness_seconds_bucket{le="1.0"} 100
            bide_timer_lateness_seconds_bucket{le="+Inf"} 100
            bide_timer_lateness_seconds_sum 0.5
            bide_timer_lateness_seconds_count 100
            some_other_seconds_bucket{le="0.01"} 7
            """;
    private static final String AFTER = """
            bide_timer_lateness_seconds_bucket{le="0.01"} 100
            bide_timer_lateness_seconds_bucket{le="0.1"} 150
            bide_timer_lateness_seconds_bucket{le="1.0"} 199
            bide_timer_lateness_seconds_bucket{le="+Inf"} 200
            """;

    @Test
    void spreads_a_bucket_evenly() {
        LatenessHistogram histogram = LatenessHistogram.parse(AFTER).since(LatenessHistogram.parse(BEFORE));
        assertThat(histogram.percentileMillis(50)).isEqualTo("100.0");
        assertThat(histogram.percentileMillis(25)).isEqualTo("55.0");
        assertThat(histogram.percentileMillis(99)).isEqualTo("1000.0");
        assertThat(histogram.percentileMillis(100)).isEqualTo(">1000");
    }

    @Test
    void adds_up_all_label_sets() {
        LatenessHistogram histogram = LatenessHistogram.parse("""
                bide_timer_lateness_seconds_bucket{kind="run",le="1.0"} 1
                bide_timer_lateness_seconds_bucket{kind="run",le="+Inf"} 1
                bide_timer_lateness_seconds_bucket{kind="lone",le="1.0"} 2
                bide_timer_lateness_seconds_bucket{kind="lone",le="+Inf"} 3.0
                """);
        assertThat(histogram.buckets()).containsEntry(1.0, 3.0).containsEntry(Double.POSITIVE_INFINITY, 4.0);
    }

    @Test
    void says_nothing_of_nothing() {
        assertThat(LatenessHistogram.parse("up 1\n").percentileMillis(95)).isEqualTo("-");
        LatenessHistogram same = LatenessHistogram.parse(BEFORE);
        assertThat(same.since(same).percentileMillis(95)).isEqualTo("-");
    }
}
