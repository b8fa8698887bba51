package dev.bide.persistence;

import dev.bide.workflow.store.Cursor;
import dev.bide.workflow.store.ListStore.Looked;
import dev.bide.workflow.store.ListStore.Place;
import dev.bide.workflow.store.PageRequest;
import dev.bide.workflow.store.TimerFilter.Order;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.result.ResultIterator;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * A look along one index, in the order of a list. What is chosen by stands behind WHERE; what is asked of each row is an answer, not a condition: the planner can't be tempted
 * to another index by it, and the look ends where it says, however few match. Limits stand in the text: a generic plan would take a tenth of the table for a
 * parameter. Column names are ours; values are always bound.
 */
final class PlaceQuery {
    /** Rows that the driver fetches and holds at once. */
    private static final int FETCHED = 128;

    private final String from;
    private final Order order;
    private final PageRequest page;
    private final List<String> chosen = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();
    private final Map<String, Object> values = new HashMap<>();

    /** @param from {@code table AS t WHERE …}, to which more conditions are added */
    PlaceQuery(String from, Order order, PageRequest page) {
        this.from = from;
        this.order = order;
        this.page = order.check(page);
        Cursor cursor = page.cursor();
        if (cursor != null) {
            chosen.add(
                    switch (order) {
                        case NEWEST -> "t.id < :afterId";
                        case DUE -> "(t.due_at, t.id) > (:afterTime, :afterId)";
                        case DEATH -> "(t.finished_at, t.id) < (:afterTime, :afterId)";
                        case FIRING -> throw new IllegalArgumentException("no table is in order of firing");
                    });
            values.put("afterId", cursor.id());
            Instant at = cursor.at();
            if (at != null) {
                values.put("afterTime", at);
            }
        }
    }

    /** The index has these alone. */
    PlaceQuery choose(String condition) {
        chosen.add(condition);
        return this;
    }

    /** Each row that is looked at is asked this. */
    PlaceQuery ask(String condition) {
        asked.add(condition);
        return this;
    }

    /**
     * Nothing where the value is null.
     *
     * @param indexed whether the index has these alone, else each row is asked
     */
    PlaceQuery where(String column, String operator, @Nullable Object value, boolean indexed) {
        if (value != null) {
            String name = "v" + values.size();
            (indexed ? chosen : asked).add("t." + column + " " + operator + " :" + name);
            values.put(name, value);
        }
        return this;
    }

    /** One more than the page holds, where there are as many among the next {@code most} rows. */
    Looked look(Handle handle, int most) {
        int limit = page.limit() + 1;
        int rows = asked.isEmpty() ? limit : Math.max(most, limit);
        List<Place> found = new ArrayList<>();
        Place last = null;
        int seen = 0;
        try (ResultIterator<Row> looked =
                query(handle, select(rows)).map((row, context) -> row(row)).iterator()) {
            while (found.size() < limit && looked.hasNext()) {
                Row row = looked.next();
                seen++;
                last = row.place();
                if (row.matches()) {
                    found.add(last);
                }
            }
        }
        return new Looked(found, last == null || found.size() < limit && seen < rows ? null : last.cursor());
    }

    /** The same for each of {@code sources}, which {@code t.<column>} tells apart, together in one statement. */
    List<Looked> lookInEach(Handle handle, String column, List<UUID> sources, int most) {
        int rows = asked.isEmpty() ? page.limit() + 1 : Math.max(most / sources.size(), page.limit() + 1);
        chosen.add("t." + column + " = source.id");
        Map<UUID, List<Row>> bySource = new LinkedHashMap<>();
        query(
                        handle,
                        "SELECT source.id AS source, looked.* FROM unnest(:sources) AS source (id) CROSS JOIN LATERAL ("
                                + select(rows) + ") AS looked")
                .bindArray("sources", UUID.class, sources)
                .map((row, context) -> Map.entry(Rows.uuid(row, "source"), row(row)))
                .forEach(row -> bySource.computeIfAbsent(row.getKey(), source -> new ArrayList<>())
                        .add(row.getValue()));
        return bySource.values().stream()
                .map(looked -> new Looked(
                        looked.stream().filter(Row::matches).map(Row::place).toList(),
                        looked.size() < rows
                                ? null
                                : looked.get(looked.size() - 1).place().cursor()))
                .toList();
    }

    /** Which of these rows match, by the primary key; the order and the page are of no account. */
    Set<UUID> matching(Handle handle, Collection<UUID> ids) {
        String conditions = asked.isEmpty() ? "" : " AND " + String.join(" AND ", asked);
        return handle.createQuery("SELECT t.id FROM " + from + conditions + " AND t.id = ANY(:ids)")
                .bindMap(values)
                .bindArray("ids", UUID.class, ids)
                .mapTo(UUID.class)
                .collect(Collectors.toSet());
    }

    private Query query(Handle handle, String text) {
        return handle.createQuery(text).bindMap(values).setFetchSize(Math.min(page.limit() + 1, FETCHED));
    }

    private String select(int rows) {
        String at =
                switch (order) {
                    case DUE -> "t.due_at";
                    case DEATH -> "t.finished_at";
                    case NEWEST, FIRING -> "NULL::timestamptz";
                };
        String by =
                switch (order) {
                    case DUE -> "t.due_at, t.id";
                    case DEATH -> "t.finished_at DESC, t.id DESC";
                    case NEWEST, FIRING -> "t.id DESC";
                };
        String matches = asked.isEmpty() ? "true" : "coalesce(" + String.join(" AND ", asked) + ", false)";
        String conditions = chosen.isEmpty() ? "" : " AND " + String.join(" AND ", chosen);
        return "SELECT t.id, " + at + " AS at, t.finished_at, " + matches + " AS matches FROM " + from + conditions
                + " ORDER BY " + by + " LIMIT " + rows;
    }

    private static Row row(ResultSet row) throws SQLException {
        return new Row(
                new Place(
                        Rows.uuid(row, "id"),
                        Rows.optionalInstant(row, "at"),
                        Rows.optionalInstant(row, "finished_at")),
                row.getBoolean("matches"));
    }

    private record Row(Place place, boolean matches) {}
}
