package dev.bide.jobstore.internal.write;

import dev.bide.jobstore.internal.sql.Keys;
import dev.bide.jobstore.internal.sql.Tables;
import dev.bide.jobstore.internal.sql.TriggerState;
import dev.bide.jobstore.internal.sql.TriggerType;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.quartz.TriggerKey;
import org.quartz.spi.OperableTrigger;

/**
 * Removes, replaces, pauses and resumes triggers that wait. First it locks their rows, in key order, then it acts on what it locked: the second statement sees
 * what another transaction did to a row before the lock was granted, which a single statement would not.
 *
 * <p>Locks: trigger rows in key order, their rows by type, then fired-trigger rows of acquisitions that are withdrawn.
 */
public final class TriggerWrites {

    /** Primary key. Those executing have no row, or are COMPLETE, or WAITING for a later time. */
    private static final String LOCK = """
            SELECT trigger_name, trigger_group, trigger_state, trigger_type FROM qrtz_triggers
            WHERE sched_name = ? AND trigger_name = ANY (?) AND trigger_group = ANY (?)
              AND ((trigger_name, trigger_group) IN (SELECT * FROM unnest(?::text[], ?::text[]))) IS TRUE
              AND trigger_state = ANY (?)
            ORDER BY trigger_name, trigger_group
            FOR UPDATE
            """;

    /** Primary key. */
    private static final String DELETE = """
            DELETE FROM %s
            WHERE sched_name = ? AND trigger_name = ANY (?) AND trigger_group = ANY (?)
              AND ((trigger_name, trigger_group) IN (SELECT * FROM unnest(?::text[], ?::text[]))) IS TRUE
            """;

    /** All of the table, which is small: it has no index by trigger, because only this needs one, and only for triggers that are acquired at the moment. */
    private static final String WITHDRAW = """
            DELETE FROM qrtz_fired_triggers
            WHERE sched_name = ? AND trigger_name = ANY (?) AND trigger_group = ANY (?)
              AND ((trigger_name, trigger_group) IN (SELECT * FROM unnest(?::text[], ?::text[]))) IS TRUE
              AND state = 'ACQUIRED'
            """;

    /** Primary key. */
    private static final String SET_STATE = """
            UPDATE qrtz_triggers SET trigger_state = CASE WHEN trigger_state IN ('BLOCKED', 'PAUSED_BLOCKED') THEN ? ELSE ? END
            WHERE sched_name = ? AND trigger_name = ANY (?) AND trigger_group = ANY (?)
              AND ((trigger_name, trigger_group) IN (SELECT * FROM unnest(?::text[], ?::text[]))) IS TRUE
            """;

    private static final Set<TriggerState> WAIT = EnumSet.complementOf(EnumSet.of(TriggerState.COMPLETE));

    private final Tables tables;
    private final TriggerRows rows;
    private final TriggerInsert insert;

    public TriggerWrites(Tables tables, TriggerRows rows, TriggerInsert insert) {
        this.tables = tables;
        this.rows = rows;
        this.insert = insert;
    }

    private record Locked(TriggerKey key, TriggerState state, String type) {
        boolean isAcquired() {
            return state == TriggerState.ACQUIRED;
        }
    }

    public void store(Connection connection, Collection<? extends OperableTrigger> triggers, TriggerState state)
            throws SQLException {
        insert.insert(connection, triggers, any -> state);
    }

    public Set<TriggerKey> remove(Connection connection, Collection<TriggerKey> keys) throws SQLException {
        List<Locked> locked = lock(connection, keys, WAIT);
        delete(connection, locked);
        return keysOf(locked);
    }

    public Set<TriggerKey> replace(Connection connection, Collection<? extends OperableTrigger> triggers)
            throws SQLException {
        Map<TriggerKey, OperableTrigger> byKey = new LinkedHashMap<>();
        triggers.forEach(trigger -> byKey.put(trigger.getKey(), trigger));
        List<Locked> locked = lock(connection, byKey.keySet(), WAIT);
        delete(connection, locked);
        Map<TriggerKey, TriggerState> states = new HashMap<>();
        List<OperableTrigger> replacing = new ArrayList<>();
        for (Locked old : locked) {
            OperableTrigger trigger = byKey.get(old.key());
            if (trigger != null) {
                replacing.add(trigger);
                states.put(old.key(), stateAfter(old));
            }
        }
        insert.insert(connection, replacing, trigger -> states.getOrDefault(trigger.getKey(), TriggerState.WAITING));
        return keysOf(locked);
    }

    private static TriggerState stateAfter(Locked old) {
        return switch (old.state()) {
            case PAUSED, PAUSED_BLOCKED, BLOCKED -> old.state();
            case WAITING, ACQUIRED, COMPLETE, ERROR -> TriggerState.WAITING;
        };
    }

    public Set<TriggerKey> pause(Connection connection, Collection<TriggerKey> keys) throws SQLException {
        List<Locked> locked =
                lock(connection, keys, EnumSet.of(TriggerState.WAITING, TriggerState.ACQUIRED, TriggerState.BLOCKED));
        setState(connection, locked, TriggerState.PAUSED_BLOCKED, TriggerState.PAUSED);
        withdrawAcquired(connection, locked);
        return keysOf(locked);
    }

