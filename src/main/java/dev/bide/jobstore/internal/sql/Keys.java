package dev.bide.jobstore.internal.sql;

import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;
import java.util.function.Function;
import org.quartz.TriggerKey;

/** Arrays for {@code = ANY(?)}. A list of names and a list of groups finds too much where there are several groups, so statements also check the pairs. */
public final class Keys {
    private final String[] names;
    private final String[] groups;
    private final String[] distinctGroups;

    private Keys(String[] names, String[] groups, String[] distinctGroups) {
        this.names = names;
        this.groups = groups;
        this.distinctGroups = distinctGroups;
    }

    public static Keys of(Collection<TriggerKey> keys) {
        return of(keys, key -> key);
    }

    public static <T> Keys of(Collection<? extends T> items, Function<T, TriggerKey> key) {
        String[] names = new String[items.size()];
        String[] groups = new String[items.size()];
        Set<String> distinct = new HashSet<>();
        Iterator<? extends T> iterator = items.iterator();
        for (int i = 0; i < names.length; i++) {
            TriggerKey next = key.apply(iterator.next());
            names[i] = next.getName();
            groups[i] = next.getGroup();
            distinct.add(groups[i]);
        }
        return new Keys(names, groups, distinct.toArray(new String[0]));
    }

    public boolean inOneGroup() {
        return distinctGroups.length <= 1;
    }

    public Array names(Connection connection) throws SQLException {
        return connection.createArrayOf("text", names);
    }

    public Array groups(Connection connection) throws SQLException {
        return connection.createArrayOf("text", groups);
    }

    public Array distinctGroups(Connection connection) throws SQLException {
        return connection.createArrayOf("text", distinctGroups);
    }
}
