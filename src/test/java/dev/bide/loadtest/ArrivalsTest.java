package dev.bide.loadtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ArrivalsTest {
    private static final double SECOND = 1e9;

    @Test
    void a_steady_load_comes_at_even_distances() {
        Arrivals arrivals = Arrivals.steady(50, 20);
        assertThat(arrivals.count()).isEqualTo(1_000);
        assertThat(arrivals.nanos(0)).isZero();
        assertThat(arrivals.nanos(1)).isEqualTo(20_000_000);
        assertThat(arrivals.nanos(1_000) / SECOND).isEqualTo(20);
    }

    @Test
    void a_rising_load_takes_the_time_it_is_given_and_ends_with_its_rate() {
        Arrivals arrivals = Arrivals.rising(100, 60);
        assertThat(arrivals.count()).isEqualTo(3_000);
        assertThat(arrivals.nanos(0)).isZero();
        assertThat(arrivals.nanos(750) / SECOND).isCloseTo(30, within(0.001));
        assertThat(arrivals.nanos(3_000) / SECOND).isCloseTo(60, within(0.001));
        double lastSecond = (arrivals.nanos(3_000) - arrivals.nanos(2_900)) / SECOND;
        assertThat(lastSecond).isCloseTo(1, within(0.02));
    }
}
