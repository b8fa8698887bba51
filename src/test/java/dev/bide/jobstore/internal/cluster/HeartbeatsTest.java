package dev.bide.jobstore.internal.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeartbeatsTest {
    private static final long INTERVAL_MILLIS = 1_000;

    private final Heartbeats heartbeats = new Heartbeats(INTERVAL_MILLIS, 2_000);

    private boolean isDead(String instance, long stamp, long now) {
        return heartbeats.isDead(new MemberRow(instance, stamp, INTERVAL_MILLIS), now, 0);
    }

    @Test
    void a_node_lives_as_long_as_its_time_stamp_changes_whatever_it_says() {
        assertThat(isDead("slow", 5_001_000, 0)).isFalse();
        assertThat(isDead("slow", 5_002_000, 10_000)).isFalse();
        assertThat(isDead("slow", 5_000_000, 20_000)).isFalse();
        assertThat(isDead("slow", 5_000_000, 23_000)).isFalse();
        assertThat(isDead("slow", 5_000_000, 23_001)).isTrue();
    }

    @Test
    void a_node_that_is_seen_for_the_first_time_counts_from_now_however_old_its_time_stamp() {
        assertThat(isDead("long silent", 1, 7_000)).isFalse();
        assertThat(isDead("long silent", 1, 10_000)).isFalse();
        assertThat(isDead("long silent", 1, 10_001)).isTrue();
    }

    @Test
    void who_could_not_check_in_gives_the_others_as_long_as_it_had() {
        MemberRow other = new MemberRow("other", 5_000_000, INTERVAL_MILLIS);
        assertThat(heartbeats.isDead(other, 0, 0)).isFalse();
        assertThat(heartbeats.isDead(other, 4_500, 2_500)).isFalse();
        assertThat(heartbeats.isDead(other, 5_500, 1_000)).isTrue();
    }

    @Test
    void who_was_blind_for_longer_than_its_lease_counts_from_when_it_sees_again() {
        assertThat(isDead("other", 5_000_000, 0)).isFalse();
        heartbeats.beginAgain(60_000);
        assertThat(isDead("other", 5_000_000, 60_000)).isFalse();
        assertThat(isDead("other", 5_000_000, 63_000)).isFalse();
        assertThat(isDead("other", 5_000_000, 63_001)).isTrue();
    }

    @Test
    void a_node_that_checks_in_less_often_has_the_margin_that_quartz_gives_it() {
        assertThat(heartbeats.silenceAllowed(INTERVAL_MILLIS, 0)).isEqualTo(3_000);
        assertThat(heartbeats.silenceAllowed(7_500, 0)).isEqualTo(15_000);
    }
}
