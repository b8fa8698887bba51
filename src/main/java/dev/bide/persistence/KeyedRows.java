package dev.bide.persistence;

import dev.bide.workflow.store.HistoryStore.History;
import dev.bide.workflow.store.KeyHolder;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.generic.GenericTypes;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/**
 * What the stores of timers and of runs do alike with rows by the batch, and with their keys: of rows that wait in their table, of finished ones in a history of its own.
 *
 * @param table of rows that wait; the word for one of them
 * @param keys of what is finished
 */
record KeyedRows(Handle handle, String table, History keys) {
    /** What bindArray makes of a type anew each time, at a hundredth of the cost of storing a timer. */
    private static final ClassValue<Type> ARRAYS = new ClassValue<>() {
        @Override
        protected Type computeValue(Class<?> type) {
            return GenericTypes.parameterizeClass(Iterable.class, type);
        }
    };

    static <T, V> void array(
            SqlStatement<?> statement,
            String name,
            Class<V> type,
            Collection<T> items,
            Function<T, @Nullable V> value) {
        // A plain list: a stream's toList, unlike List.of, may hold the nulls of optional columns.
        statement.bindByType(name, items.stream().map(value).toList(), ARRAYS.get(type));
    }

    void expect(int wanted, int changed) {
        if (wanted != changed) {
            throw new IllegalStateException(changed + " of " + wanted + " " + table + "s were where they should be");
        }
    }

    /** Takes back what was inserted in this transaction, and whose keys turned out to be in the history. Primary key. */
    void withdraw(Set<UUID> taken) {
        if (!taken.isEmpty()) {
            handle.createUpdate("DELETE FROM " + table + " WHERE id = ANY(:ids)")
                    .bindArray("ids", UUID.class, taken)
                    .execute();
        }
    }

    /** Removes the keys of what waits again from those of what is finished, by their index. Rows without a key are passed over. */
    <T> void bringBack(Collection<T> rows, Function<T, @Nullable String> key, Function<T, UUID> id) {
        List<T> keyed = rows.stream().filter(row -> key.apply(row) != null).toList();
        if (!keyed.isEmpty()) {
            var delete =
                    handle.createUpdate("DELETE FROM " + keys.table() + " WHERE key = ANY(:keys) AND id = ANY(:ids)");
            array(delete, "keys", String.class, keyed, key);
            array(delete, "ids", UUID.class, keyed, id);
            delete.execute();
        }
    }

    /** Who has the keys that are found, by key; of two the first. */
    static Map<String, KeyHolder> holders(Query found) {
        return found.map((row, context) -> Map.entry(
                        row.getString("key"),
                        new KeyHolder(Rows.uuid(row, "id"), Rows.optionalInstant(row, "finished_at"))))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (one, other) -> one));
    }
}
