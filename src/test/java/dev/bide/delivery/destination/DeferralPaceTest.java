package dev.bide.delivery.destination;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DeferralPaceTest {

    private long now;
    private final DeferralPace pace = new DeferralPace(100, Duration.ofHours(1), () -> now);

    @Test
    void no_more_than_so_many_come_back_in_a_second() {
        var bySecond = new TreeMap<Long, Integer>();
        for (int i = 0; i < 10_000; i++) {
            Duration wait = pace.next(Duration.ofMillis(100));
            assertThat(wait).isGreaterThanOrEqualTo(Duration.ofMillis(100));
            bySecond.merge(wait.toSeconds(), 1, Integer::sum);
        }
        assertThat(bySecond.values()).allMatch(count -> count <= 100);
        assertThat(bySecond).hasSize(100);
    }

    @Test
    void who_comes_in_a_second_with_room_waits_no_longer_than_he_wants() {
        for (int i = 0; i < 100; i++) {
            assertThat(pace.next(Duration.ofSeconds(5))).isEqualTo(Duration.ofSeconds(5));
        }
        assertThat(pace.next(Duration.ofSeconds(5))).isGreaterThanOrEqualTo(Duration.ofSeconds(6));
        assertThat(pace.next(Duration.ofSeconds(2))).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void a_second_that_has_passed_is_forgotten() {
        for (int i = 0; i < 100; i++) {
            pace.next(Duration.ZERO);
        }
        now = Duration.ofHours(1).toNanos();
        assertThat(pace.next(Duration.ZERO)).isZero();
    }

    @Test
    void nobody_waits_much_longer_than_an_hour() {
        for (int i = 0; i < 500_000; i++) {
            assertThat(pace.next(Duration.ofMillis(50))).isLessThanOrEqualTo(Duration.ofHours(1));
        }
    }

    /** However many: a quarter of a million of a node without network would come back over most of an hour. */
    @Test
    void nobody_is_delayed_for_much_longer_than_the_longest_delay() {
        DeferralPace bounded = new DeferralPace(100, Duration.ofSeconds(30), () -> now);
        var bySecond = new TreeMap<Long, Integer>();
        for (int i = 0; i < 250_000; i++) {
            bySecond.merge(bounded.next(Duration.ofSeconds(2)).toSeconds(), 1, Integer::sum);
        }
        assertThat(bySecond.firstKey()).isEqualTo(2);
        assertThat(bySecond.lastKey()).isEqualTo(32);
        assertThat(bySecond.get(2L)).isEqualTo(100);
        assertThat(bySecond.tailMap(3L).values())
                .as("spread evenly")
                .allMatch(count -> count > 250_000 / 30 / 2 && count < 250_000 / 30 * 2);
    }
}
