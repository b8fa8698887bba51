package dev.bide.persistence;

import dev.bide.workflow.store.Cursor;
import dev.bide.workflow.store.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.result.ResultIterator;
import org.jdbi.v3.core.statement.Query;

/**
 * Reads a page of a list, and ends it early where it grows large: a page of 500 runs with the largest inputs would take hundreds of megabytes,
 * in each request that asks for one.
 */
final class PageReader {
    /** Characters of one page, before those of its last item. */
    static final long LARGEST_PAGE = 4 << 20;

    /** Rows that the driver fetches and holds at once. */
    private static final int FETCHED = 32;

    private PageReader() {}

    /** @param query answers one row more than {@code limit}, where there are as many; in a transaction, else the driver would fetch all at once */
    static <T> Page<T> read(
            Query query, int limit, RowMapper<T> rows, ToLongFunction<T> size, Function<T, Cursor> cursor) {
        List<T> items = new ArrayList<>();
        long characters = 0;
        try (ResultIterator<T> found =
                query.setFetchSize(Math.min(limit + 1, FETCHED)).map(rows).iterator()) {
            while (found.hasNext()) {
                if (items.size() == limit || characters >= LARGEST_PAGE) {
                    return new Page<>(List.copyOf(items), cursor.apply(items.get(items.size() - 1)));
                }
                T item = found.next();
                items.add(item);
                characters += size.applyAsLong(item);
            }
        }
        return new Page<>(List.copyOf(items), null);
    }
}
