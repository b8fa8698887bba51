package dev.bide.delivery.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClusterShareTest {
    private static final List<String> THREE = List.of("a", "b", "c");

    @Test
    void the_parts_of_all_come_to_the_whole() {
        for (int whole = 1; whole < 50; whole++) {
            for (int lane : new int[] {0, 1, 2, 6, 1_000_000_007, Integer.MAX_VALUE, Integer.MIN_VALUE, -7}) {
                int number = whole;
                assertThat(parts(whole, lane))
                        .as("of %s, lane %s", whole, lane)
                        .satisfies(parts -> assertThat(parts.stream()
                                        .mapToInt(Integer::intValue)
                                        .sum())
                                .isEqualTo(number))
                        .allSatisfy(part -> assertThat(part).isBetween(number / 3, number / 3 + 1));
            }
        }
    }

    @Test
    void of_a_few_calls_some_nodes_have_none() {
        assertThat(parts(2, 6)).containsExactly(1, 1, 0);
    }

    /** Or the first would make the calls to all of them. */
    @Test
    void small_limits_of_many_destinations_are_spread_over_all_nodes() {
        assertThat(THREE).allSatisfy(node -> assertThat(IntStream.range(6, 306)
                        .map(lane -> ClusterShare.View.of(node, THREE).of(1, lane))
                        .sum())
                .isEqualTo(100));
    }

    @Test
    void one_that_is_no_member_has_as_much_as_the_first_and_the_whole_where_it_knows_of_none() {
        assertThat(ClusterShare.View.of("api", THREE)).isEqualTo(ClusterShare.View.of("a", THREE));
        assertThat(ClusterShare.View.of("api", List.of()).of(7, 8)).isEqualTo(7);
    }

    @Test
    void of_several_views_the_least_holds() {
        ClusterShare share =
                new ClusterShare(List.of(ClusterShare.View.of("a", THREE), ClusterShare.View.of("a", List.of("a"))));
        assertThat(share.of(50, 0)).isEqualTo(ClusterShare.View.of("a", THREE).of(50, 0));
    }

    private static List<Integer> parts(int whole, int lane) {
        return THREE.stream()
                .map(node -> ClusterShare.View.of(node, THREE).of(whole, lane))
                .toList();
    }
}
