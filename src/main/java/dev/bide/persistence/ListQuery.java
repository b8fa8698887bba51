package dev.bide.persistence;

import dev.bide.json.InvalidException;
import dev.bide.workflow.store.Cursor;
import dev.bide.workflow.store.Page;
import dev.bide.workflow.store.PageRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jspecify.annotations.Nullable;

/**
 * One page of what is in a table, in its history, or in both. Each side is read in the order of an index and stops after a page, so that
 * the cost does not grow with the tables. Column names are ours; values are always bound.
 */
final class ListQuery {
    private final String columns;
    private final String table;
    private final String history;
    private final List<String> conditions = new ArrayList<>();
    private final Map<String, Object> values = new LinkedHashMap<>();
    private boolean fromTable = true;
    private boolean fromHistory = true;
    private String order = "id DESC";
    private int limit;

    ListQuery(String columns, String table, String history) {
        this.columns = columns;
        this.table = table;
        this.history = history;
    }

    void equal(String column, @Nullable Object value) {
        condition(column, "=", value);
    }

    void atLeast(String column, @Nullable Instant value) {
        condition(column, ">=", value);
    }

    void below(String column, @Nullable Instant value) {
        condition(column, "<", value);
    }

    private void condition(String column, String operator, @Nullable Object value) {
        if (value != null) {
            String name = "v" + values.size();
            conditions.add(column + " " + operator + " :" + name);
            values.put(name, value);
        }
    }

    /** The status is written into the text, so that the partial indexes on the rare ones can serve. Of several none of these gives an order. @param status none means any */
    void status(Set<?> status, boolean inTable, boolean inHistory) {
        if (status.size() == 1) {
            conditions.add("status = '" + status.iterator().next() + "'");
        } else if (!status.isEmpty()) {
            conditions.add(
                    status.stream().map(one -> "'" + one + "'").collect(Collectors.joining(", ", "status IN (", ")")));
        }
        fromTable = inTable;
        fromHistory = inHistory;
    }

    /** @param ascending the column that orders the list from the lowest up, before the id; null for newest id first */
    void page(PageRequest page, @Nullable String ascending) {
        limit = page.limit();
        order = ascending == null ? "id DESC" : ascending + ", id";
        Cursor cursor = page.cursor();
        if (cursor == null) {
            return;
        }
        Instant at = cursor.at();
        if ((at == null) != (ascending == null)) {
            throw new InvalidException("cursor", "belongs to a list with another filter");
        }
        values.put("afterId", cursor.id());
        if (at == null) {
            conditions.add("id < :afterId");
        } else {
            conditions.add("(" + ascending + ", id) > (:afterTime, :afterId)");
            values.put("afterTime", at);
        }
    }

    /** The page: fewer rows where they are large. */
    <T> Page<T> run(Handle handle, RowMapper<T> rows, ToLongFunction<T> size, Function<T, Cursor> cursor) {
        List<String> sides = new ArrayList<>();
        if (fromTable) {
            sides.add(side(table));
        }
        if (fromHistory) {
            sides.add(side(history));
        }
        String text = "SELECT * FROM (" + String.join(" UNION ALL ", sides) + ") AS page ORDER BY " + order + " LIMIT "
                + (limit + 1);
        return PageReader.read(handle.createQuery(text).bindMap(values), limit, rows, size, cursor);
    }

    private String side(String name) {
        String where = conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
        return "(SELECT " + columns + " FROM " + name + where + " ORDER BY " + order + " LIMIT " + (limit + 1) + ")";
    }
}
