package dev.bide.jobstore;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Time stamps and the database's time are some million milliseconds after the monotonic clock, which starts anywhere. */
class HeartbeatsTest {
    private static final long INTERVAL = 1_000;

    private final Heartbeats heartbeats = new Heartbeats(INTERVAL, 2_000);

    private boolean isDead(String instance, long stamp, long databaseNow, long now) {
        return heartbeats.isDead(new MemberRow(instance, stamp, INTERVAL), databaseNow, now, 0);
    }

    @Test
    void a_node_lives_as_long_as_its_time_stamp_changes_whatever_it_says() {
        assertThat(isDead("slow", 5_001_000, 5_061_000, 0)).isFalse();
        assertThat(isDead("slow", 5_002_000, 5_071_000, 10_000)).isFalse();
        assertThat(isDead("slow", 5_000_000, 5_081_000, 20_000)).isFalse();
        assertThat(isDead("slow", 5_000_000, 5_084_000, 23_000)).isFalse();
        assertThat(isDead("slow", 5_000_000, 5_084_001, 23_001)).isTrue();
    }

    @Test
    void a_node_that_is_seen_for_the_first_time_counts_from_now() {
        assertThat(isDead("behind", 5_000_000, 5_010_000, 0)).isFalse();
        assertThat(isDead("behind", 5_000_000, 5_013_001, 3_001)).isTrue();
    }

    @Test
    void a_time_stamp_that_is_older_than_any_clock_is_wrong_is_believed() {
        assertThat(isDead("long ago", 5_000_000, 5_062_000, 0)).isFalse();
        assertThat(isDead("longer ago", 5_000_000, 5_062_001, 0)).isTrue();
    }

    @Test
    void a_node_whose_clock_is_ahead_dies_no_later_for_it() {
        assertThat(isDead("ahead", 9_000_000, 5_000_000, 0)).isFalse();
        assertThat(isDead("ahead", 9_000_000, 5_003_001, 3_001)).isTrue();
    }

    @Test
    void who_could_not_check_in_gives_the_others_as_long_as_it_had() {
        MemberRow other = new MemberRow("other", 5_000_000, INTERVAL);
        assertThat(heartbeats.isDead(other, 5_000_000, 0, 0)).isFalse();
        assertThat(heartbeats.isDead(other, 5_009_000, 9_000, 9_000)).isFalse();
        assertThat(heartbeats.isDead(other, 5_010_000, 10_000, 1_000)).isTrue();
    }

    @Test
    void a_node_that_checks_in_less_often_has_the_margin_that_quartz_gives_it() {
        assertThat(heartbeats.silenceAllowed(INTERVAL, 0)).isEqualTo(3_000);
        assertThat(heartbeats.silenceAllowed(7_500, 0)).isEqualTo(15_000);
    }
}
