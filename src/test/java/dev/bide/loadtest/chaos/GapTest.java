package dev.bide.loadtest.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class GapTest {
    @Test
    void the_longest_is_found_whatever_the_order() {
        assertThat(Gap.longest(List.of(90L, 10L, 20L, 60L, 70L), 0, 100)).isEqualTo(new Gap(20, 60));
    }

    @Test
    void one_that_began_before_counts_from_where_it_began() {
        assertThat(Gap.longest(List.of(5L, 12L, 80L, 90L), 20, 100)).isEqualTo(new Gap(12, 80));
    }

    @Test
    void silence_to_the_end_is_one() {
        assertThat(Gap.longest(List.of(10L, 20L), 15, 100)).isEqualTo(new Gap(20, 100));
        assertThat(Gap.longest(List.of(), 15, 100)).isEqualTo(new Gap(15, 100));
    }

    @Test
    void what_comes_later_does_not_count() {
        assertThat(Gap.longest(List.of(10L, 20L, 500L), 10, 30)).isEqualTo(new Gap(10, 20));
    }
}
