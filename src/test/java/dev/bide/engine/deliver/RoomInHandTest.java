package dev.bide.engine.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RoomInHandTest {
    private static final long CALL = 10 << 10;

    /** For 100 calls. */
    private final RoomInHand room = new RoomInHand(2 * 100 * 6 * CALL, 100);

    private int fill(int lane) throws InterruptedException {
        int calls = 0;
        while (room.take(lane, CALL, 0)) {
            calls++;
        }
        return calls;
    }

    @Test
    void one_destination_has_a_quarter_at_most_and_many_never_all() throws Exception {
        assertThat(fill(1)).isEqualTo(25);
        assertThat(fill(2)).isBetween(15, 20);
        int more = 0;
        for (int lane = 3; lane <= 10; lane++) {
            more += fill(lane);
        }
        assertThat(more).isGreaterThan(8);
        assertThat(fill(11)).as("also of the eleventh").isPositive();
    }

    @Test
    void the_largest_has_all_of_it_and_what_is_given_back_is_there_for_all() throws Exception {
        long largest = 1_000 * CALL;
        assertThat(room.take(1, largest, 0)).isTrue();
        assertThat(room.take(2, CALL, 0)).isFalse();
        room.giveBack(1, largest);
        for (int i = 0; i < 100; i++) {
            assertThat(room.take(i, CALL, 0)).isTrue();
        }
        assertThat(room.take(100, CALL, 1)).isFalse();
    }

    @Test
    void who_waits_for_its_destinations_share_has_it_when_a_call_ends() throws Exception {
        fill(1);
        CompletableFuture<Boolean> waits = CompletableFuture.supplyAsync(() -> {
            try {
                return room.take(1, CALL, 60_000);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        room.giveBack(1, CALL);
        assertThat(waits.get(30, TimeUnit.SECONDS)).isTrue();
        assertThat(room.take(1, CALL, 0)).isFalse();
    }
}
