package dev.bide.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DeferralPaceTest {

    private long now;
    private final DeferralPace pace = new DeferralPace(100, () -> now);

    @Test
    void noMoreThanSoManyComeBackInASecond() {
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
    void whoComesInASecondWithRoomWaitsNoLongerThanHeWants() {
        for (int i = 0; i < 100; i++) {
            assertThat(pace.next(Duration.ofSeconds(5))).isEqualTo(Duration.ofSeconds(5));
        }
        assertThat(pace.next(Duration.ofSeconds(5))).isGreaterThanOrEqualTo(Duration.ofSeconds(6));
        assertThat(pace.next(Duration.ofSeconds(2))).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void aSecondThatHasPassedIsForgotten() {
        for (int i = 0; i < 100; i++) {
            pace.next(Duration.ZERO);
        }
        now = Duration.ofHours(1).toNanos();
        assertThat(pace.next(Duration.ZERO)).isZero();
    }

    @Test
    void nobodyWaitsMuchLongerThanAnHour() {
        for (int i = 0; i < 500_000; i++) {
            assertThat(pace.next(Duration.ofMillis(50))).isLessThanOrEqualTo(Duration.ofHours(1));
        }
    }
}
