package dev.bide.engine.figures;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterShareTest {
    private static final List<String> THREE = List.of("a", "b", "c");

    @Test
    void the_parts_of_all_come_to_the_whole() {
        for (int whole = 1; whole < 50; whole++) {
            int number = whole;
            assertThat(THREE.stream()
                            .mapToInt(node -> ClusterShare.of(node, THREE).of(number)))
                    .as("of %s", whole)
                    .satisfies(parts -> assertThat(
                                    parts.stream().mapToInt(Integer::intValue).sum())
                            .isEqualTo(number))
                    .allSatisfy(part -> assertThat(part).isBetween(number / 3, number / 3 + 1));
        }
    }

    @Test
    void of_a_few_calls_some_nodes_have_none() {
        assertThat(THREE.stream()
                        .map(node -> ClusterShare.of(node, THREE).of(2))
                        .toList())
                .containsExactly(1, 1, 0);
    }

    @Test
    void one_that_knows_no_members_has_the_whole() {
        assertThat(ClusterShare.of("api", List.of()).of(7)).isEqualTo(7);
    }
}
