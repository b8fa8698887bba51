package dev.bide.jobstore.internal.fire;

import dev.bide.jobstore.internal.sql.Counters;
import dev.bide.jobstore.internal.sql.Keys;
import dev.bide.jobstore.internal.sql.Tables;
import dev.bide.jobstore.internal.sql.Transactions;
import dev.bide.jobstore.internal.sql.TriggerState;
import dev.bide.jobstore.internal.sql.TriggerType;
import dev.bide.jobstore.internal.write.TriggerRows;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.quartz.Calendar;
import org.quartz.SimpleTrigger;
import org.quartz.TriggerKey;
import org.quartz.impl.jdbcjobstore.TriggerPersistenceDelegate;
import org.quartz.spi.OperableTrigger;

/**
 * Confirms acquired triggers for firing, a batch in one statement: only those whose row is still the version that the acquisition wrote. One
 * that was cancelled or changed since it was taken is dropped with its entry, and one that can't be fired is set aside. Triggers of jobs that
 * must not run concurrently go Quartz's way, in {@code ExclusiveWay}.
 *
 * <p>Locks: trigger rows in key order, then fired-trigger rows.
 */
public final class ConfirmStatement {

    /**
     * Row addresses. The list of addresses besides the join makes the planner fetch those rows and not scan the table. An update alone would lock in the order of
     * addresses, and whoever locks by key and it would wait for one another.
     */
    private static final String CONFIRM = """
            WITH locked AS MATERIALIZED (
              SELECT ctid AS address FROM qrtz_triggers
              WHERE ctid = ANY (?::tid[]) AND sched_name = ? AND trigger_state = 'ACQUIRED'
              ORDER BY trigger_name, trigger_group
              FOR UPDATE)
            UPDATE qrtz_triggers t
            SET trigger_state = u.state, next_fire_time = u.next, prev_fire_time = u.previous
            FROM unnest(?::tid[], ?::text[], ?::text[], ?::bigint[], ?::bigint[]) AS u (address, version, state, next, previous)
            WHERE t.ctid = ANY (ARRAY (SELECT address FROM locked)) AND t.ctid = u.address AND t.xmin = u.version::xid
            RETURNING t.trigger_name, t.trigger_group, pg_current_xact_id()::text
            """;

    /** Primary key. */
    private static final String EXECUTING = """
            UPDATE qrtz_fired_triggers
            SET state = 'EXECUTING', fired_time = ?, requests_recovery = entry_id = ANY (?)
            WHERE sched_name = ? AND entry_id = ANY (?) AND state = 'ACQUIRED'
            """;

    /** The row's address, and only where it is this acquisition's still. */
    private static final String SET_ASIDE = """
            UPDATE qrtz_triggers SET trigger_state = 'ERROR'
            WHERE ctid = ?::tid AND xmin = ?::xid AND sched_name = ? AND trigger_state = 'ACQUIRED'
            """;

    /** Primary key. */
    static final String DROP_ENTRIES = "DELETE FROM qrtz_fired_triggers WHERE sched_name = ? AND entry_id = ANY (?)";

    /** Primary key. */
    private static final String COUNT = """
            UPDATE qrtz_simple_triggers s SET times_triggered = u.times
            FROM unnest(?::text[], ?::text[], ?::bigint[]) AS u (name, grp, times)
            WHERE s.sched_name = ? AND s.trigger_name = u.name AND s.trigger_group = u.grp
            """;

    private final Tables tables;
    private final TriggerRows rows;
    private final Counters counters;

    public ConfirmStatement(Tables tables, TriggerRows rows, Counters counters) {
        this.tables = tables;
        this.rows = rows;
        this.counters = counters;
    }

    /** A trigger with its times moved on, to be confirmed. */
    record Candidate(
            Taken taken,
            @Nullable Calendar calendar,
            @Nullable Date previousFireTime) {

        /** Moves the trigger's times on. Null where its calendar is gone: it is not fired then, as Quartz has it. */
        static @Nullable Candidate of(Taken taken, Map<String, Calendar> calendars) {
            OperableTrigger trigger = taken.trigger;
            String name = trigger.getCalendarName();
            Calendar calendar = name == null ? null : calendars.get(name);
            if (name != null && calendar == null) {
                return null;
            }
            Date previous = taken.recovering ? null : trigger.getPreviousFireTime();
            trigger.triggered(calendar);
            return new Candidate(taken, calendar, previous);
        }
    }

