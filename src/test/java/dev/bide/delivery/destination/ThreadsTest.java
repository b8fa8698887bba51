package dev.bide.delivery.destination;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.delivery.destination.Threads.Place;
import dev.bide.delivery.destination.Threads.Share;
import dev.bide.delivery.destination.Threads.Standing;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ThreadsTest {

    private static final long MILLISECOND = 1_000_000L;
    private static final int MOST = 512;

    private long now = 77;
    private final Threads threads = new Threads(MOST, () -> now);

    private void pass(long millis) {
        now += millis * MILLISECOND;
    }

    /** One that has answered within 10 ms. */
    private Share prompt() {
        Share share = new Share();
        Place place = threads.enter(share);
        pass(10);
        threads.leave(place, true);
        return share;
    }

    /** As many as find a place. */
    private int enter(Share share, int wanted) {
        int entered = 0;
        while (entered < wanted && threads.enter(share) != null) {
            entered++;
        }
        return entered;
    }

    /** Each wants one call, which hangs; each asks again every 100 ms. How many have got it. */
    private int hang(int destinations, int seconds) {
        List<Share> outside = crowd(destinations);
        for (int i = 0; i < seconds * 10; i++) {
            ask(outside);
            pass(100);
        }
        return destinations - outside.size();
    }

    private static List<Share> crowd(int destinations) {
        List<Share> outside = new ArrayList<>();
        for (int i = 0; i < destinations; i++) {
            outside.add(new Share());
        }
        return outside;
    }

    private void ask(List<Share> outside) {
        outside.removeIf(share -> threads.enter(share) != null);
    }

    @Test
    void hundreds_that_hang_leave_room_for_those_that_answer() {
        Share good = prompt();
        int hung = hang(600, 40);
        assertThat(hung).isBetween(MOST / 2, MOST * 5 / 8);
        assertThat(threads.standing(good)).isEqualTo(Standing.PROMPT);
        assertThat(enter(good, 100)).isEqualTo(100);
    }

    @Test
    void a_good_one_that_is_called_for_the_first_time_while_hundreds_hang_finds_a_place() {
        List<Share> outside = crowd(600);
        for (int second = 0; second < 40; second++) {
            for (int i = 0; i < 10; i++) {
                ask(outside);
                pass(100);
            }
            Share share = new Share();
            Place place = threads.enter(share);
            for (int i = 0; i < 20 && place == null; i++) {
                pass(50);
                place = threads.enter(share);
            }
            assertThat(place).as("after " + second + " s").isNotNull();
            threads.leave(place, true);
            for (int i = 0; i < 64; i++) {
                place = threads.enter(share);
                assertThat(place).isNotNull();
                threads.leave(place, true);
            }
        }
        assertThat(outside).as("who still waits").hasSizeBetween(280, 350);
    }

    @Test
    void a_slow_one_leaves_something_to_the_next() {
        Share first = slow();
        Share second = slow();
        int held = enter(first, MOST);
        assertThat(held).isBetween(MOST / 4, MOST / 2 - 16);
        assertThat(enter(second, MOST)).isGreaterThan(16);
        assertThat(enter(slow(), MOST)).isPositive();
    }

    /** One that answers after two seconds. */
    private Share slow() {
        Share share = new Share();
        Place place = threads.enter(share);
        pass(2_000);
        threads.leave(place, true);
        assertThat(threads.standing(share)).isEqualTo(Standing.SLOW);
        return share;
    }

    /** Until a second has passed nobody can know that they hang. */
    @Test
    void some_that_cease_to_answer_all_at_once_do_not_take_all() {
        List<Share> hanging = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            hanging.add(prompt());
        }
        Share good = prompt();
        hang(600, 30);
        int held = hanging.stream().mapToInt(share -> enter(share, 256)).sum();
        assertThat(held).isLessThanOrEqualTo(MOST / 4 + 10 * 8);
        assertThat(enter(good, 8)).isEqualTo(8);
        pass(1_100);
        assertThat(threads.standing(hanging.get(0))).isEqualTo(Standing.SLOW);
        assertThat(enter(hanging.get(0), 1)).isZero();
    }

    @Test
    void one_call_that_is_older_than_a_second_makes_its_destination_slow_until_it_has_ended() {
        Share share = prompt();
        Place old = threads.enter(share);
        pass(1_001);
        assertThat(threads.standing(share)).isEqualTo(Standing.SLOW);
        Place young = threads.enter(share);
        pass(10);
        threads.leave(young, true);
        assertThat(threads.standing(share)).isEqualTo(Standing.SLOW);
        threads.leave(old, false);
        assertThat(threads.standing(share)).isEqualTo(Standing.PROMPT);
    }

    @Test
    void whatever_is_answered_counts_and_nothing_else_does() {
        Share share = new Share();
        Place place = threads.enter(share);
        pass(3_000);
        assertThat(threads.standing(share)).isEqualTo(Standing.SLOW);
        threads.leave(place, false);
        assertThat(threads.standing(share)).isEqualTo(Standing.FRESH);
        assertThat(threads.answered(share)).isFalse();
        threads.leave(threads.enter(share), true);
        assertThat(threads.standing(share)).isEqualTo(Standing.PROMPT);
    }

    @Test
    void all_that_is_taken_is_given_back() {
        List<@Nullable Place> places = new ArrayList<>();
        List<Share> shares = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            shares.add(i % 3 == 0 ? prompt() : i % 3 == 1 ? slow() : new Share());
        }
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < 400; i++) {
                Place place = threads.enter(shares.get((i * 7 + round) % 50));
                if (place != null) {
                    places.add(place);
                }
            }
            pass(400);
            for (int i = 0; i < places.size(); i++) {
                threads.leave(places.get(i), (i + round) % 3 == 0);
            }
            places.clear();
        }
        pass(20_000);
        Share last = prompt();
        assertThat(enter(new Share(), MOST)).isEqualTo(MOST / 8);
        assertThat(enter(last, MOST)).isEqualTo(8 + MOST / 4);
    }

    @Test
    void a_node_with_one_thread_calls_all() {
        Threads one = new Threads(1, () -> now);
        Share share = new Share();
        Place place = one.enter(share);
        assertThat(place).isNotNull();
        pass(2_000);
        one.leave(place, true);
        assertThat(one.enter(share)).isNotNull();
    }
}
