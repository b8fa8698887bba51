package dev.bide.engine.list;

import dev.bide.workflow.store.Cursor;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.Days;
import dev.bide.workflow.store.ListStore.Place;
import dev.bide.workflow.store.Page;
import dev.bide.workflow.store.Session;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads the items of a page, some at a time, and ends it early where they are large: a page of 500 runs with the largest inputs would take hundreds of megabytes, in each request
 * that asks for one. Thread-safe.
 */
final class PageItems<T> {
    /** Characters of one page, before those of its last item. */
    private static final long LARGEST_PAGE = 4 << 20;

    /** Items in memory beside those of the page: the first, by whose size the others are read, and of others never more. */
    private static final int FIRST = 8;

    private static final int AT_ONCE = 64;

    /** Partitions in one transaction: some 60 locks. */
    private static final int DAYS = 7;

    private final Database database;
    private final InstantSource clock;
    private final Source<T> source;

    PageItems(Database database, InstantSource clock, Source<T> source) {
        this.database = database;
        this.clock = clock;
        this.source = source;
    }

    /** Where the items are. What can't be read is left out. */
    interface Source<T> {
        List<T> waiting(Session session, Collection<UUID> ids);

        List<T> finished(Session session, Map<UUID, Instant> finished);

        UUID id(T item);

        /** Characters of what may be large. */
        long size(T item);
    }

    /**
     * @param cursor of each place
     * @param next where the page after these begins
     * @param matches asked once more: an item may have changed since its place was found
     */
    Page<T> read(List<Place> places, Function<Place, Cursor> cursor, @Nullable Cursor next, Predicate<T> matches) {
        List<T> items = new ArrayList<>();
        long characters = 0;
        Place before = null;
        int atOnce = FIRST;
        for (int begin = 0; begin < places.size(); ) {
            List<Place> some = places.subList(begin, Math.min(begin + atOnce, places.size()));
            begin += some.size();
            Map<UUID, T> found = find(some);
            for (Place place : some) {
                if (before != null && characters >= LARGEST_PAGE) {
                    return new Page<>(List.copyOf(items), cursor.apply(before));
                }
                T item = found.get(place.id());
                if (item != null && matches.test(item)) {
                    items.add(item);
                    characters += source.size(item);
                }
                before = place;
            }
            atOnce = roomFor(characters, begin);
        }
        return new Page<>(List.copyOf(items), next);
    }

    /** How many more the page has room for, if they are as large as those so far: what is read beyond was read for nothing. */
    private static int roomFor(long characters, int read) {
        long each = Math.max(1, characters / read);
        return (int) Math.max(1, Math.min(AT_ONCE, (LARGEST_PAGE - characters) / each + 1));
    }

    private Map<UUID, T> find(List<Place> places) {
        Map<UUID, Instant> finished = new HashMap<>();
        Set<UUID> waiting = new HashSet<>();
        for (Place place : places) {
            if (place.finishedAt() == null) {
                waiting.add(place.id());
            } else {
                finished.put(place.id(), place.finishedAt());
            }
        }
        Map<UUID, T> found = new HashMap<>();
        addWaiting(found, waiting);
        addFinished(found, finished);
        // Finished since its place was found, or redriven.
        waiting.removeAll(found.keySet());
        Instant now = clock.instant();
        for (Instant day : Set.of(now, now.minus(HistoryWalk.SKEW))) {
            waiting.removeAll(found.keySet());
            addFinished(found, waiting.stream().collect(Collectors.toMap(Function.identity(), id -> day)));
        }
        finished.keySet().removeAll(found.keySet());
        addWaiting(found, finished.keySet());
        return found;
    }

    private void addWaiting(Map<UUID, T> found, Set<UUID> ids) {
        if (!ids.isEmpty()) {
            database.inTransaction(session -> source.waiting(session, ids))
                    .forEach(item -> found.put(source.id(item), item));
        }
    }

    private void addFinished(Map<UUID, T> found, Map<UUID, Instant> finished) {
        List<LocalDate> days =
                finished.values().stream().map(Days::day).distinct().sorted().toList();
        for (int begin = 0; begin < days.size(); begin += DAYS) {
            List<LocalDate> some = days.subList(begin, Math.min(begin + DAYS, days.size()));
            Map<UUID, Instant> part = finished.entrySet().stream()
                    .filter(one -> some.contains(Days.day(one.getValue())))
                    .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
            database.inTransaction(session -> source.finished(session, part))
                    .forEach(item -> found.put(source.id(item), item));
        }
    }
}