    public Set<TriggerKey> resume(Connection connection, Collection<TriggerKey> keys) throws SQLException {
        List<Locked> locked = lock(connection, keys, EnumSet.of(TriggerState.PAUSED, TriggerState.PAUSED_BLOCKED));
        setState(connection, locked, TriggerState.BLOCKED, TriggerState.WAITING);
        return keysOf(locked);
    }

    /** Triggers whose rows the caller has locked wait again: the nodes that acquired them drop them. */
    void release(Connection connection, Collection<TriggerKey> acquired) throws SQLException {
        if (acquired.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(SET_STATE))) {
            statement.setString(1, TriggerState.WAITING.name());
            statement.setString(2, TriggerState.WAITING.name());
            bind(connection, statement, 3, Keys.of(acquired));
            statement.executeUpdate();
        }
        execute(connection, WITHDRAW, Keys.of(acquired));
    }

    /**
     * Those that are missing are looked for once more: where another transaction replaced a trigger while this waited for its row, the row is gone, and the new one
     * was not there yet when the statement began. Whoever may hold rows does not wait for more, which may come before them in order; a row that was locked and then found changed stays locked, though
     * it is not among the answers.
     */
    private List<Locked> lock(Connection connection, Collection<TriggerKey> keys, Set<TriggerState> states)
            throws SQLException {
        List<Locked> locked = lockOnce(connection, keys, states, LOCK);
        if (locked.size() < keys.size()) {
            Set<TriggerKey> missing = new LinkedHashSet<>(keys);
            missing.removeAll(keysOf(locked));
            locked.addAll(lockOnce(connection, missing, states, keys.size() == 1 ? LOCK : LOCK + "SKIP LOCKED"));
        }
        return locked;
    }

    private List<Locked> lockOnce(
            Connection connection, Collection<TriggerKey> keys, Set<TriggerState> states, String sql)
            throws SQLException {
        List<Locked> locked = new ArrayList<>();
        if (keys.isEmpty()) {
            return locked;
        }
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(sql))) {
            bind(connection, statement, 1, Keys.of(keys));
            statement.setArray(
                    6,
                    connection.createArrayOf(
                            "text", states.stream().map(TriggerState::name).toArray()));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    locked.add(new Locked(
                            new TriggerKey(row.getString(1), row.getString(2)),
                            TriggerState.valueOf(row.getString(3)),
                            row.getString(4)));
                }
            }
        }
        return locked;
    }

    private void delete(Connection connection, List<Locked> locked) throws SQLException {
        if (locked.isEmpty()) {
            return;
        }
        Map<String, List<Locked>> byTable = new LinkedHashMap<>();
        for (Locked trigger : locked) {
            TriggerType type = TriggerType.of(trigger.type());
            if (type == null) {
                rows.deleteDetails(connection, trigger.key(), trigger.type());
            } else {
                byTable.computeIfAbsent(type.table(), any -> new ArrayList<>()).add(trigger);
            }
        }
        for (Map.Entry<String, List<Locked>> entry : byTable.entrySet()) {
            execute(connection, DELETE.formatted(entry.getKey()), Keys.of(entry.getValue(), Locked::key));
        }
        // Last, for the foreign keys of Quartz's own tables.
        execute(connection, DELETE.formatted("qrtz_triggers"), Keys.of(locked, Locked::key));
        withdrawAcquired(connection, locked);
    }

    private void setState(Connection connection, List<Locked> locked, TriggerState whereBlocked, TriggerState otherwise)
            throws SQLException {
        if (locked.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(SET_STATE))) {
            statement.setString(1, whereBlocked.name());
            statement.setString(2, otherwise.name());
            bind(connection, statement, 3, Keys.of(locked, Locked::key));
            statement.executeUpdate();
        }
    }

    private void withdrawAcquired(Connection connection, List<Locked> locked) throws SQLException {
        List<TriggerKey> acquired =
                locked.stream().filter(Locked::isAcquired).map(Locked::key).toList();
        if (!acquired.isEmpty()) {
            execute(connection, WITHDRAW, Keys.of(acquired));
        }
    }

    private void execute(Connection connection, String sql, Keys keys) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(sql))) {
            bind(connection, statement, 1, keys);
            statement.executeUpdate();
        }
    }

    private void bind(Connection connection, PreparedStatement statement, int first, Keys keys) throws SQLException {
        statement.setString(first, tables.scheduler());
        statement.setArray(first + 1, keys.names(connection));
        statement.setArray(first + 2, keys.distinctGroups(connection));
        statement.setArray(first + 3, keys.names(connection));
        statement.setArray(first + 4, keys.groups(connection));
    }

    private static Set<TriggerKey> keysOf(List<Locked> locked) {
        Set<TriggerKey> keys = new LinkedHashSet<>();
        locked.forEach(trigger -> keys.add(trigger.key()));
        return keys;
    }
}
