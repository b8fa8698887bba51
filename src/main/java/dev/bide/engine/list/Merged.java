package dev.bide.engine.list;

import dev.bide.workflow.store.Cursor;
import dev.bide.workflow.store.ListStore.Looked;
import dev.bide.workflow.store.ListStore.Place;
import dev.bide.workflow.store.PageRequest;
import dev.bide.workflow.store.TimerFilter.Order;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A page, put together from looks in several places. It goes no further than the look that ended first: what comes after that one's end may stand between what others found.
 */
final class Merged {
    private final int limit;
    private final Comparator<Cursor> order;
    private final Map<Cursor, Place> found;
    private final Map<UUID, Cursor> cursors = new HashMap<>();
    private @Nullable Cursor end;

    Merged(Order order, PageRequest page) {
        this.limit = page.limit();
        this.order = comparator(order);
        this.found = new TreeMap<>(this.order);
    }

    private static Comparator<Cursor> comparator(Order order) {
        Comparator<Cursor> byId = Comparator.comparing(Merged::idText);
        Comparator<Cursor> byTime =
                Comparator.<Cursor, Instant>comparing(cursor -> Objects.requireNonNull(cursor.at()));
        return switch (order) {
            case NEWEST -> byId.reversed();
            case DUE -> byTime.thenComparing(byId);
            case DEATH -> byTime.thenComparing(byId).reversed();
            case FIRING -> throw new IllegalArgumentException("no table is in order of firing");
        };
    }

    /** In the order of PostgreSQL, which has no signs. */
    private static String idText(Cursor cursor) {
        return cursor.id().toString();
    }

    /** What moves from one place to another between two looks is found in both; the later look knows better. */
    void add(Looked looked) {
        for (Place place : looked.found()) {
            Cursor cursor = place.cursor();
            Cursor before = cursors.put(place.id(), cursor);
            if (before != null) {
                found.remove(before);
            }
            found.put(cursor, place);
        }
        Cursor upTo = looked.upTo();
        if (upTo != null && (end == null || order.compare(upTo, end) < 0)) {
            end = upTo;
        }
    }

    /** Of the page, in order. */
    List<Place> places() {
        return found.values().stream()
                .filter(place -> end == null || order.compare(place.cursor(), end) <= 0)
                .limit(limit)
                .toList();
    }

    /** Where the next page begins; null where there is none. */
    @Nullable
    Cursor next() {
        List<Place> page = places();
        boolean more = page.size() < found.size() && page.size() == limit;
        return more ? page.get(limit - 1).cursor() : end;
    }

    /** Up to which nothing can come in between any more, whatever is found later behind it: the end of a page that is full, or of the look that ended first. */
    @Nullable
    Cursor settled() {
        List<Place> page = places();
        return page.size() == limit ? page.get(limit - 1).cursor() : end;
    }
}
