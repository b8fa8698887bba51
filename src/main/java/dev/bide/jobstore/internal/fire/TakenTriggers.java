package dev.bide.jobstore.internal.fire;

import dev.bide.jobstore.internal.fire.TakeStatement.TakenRow;
import dev.bide.jobstore.internal.sql.Counters;
import dev.bide.jobstore.internal.sql.Keys;
import dev.bide.jobstore.internal.sql.Tables;
import dev.bide.jobstore.internal.sql.TriggerState;
import dev.bide.jobstore.internal.sql.TriggerType;
import dev.bide.jobstore.internal.write.PlainOneShot;
import dev.bide.jobstore.internal.write.TriggerInsert;
import dev.bide.jobstore.internal.write.TriggerRows;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quartz.JobDetail;
import org.quartz.JobPersistenceException;
import org.quartz.Scheduler;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;
import org.quartz.spi.OperableTrigger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes triggers of the rows taken. One that can't be made is set aside in the same transaction: its state becomes ERROR, the rest of the batch fires. */
public final class TakenTriggers {
    private static final Logger LOG = LoggerFactory.getLogger(TakenTriggers.class);

    /** Primary key. The row is locked by this transaction already. */
    private static final String SET_ASIDE = """
            WITH gone AS (
              UPDATE qrtz_triggers SET trigger_state = 'ERROR', next_fire_time = ?
              WHERE sched_name = ? AND trigger_name = ? AND trigger_group = ?)
            DELETE FROM qrtz_fired_triggers WHERE sched_name = ? AND entry_id = ?
            """;

    /** Primary keys. Names of other groups may come along; nobody asks for them. */
    private static final Map<TriggerType, String> DETAILS =
            Map.of(TriggerType.SIMPLE, details(TriggerType.SIMPLE), TriggerType.CRON, details(TriggerType.CRON));

    private final Tables tables;
    private final TriggerRows rows;
    private final TriggerInsert insert;
    private final Jobs jobs;
    private final Counters counters;

    public TakenTriggers(Tables tables, TriggerRows rows, TriggerInsert insert, Jobs jobs, Counters counters) {
        this.tables = tables;
        this.rows = rows;
        this.insert = insert;
        this.jobs = jobs;
        this.counters = counters;
    }

    private static String details(TriggerType type) {
        return "SELECT * FROM " + type.table()
                + " WHERE sched_name = ? AND trigger_name = ANY (?) AND trigger_group = ANY (?)";
    }

    List<Taken> build(Connection connection, List<TakenRow> taken) throws SQLException {
        Map<TriggerKey, OperableTrigger> detailed = new HashMap<>();
        Map<TriggerKey, Exception> unreadable = new HashMap<>();
        for (Map.Entry<TriggerType, String> details : DETAILS.entrySet()) {
            readDetails(connection, details.getKey(), details.getValue(), taken, detailed, unreadable);
        }
        List<Taken> result = new ArrayList<>(taken.size());
        for (TakenRow row : taken) {
            try {
                Exception failure = unreadable.get(row.key());
                if (failure != null) {
                    throw failure;
                }
                result.add(build(connection, row, detailed.get(row.key())));
            } catch (SQLException e) {
                throw e;
            } catch (Exception | LinkageError e) {
                setAside(connection, row, e);
            }
        }
        return result;
    }

