package dev.bide.delivery.destination;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateTest {
    private long now = 3;

    private void pass(long millis) {
        now += TimeUnit.MILLISECONDS.toNanos(millis);
    }

    /** Asked each millisecond for a minute. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 16, 17, 50, 999})
    void gives_all_of_it_and_in_no_second_a_tenth_too_many(int perSecond) {
        Rate rate = new Rate(perSecond, () -> now);
        Deque<Long> begun = new ArrayDeque<>();
        int all = 0;
        for (int i = 0; i < 60_000; i++) {
            while (rate.acquire()) {
                begun.add(now);
                all++;
            }
            while (!begun.isEmpty() && now - begun.peek() >= TimeUnit.SECONDS.toNanos(1)) {
                begun.remove();
            }
            assertThat(begun.size()).isLessThanOrEqualTo(perSecond + burst(perSecond));
            pass(1);
        }
        assertThat(all).isBetween(60 * perSecond - (perSecond < 10 ? 1 : 0), 60 * perSecond + burst(perSecond));
    }

    private static int burst(int perSecond) {
        return (perSecond + 9) / 10;
    }

    @Test
    void what_was_not_used_is_lost_but_for_a_tenth_of_a_second() {
        Rate rate = new Rate(50, () -> now);
        pass(60_000);
        assertThat(rate.room()).isEqualTo(5);
        for (int left = 5; left > 0; left--) {
            assertThat(rate.room()).isEqualTo(left);
            assertThat(rate.acquire()).isTrue();
        }
        assertThat(rate.room()).isZero();
        assertThat(rate.acquire()).isFalse();
        pass(20);
        assertThat(rate.room()).isOne();
    }

    @Test
    void a_change_gives_nothing_at_once() {
        Rate rate = new Rate(1, () -> now);
        assertThat(rate.acquire()).isTrue();
        rate.change(2, 2);
        assertThat(rate.acquire()).isFalse();
        rate.change(0, 2);
        pass(5_000);
        assertThat(rate.acquire()).isFalse();
        assertThat(rate.room()).isZero();
        rate.change(1, 2);
        assertThat(rate.acquire()).isTrue();
    }
}
