package dev.bide.engine.list;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.workflow.store.Cursor;
import dev.bide.workflow.store.ListStore.Looked;
import dev.bide.workflow.store.ListStore.Place;
import dev.bide.workflow.store.PageRequest;
import dev.bide.workflow.store.TimerFilter.Order;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MergedTest {
    @Test
    void goes_no_further_than_the_look_that_ended_first() {
        Merged merged = merged(5);
        merged.add(newest(60L, 90, 80));
        merged.add(newest(null, 85, 70, 60, 50, 40));
        assertThat(ids(merged)).containsExactly(90L, 85L, 80L, 70L, 60L);
        assertThat(merged.next()).isEqualTo(cursor(60));

        merged = merged(5);
        merged.add(newest(75L));
        merged.add(newest(null, 85, 70));
        assertThat(ids(merged)).containsExactly(85L);
        assertThat(merged.next()).isEqualTo(cursor(75));
        assertThat(merged.settled()).isEqualTo(cursor(75));
    }

    @Test
    void ends_where_all_looks_have_and_nothing_is_left() {
        Merged merged = merged(3);
        merged.add(newest(null, 9, 8));
        merged.add(newest(null, 7));
        assertThat(ids(merged)).containsExactly(9L, 8L, 7L);
        assertThat(merged.next()).isNull();
        merged.add(newest(null, 6));
        assertThat(ids(merged)).containsExactly(9L, 8L, 7L);
        assertThat(merged.next()).isEqualTo(cursor(7));
    }

    @Test
    void shows_once_what_was_found_twice_where_the_later_look_found_it() {
        Merged merged = new Merged(Order.DUE, new PageRequest(5, null));
        Instant then = Instant.ofEpochMilli(100);
        Instant later = Instant.ofEpochMilli(200);
        merged.add(new Looked(List.of(new Place(id(1), then, null), new Place(id(2), then, null)), null));
        merged.add(new Looked(List.of(new Place(id(1), later, later)), null));
        assertThat(merged.places()).containsExactly(new Place(id(2), then, null), new Place(id(1), later, later));
    }

    private static Merged merged(int limit) {
        return new Merged(Order.NEWEST, new PageRequest(limit, null));
    }

    private static Looked newest(@Nullable Long upTo, long... ids) {
        return new Looked(
                LongStream.of(ids).mapToObj(id -> new Place(id(id), null, null)).toList(),
                upTo == null ? null : cursor(upTo));
    }

    private static UUID id(long number) {
        return new UUID(0x8000_0000_0000_0000L, number);
    }

    private static Cursor cursor(long number) {
        return new Cursor(null, id(number));
    }

    private static List<Long> ids(Merged merged) {
        return merged.places().stream()
                .map(place -> place.id().getLeastSignificantBits())
                .toList();
    }
}