    /** Returns the entries confirmed. The others' entries are deleted; what has become of their triggers is not this node's business any more. */
    Set<String> confirm(Transactions.Transaction transaction, List<Candidate> batch, long now) throws SQLException {
        Connection connection = transaction.connection;
        List<Candidate> candidates = new ArrayList<>(batch);
        candidates.sort(Comparator.comparing((Candidate c) -> c.taken().key().getName())
                .thenComparing(c -> c.taken().key().getGroup()));
        Set<TriggerKey> confirmedKeys = new HashSet<>();
        if (!candidates.isEmpty()) {
            counters.statements.increment();
            try (PreparedStatement statement = connection.prepareStatement(tables.sql(CONFIRM))) {
                String[] addresses = texts(candidates, c -> c.taken().rowAddress);
                statement.setArray(1, connection.createArrayOf("text", addresses));
                statement.setString(2, tables.scheduler());
                statement.setArray(3, connection.createArrayOf("text", addresses));
                statement.setArray(4, connection.createArrayOf("text", texts(candidates, c -> c.taken().rowVersion)));
                statement.setArray(5, connection.createArrayOf("text", texts(candidates, ConfirmStatement::state)));
                statement.setArray(
                        6, times(connection, candidates, c -> c.taken().trigger.getNextFireTime()));
                statement.setArray(
                        7, times(connection, candidates, c -> c.taken().trigger.getPreviousFireTime()));
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        confirmedKeys.add(new TriggerKey(row.getString(1), row.getString(2)));
                        transaction.id(row.getString(3));
                    }
                }
            }
        }
        List<Taken> confirmed = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        for (Candidate candidate : candidates) {
            if (confirmedKeys.contains(candidate.taken().key())) {
                confirmed.add(candidate.taken());
            } else {
                refused.add(candidate.taken().entryId);
            }
        }
        enter(connection, confirmed, now);
        drop(connection, refused);
        storeDetails(connection, confirmed);
        Set<String> entries = new HashSet<>();
        confirmed.forEach(taken -> entries.add(taken.entryId));
        return entries;
    }

    private void enter(Connection connection, List<Taken> confirmed, long now) throws SQLException {
        if (confirmed.isEmpty()) {
            return;
        }
        counters.statements.increment();
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(EXECUTING))) {
            statement.setLong(1, now);
            statement.setArray(
                    2,
                    connection.createArrayOf(
                            "text",
                            confirmed.stream()
                                    .filter(taken -> taken.job.requestsRecovery())
                                    .map(taken -> taken.entryId)
                                    .toArray()));
            statement.setString(3, tables.scheduler());
            statement.setArray(
                    4,
                    connection.createArrayOf(
                            "text",
                            confirmed.stream().map(taken -> taken.entryId).toArray()));
            int entered = statement.executeUpdate();
            if (entered != confirmed.size()) {
                // The trigger's row is this acquisition's and its entry is not there: somebody deletes entries alone.
                throw new SQLException("of " + confirmed.size() + " acquired triggers only " + entered
                        + " have a fired-trigger entry; none is fired");
            }
        }
    }

    /** An acquired trigger that can't be fired. */
    void setAside(Connection connection, Taken taken) throws SQLException {
        counters.statements.increment();
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(SET_ASIDE))) {
            statement.setString(1, taken.rowAddress);
            statement.setString(2, taken.rowVersion);
            statement.setString(3, tables.scheduler());
            statement.executeUpdate();
        }
        drop(connection, List.of(taken.entryId));
    }

    public void drop(Connection connection, List<String> entries) throws SQLException {
        if (entries.isEmpty()) {
            return;
        }
        counters.statements.increment();
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(DROP_ENTRIES))) {
            statement.setString(1, tables.scheduler());
            statement.setArray(2, connection.createArrayOf("text", entries.toArray()));
            statement.executeUpdate();
        }
    }

    /** What Quartz keeps of a firing besides the times. Cron triggers have none. */
    private void storeDetails(Connection connection, List<Taken> confirmed) throws SQLException {
        List<Taken> repeating = new ArrayList<>();
        for (Taken taken : confirmed) {
            TriggerType type = TriggerType.of(taken.type);
            if (type == TriggerType.SIMPLE) {
                repeating.add(taken);
            } else if (type != TriggerType.CRON) {
                storeDetail(connection, taken);
            }
        }
        if (repeating.isEmpty()) {
            return;
        }
        counters.statements.increment();
        Keys keys = Keys.of(repeating, Taken::key);
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(COUNT))) {
            statement.setArray(1, keys.names(connection));
            statement.setArray(2, keys.groups(connection));
            statement.setArray(
                    3,
                    connection.createArrayOf(
                            "bigint",
                            repeating.stream()
                                    .map(taken -> (long) ((SimpleTrigger) taken.trigger).getTimesTriggered())
                                    .toArray()));
            statement.setString(4, tables.scheduler());
            statement.executeUpdate();
        }
    }

    private void storeDetail(Connection connection, Taken taken) throws SQLException {
        counters.statements.increment();
        try {
            TriggerPersistenceDelegate delegate = rows.findTriggerPersistenceDelegate(taken.trigger);
            if (delegate == null) {
                rows.updateBlobTrigger(connection, taken.trigger);
            } else {
                delegate.updateExtendedTriggerProperties(connection, taken.trigger, state(taken), taken.job);
            }
        } catch (IOException e) {
            throw new SQLException("trigger " + taken.key() + " can't be written", e);
        }
    }

    private static String state(Candidate candidate) {
        return state(candidate.taken());
    }

    private static String state(Taken taken) {
        TriggerState after = taken.trigger.getNextFireTime() == null ? TriggerState.COMPLETE : TriggerState.WAITING;
        return after.name();
    }

    private static String[] texts(List<Candidate> candidates, java.util.function.Function<Candidate, String> column) {
        return candidates.stream().map(column).toArray(String[]::new);
    }

    private static java.sql.Array times(
            Connection connection,
            List<Candidate> candidates,
            java.util.function.Function<Candidate, @Nullable Date> column)
            throws SQLException {
        Object[] times = new Object[candidates.size()];
        for (int i = 0; i < times.length; i++) {
            Date time = column.apply(candidates.get(i));
            times[i] = time == null ? -1L : time.getTime();
        }
        return connection.createArrayOf("bigint", times);
    }
}
