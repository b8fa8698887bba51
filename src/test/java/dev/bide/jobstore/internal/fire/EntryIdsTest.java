package dev.bide.jobstore.internal.fire;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class EntryIdsTest {
    private static EntryIds ids(String instance, String time) {
        return new EntryIds(instance, () -> Instant.parse(time));
    }

    @Test
    void later_batches_have_larger_ids_in_this_life_and_the_next() {
        EntryIds ids = ids("n1", "2026-01-01T00:00:00Z");
        String first = ids.nextBatch() + "(0,1)";
        String second = ids.nextBatch() + "(0,1)";
        EntryIds later = ids("n1", "2026-01-01T00:00:01Z");
        String third = later.nextBatch() + "(0,1)";
        assertThat(second).isGreaterThan(first);
        assertThat(third).isGreaterThan(second);
        assertThat(ids.number(second)).isEqualTo(ids.number(first) + 1);
        assertThat(later.isOfThisLife(third)).isTrue();
        assertThat(later.isOfThisLife(second)).isFalse();
    }

    @Test
    void entries_of_a_batch_are_between_its_bounds() {
        EntryIds ids = ids("n1", "2099-12-31T00:00:00Z");
        String entry = ids.nextBatch() + "(4711,3)";
        assertThat(entry).isBetween(ids.from(ids.number(entry)), ids.end());
        assertThat(entry).isLessThan(ids.from(ids.number(entry) + 1));
        assertThat(ids.from(0)).isLessThan(entry);
    }

    @Test
    void what_others_made_has_no_number() {
        EntryIds ids = ids("n1", "2026-01-01T00:00:00Z");
        String other = ids("n1-2", "2026-01-01T00:00:00Z").nextBatch() + "(0,1)";
        assertThat(ids.number(other)).isEqualTo(EntryIds.NO_NUMBER);
        assertThat(ids.number("n11700000000000")).isEqualTo(EntryIds.NO_NUMBER);
        assertThat(ids.number("n1-")).isEqualTo(EntryIds.NO_NUMBER);
        assertThat(ids.number("n1-!(0,1)")).isEqualTo(EntryIds.NO_NUMBER);
    }

    @Test
    void before_the_first_batch_nothing_is_of_this_life() {
        EntryIds ids = ids("n1", "2026-01-01T00:00:00Z");
        String earlier = ids("n1", "2026-01-01T00:00:00Z").nextBatch() + "(0,1)";
        assertThat(ids.isOfThisLife(earlier)).isFalse();
        assertThat(ids.next()).isZero();
    }
}
