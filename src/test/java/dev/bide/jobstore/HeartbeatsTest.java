package dev.bide.jobstore;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeartbeatsTest {
    private final Heartbeats heartbeats = new Heartbeats();

    @Test
    void a_node_whose_clock_is_behind_lives_as_long_as_it_checks_in() {
        heartbeats.last("slow", 1_000, 61_000);
        assertThat(heartbeats.last("slow", 2_000, 62_000)).isEqualTo(62_000);
        assertThat(heartbeats.last("slow", 3_000, 63_000)).isEqualTo(63_000);
        assertThat(heartbeats.last("slow", 3_000, 99_000)).isEqualTo(63_000);
    }

    @Test
    void a_node_that_is_seen_for_the_first_time_is_as_old_as_it_says() {
        assertThat(heartbeats.last("dead", 1_000, 61_000)).isEqualTo(1_000);
        assertThat(heartbeats.last("dead", 1_000, 62_000)).isEqualTo(1_000);
    }

    @Test
    void a_node_whose_clock_is_ahead_dies_no_later_for_it() {
        assertThat(heartbeats.last("fast", 5_000, 1_000)).isEqualTo(1_000);
        assertThat(heartbeats.last("fast", 6_000, 2_000)).isEqualTo(2_000);
        assertThat(heartbeats.last("fast", 6_000, 9_000)).isEqualTo(2_000);
    }
}
