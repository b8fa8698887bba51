package dev.bide.jobstore.internal.write;

import dev.bide.jobstore.internal.sql.Tables;
import dev.bide.jobstore.internal.sql.TriggerState;
import dev.bide.jobstore.internal.sql.TriggerType;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quartz.JobKey;
import org.quartz.TriggerKey;
import org.quartz.impl.matchers.GroupMatcher;
import org.quartz.spi.OperableTrigger;

/**
 * What Quartz's own operations lack against nodes that take triggers without the cluster's lock: they read a trigger's state and then write it. Here the rows are
 * locked first, in key order, and acquisitions of them are withdrawn, so that nothing changes in between.
 */
public final class RowLocks {
    private static final String SELECT = """
            SELECT trigger_name, trigger_group, trigger_state, trigger_type FROM qrtz_triggers
            WHERE sched_name = ? AND %s
            ORDER BY trigger_name, trigger_group
            FOR UPDATE
            """;

    /** Primary key. */
    private static final String OF_KEY = SELECT.formatted("trigger_name = ? AND trigger_group = ?");

    /** The scheduler's triggers, one after the other, in this and the next three. */
    private static final String OF_JOB = SELECT.formatted("job_name = ? AND job_group = ?");

    private static final String OF_GROUP = SELECT.formatted("trigger_group = ?");
    private static final String OF_GROUPS_LIKE = SELECT.formatted("trigger_group LIKE ?");
    private static final String OF_CALENDAR = SELECT.formatted("calendar_name = ?");

    /** Primary key. Keeps the job from being deleted until the trigger is committed, as a foreign key would. */
    private static final String HOLD_JOB =
            "SELECT 1 FROM qrtz_job_details WHERE sched_name = ? AND job_name = ? AND job_group = ? FOR KEY SHARE";

    private final Tables tables;
    private final TriggerRows rows;
    /** All of the table, which is small. */
    private static final String CLAIM = """
            UPDATE qrtz_fired_triggers SET is_nonconcurrent = false
            WHERE sched_name = ? AND trigger_name = ? AND trigger_group = ? AND state = 'EXECUTING' AND is_nonconcurrent IS NULL
            RETURNING job_name, job_group, priority, sched_time
            """;

    private final TriggerWrites writes;
    private final TriggerInsert insert;

    public RowLocks(Tables tables, TriggerRows rows, TriggerWrites writes, TriggerInsert insert) {
        this.tables = tables;
        this.rows = rows;
        this.writes = writes;
        this.insert = insert;
    }

    public void of(Connection connection, TriggerKey key) throws SQLException {
        typeOf(connection, key);
    }

    /** The type of a trigger, whose row is locked now. A {@link PlainOneShot} that executes gets its rows back, as Quartz would have kept them. Null where there is none. */
    private @Nullable String typeOf(Connection connection, TriggerKey key) throws SQLException {
        String type = lock(connection, OF_KEY, key.getName(), key.getGroup());
        return type != null || !giveRowsBack(connection, key) ? type : TriggerType.SIMPLE.name();
    }

    private boolean giveRowsBack(Connection connection, TriggerKey key) throws SQLException {
        OperableTrigger trigger = null;
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(CLAIM))) {
            statement.setString(1, tables.scheduler());
            statement.setString(2, key.getName());
            statement.setString(3, key.getGroup());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    trigger = PlainOneShot.fired(
                            key, new JobKey(row.getString(1), row.getString(2)), row.getInt(3), row.getLong(4));
                }
            }
        }
        if (trigger == null) {
            return false;
        }
        insert.insert(connection, List.of(trigger), any -> TriggerState.COMPLETE);
        return true;
    }

    public void ofJob(Connection connection, JobKey job) throws SQLException {
        lock(connection, OF_JOB, job.getName(), job.getGroup());
    }

    public void ofCalendar(Connection connection, String calendar) throws SQLException {
        lock(connection, OF_CALENDAR, calendar);
    }

    public void ofGroups(Connection connection, GroupMatcher<TriggerKey> matcher) throws SQLException {
        String value = matcher.getCompareToValue();
        switch (matcher.getCompareWithOperator()) {
            case EQUALS -> lock(connection, OF_GROUP, value);
            case STARTS_WITH -> lock(connection, OF_GROUPS_LIKE, value + "%");
            case ENDS_WITH -> lock(connection, OF_GROUPS_LIKE, "%" + value);
            case CONTAINS -> lock(connection, OF_GROUPS_LIKE, "%" + value + "%");
            case ANYTHING -> lock(connection, OF_GROUPS_LIKE, "%");
        }
    }

    /** Quartz replaces a trigger by one of another type by updating rows of a type it never had (its issue 920): there the old one is deleted first. */
    public void beforeStore(Connection connection, OperableTrigger trigger, boolean replacesExisting)
            throws SQLException {
        if (replacesExisting) {
            String type = typeOf(connection, trigger.getKey());
            if (type != null && !type.equals(rows.type(trigger))) {
                rows.deleteTrigger(connection, trigger.getKey());
            }
        }
        holdJob(connection, trigger.getJobKey());
    }

    void holdJob(Connection connection, JobKey job) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(HOLD_JOB))) {
            statement.setString(1, tables.scheduler());
            statement.setString(2, job.getName());
            statement.setString(3, job.getGroup());
            statement.executeQuery().close();
        }
    }

    /** Returns the type of the last one. */
    private @Nullable String lock(Connection connection, String sql, String... arguments) throws SQLException {
        List<TriggerKey> acquired = new ArrayList<>();
        String type = null;
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(sql))) {
            statement.setString(1, tables.scheduler());
            for (int i = 0; i < arguments.length; i++) {
                statement.setString(i + 2, arguments[i]);
            }
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    type = row.getString(4);
                    if (TriggerState.of(row.getString(3)) == TriggerState.ACQUIRED) {
                        acquired.add(new TriggerKey(row.getString(1), row.getString(2)));
                    }
                }
            }
        }
        writes.release(connection, acquired);
        return type;
    }
}