    private void readDetails(
            Connection connection,
            TriggerType type,
            String sql,
            List<TakenRow> taken,
            Map<TriggerKey, OperableTrigger> detailed,
            Map<TriggerKey, Exception> unreadable)
            throws SQLException {
        Map<TriggerKey, TakenRow> wanted = new HashMap<>();
        for (TakenRow row : taken) {
            if (!row.fired() && TriggerType.of(row.type()) == type) {
                wanted.put(row.key(), row);
            }
        }
        if (wanted.isEmpty()) {
            return;
        }
        counters.statements.increment();
        Keys keys = Keys.of(wanted.keySet());
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(sql))) {
            statement.setString(1, tables.scheduler());
            statement.setArray(2, keys.names(connection));
            statement.setArray(3, keys.distinctGroups(connection));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    TriggerKey key = new TriggerKey(row.getString("trigger_name"), row.getString("trigger_group"));
                    TakenRow trigger = wanted.get(key);
                    if (trigger == null) {
                        continue;
                    }
                    try {
                        detailed.put(key, rows.build(row, common(trigger), key, type.name()));
                    } catch (JobPersistenceException | RuntimeException e) {
                        unreadable.put(key, e);
                    }
                }
            }
        }
    }

    private Taken build(Connection connection, TakenRow row, @Nullable OperableTrigger detailed)
            throws SQLException, JobPersistenceException, IOException, ClassNotFoundException {
        OperableTrigger trigger;
        if (row.fired()) {
            trigger = oneShot(row);
        } else {
            trigger = detailed != null ? detailed : other(connection, row);
            trigger.setMisfireInstruction(row.misfireInstruction());
            trigger.setNextFireTime(new Date(row.due()));
            trigger.setPreviousFireTime(row.previousFireTime() > 0 ? new Date(row.previousFireTime()) : null);
        }
        if (row.data() != null && TriggerType.of(row.type()) != TriggerType.BLOB) {
            trigger.setJobDataMap(rows.data(row.data()));
        }
        if (row.recovering()) {
            markRecovering(trigger, row);
        }
        trigger.getJobDataMap().clearDirtyFlag();
        trigger.setFireInstanceId(row.entryId());
        JobDetail job = jobs.find(connection, row.jobKey());
        if (job == null) {
            throw new JobPersistenceException("its job " + row.jobKey() + " does not exist");
        }
        return new Taken(row, trigger, job);
    }

    private static OperableTrigger oneShot(TakenRow row) {
        return PlainOneShot.of(row.key(), row.jobKey(), row.priority(), row.due());
    }

    private OperableTrigger other(Connection connection, TakenRow row)
            throws SQLException, JobPersistenceException, IOException, ClassNotFoundException {
        counters.statements.increment();
        TriggerType type = TriggerType.of(row.type());
        if (type == TriggerType.BLOB) {
            return rows.blob(connection, row.key());
        }
        if (type == TriggerType.SIMPLE || type == TriggerType.CRON) {
            throw new JobPersistenceException("it has no row of its type " + row.type());
        }
        try {
            return rows.build(connection, common(row), row.key(), row.type());
        } catch (IllegalStateException e) {
            throw new JobPersistenceException("it has no row of its type " + row.type(), e);
        }
    }

    private static TriggerBuilder<Trigger> common(TakenRow row) {
        return TriggerBuilder.newTrigger()
                .withIdentity(row.key())
                .forJob(row.jobKey())
                .withDescription(row.description())
                .withPriority(row.priority())
                .startAt(new Date(row.startTime()))
                .endAt(row.endTime() > 0 ? new Date(row.endTime()) : null)
                .modifiedByCalendar(row.calendar());
    }

    /** What JobExecutionContext.getRecoveringTriggerKey() reads. */
    private static void markRecovering(OperableTrigger trigger, TakenRow row) {
        trigger.getJobDataMap()
                .put(Scheduler.FAILED_JOB_ORIGINAL_TRIGGER_NAME, row.key().getName());
        trigger.getJobDataMap()
                .put(Scheduler.FAILED_JOB_ORIGINAL_TRIGGER_GROUP, row.key().getGroup());
        trigger.getJobDataMap()
                .put(
                        Scheduler.FAILED_JOB_ORIGINAL_TRIGGER_SCHEDULED_FIRETIME_IN_MILLISECONDS,
                        String.valueOf(row.due()));
        trigger.getJobDataMap()
                .put(Scheduler.FAILED_JOB_ORIGINAL_TRIGGER_FIRETIME_IN_MILLISECONDS, String.valueOf(row.due()));
    }

    private void setAside(Connection connection, TakenRow row, Throwable failure) throws SQLException {
        LOG.error("trigger {} can't be fired and is set to ERROR: {}", row.key(), failure.toString());
        LOG.debug("trigger {} can't be fired", row.key(), failure);
        setAside(connection, row.entryId(), row.due(), row.key(), row.fired() ? oneShot(row) : null);
    }

    /** In the transaction that took it. */
    void setAside(Connection connection, Taken taken) throws SQLException {
        LOG.error("trigger {} makes the listener fail and is set to ERROR", taken.key());
        setAside(
                connection,
                taken.entryId,
                taken.scheduledFireTime,
                taken.key(),
                taken.firedAlready ? taken.trigger : null);
    }

    /** @param gone the trigger where its rows went when it was taken */
    private void setAside(Connection connection, String entry, long due, TriggerKey key, @Nullable OperableTrigger gone)
            throws SQLException {
        counters.poisoned.increment();
        counters.statements.increment();
        if (gone != null) {
            insert.insert(connection, List.of(gone), any -> TriggerState.ERROR);
        }
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(SET_ASIDE))) {
            statement.setLong(1, due);
            statement.setString(2, tables.scheduler());
            statement.setString(3, key.getName());
            statement.setString(4, key.getGroup());
            statement.setString(5, tables.scheduler());
            statement.setString(6, entry);
            statement.executeUpdate();
        }
    }
}
