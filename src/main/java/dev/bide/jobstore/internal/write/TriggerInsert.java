package dev.bide.jobstore.internal.write;

import dev.bide.jobstore.internal.sql.Tables;
import dev.bide.jobstore.internal.sql.TriggerState;
import dev.bide.jobstore.internal.sql.TriggerType;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.quartz.CronTrigger;
import org.quartz.SimpleTrigger;
import org.quartz.impl.jdbcjobstore.TriggerPersistenceDelegate;
import org.quartz.spi.OperableTrigger;

/** Inserts triggers, one statement for each table that has rows to get. Locks: the new rows, in the order given. */
public final class TriggerInsert {
    private static final String TRIGGERS = """
            INSERT INTO qrtz_triggers (sched_name, trigger_name, trigger_group, job_name, job_group, description, next_fire_time, prev_fire_time,
              priority, trigger_state, trigger_type, start_time, end_time, calendar_name, misfire_instr, job_data)
            SELECT ?, * FROM unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::bigint[], ?::bigint[],
              ?::int[], ?::text[], ?::text[], ?::bigint[], ?::bigint[], ?::text[], ?::smallint[], ?::bytea[])
            """;
    private static final String SIMPLE = """
            INSERT INTO qrtz_simple_triggers (sched_name, trigger_name, trigger_group, repeat_count, repeat_interval, times_triggered)
            SELECT ?, * FROM unnest(?::text[], ?::text[], ?::bigint[], ?::bigint[], ?::bigint[])
            """;
    private static final String CRON = """
            INSERT INTO qrtz_cron_triggers (sched_name, trigger_name, trigger_group, cron_expression, time_zone_id)
            SELECT ?, * FROM unnest(?::text[], ?::text[], ?::text[], ?::text[])
            """;

    private final Tables tables;
    private final TriggerRows rows;

    public TriggerInsert(Tables tables, TriggerRows rows) {
        this.tables = tables;
        this.rows = rows;
    }

    /** @param state of each trigger */
    public void insert(
            Connection connection,
            Collection<? extends OperableTrigger> triggers,
            Function<OperableTrigger, TriggerState> state)
            throws SQLException {
        if (triggers.isEmpty()) {
            return;
        }
        List<OperableTrigger> all = List.copyOf(triggers);
        List<byte[]> data = new ArrayList<>(all.size());
        List<OperableTrigger> simple = new ArrayList<>();
        List<OperableTrigger> cron = new ArrayList<>();
        List<OperableTrigger> other = new ArrayList<>();
        for (OperableTrigger trigger : all) {
            data.add(rows.dataOf(trigger));
            TriggerType type = TriggerType.of(rows.type(trigger));
            if (type == TriggerType.SIMPLE) {
                simple.add(trigger);
            } else if (type == TriggerType.CRON) {
                cron.add(trigger);
            } else {
                other.add(trigger);
            }
        }
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(TRIGGERS))) {
            statement.setString(1, tables.scheduler());
            Columns columns = new Columns(connection, all);
            statement.setArray(2, columns.texts(t -> t.getKey().getName()));
            statement.setArray(3, columns.texts(t -> t.getKey().getGroup()));
            statement.setArray(4, columns.texts(t -> t.getJobKey().getName()));
            statement.setArray(5, columns.texts(t -> t.getJobKey().getGroup()));
            statement.setArray(6, columns.texts(OperableTrigger::getDescription));
            statement.setArray(7, columns.longs(t -> millis(t.getNextFireTime(), -1)));
            statement.setArray(8, columns.longs(t -> millis(t.getPreviousFireTime(), -1)));
            statement.setArray(9, columns.longs(OperableTrigger::getPriority));
            statement.setArray(10, columns.texts(t -> state.apply(t).name()));
            statement.setArray(11, columns.texts(rows::type));
            statement.setArray(12, columns.longs(t -> millis(t.getStartTime(), 0)));
            statement.setArray(13, columns.optionalLongs(TriggerInsert::endTime));
            statement.setArray(14, columns.texts(OperableTrigger::getCalendarName));
            statement.setArray(15, columns.longs(OperableTrigger::getMisfireInstruction));
            statement.setArray(16, connection.createArrayOf("bytea", data.toArray(new byte[0][])));
            statement.executeUpdate();
        }
        insertSimple(connection, simple);
        insertCron(connection, cron);
        for (OperableTrigger trigger : other) {
            insertOther(connection, trigger, state.apply(trigger));
        }
    }

    private void insertSimple(Connection connection, List<OperableTrigger> triggers) throws SQLException {
        if (triggers.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(SIMPLE))) {
            Columns columns = new Columns(connection, triggers);
            statement.setString(1, tables.scheduler());
            statement.setArray(2, columns.texts(t -> t.getKey().getName()));
            statement.setArray(3, columns.texts(t -> t.getKey().getGroup()));
            statement.setArray(4, columns.longs(t -> ((SimpleTrigger) t).getRepeatCount()));
            statement.setArray(5, columns.longs(t -> ((SimpleTrigger) t).getRepeatInterval()));
            statement.setArray(6, columns.longs(t -> ((SimpleTrigger) t).getTimesTriggered()));
            statement.executeUpdate();
        }
    }

    private void insertCron(Connection connection, List<OperableTrigger> triggers) throws SQLException {
        if (triggers.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(CRON))) {
            Columns columns = new Columns(connection, triggers);
            statement.setString(1, tables.scheduler());
            statement.setArray(2, columns.texts(t -> t.getKey().getName()));
            statement.setArray(3, columns.texts(t -> t.getKey().getGroup()));
            statement.setArray(4, columns.texts(t -> ((CronTrigger) t).getCronExpression()));
            statement.setArray(
                    5, columns.texts(t -> ((CronTrigger) t).getTimeZone().getID()));
            statement.executeUpdate();
        }
    }

    private void insertOther(Connection connection, OperableTrigger trigger, TriggerState state) throws SQLException {
        TriggerPersistenceDelegate delegate = rows.findTriggerPersistenceDelegate(trigger);
        try {
            if (delegate == null) {
                rows.insertBlobTrigger(connection, trigger);
            } else {
                delegate.insertExtendedTriggerProperties(connection, trigger, state.name(), null);
            }
        } catch (java.io.IOException e) {
            throw new SQLException("trigger " + trigger.getKey() + " can't be written", e);
        }
    }

    /** 0 for none, as Quartz has it; null is the mark of a plain one-shot. */
    private static @Nullable Long endTime(OperableTrigger trigger) {
        return PlainOneShot.is(trigger) ? null : millis(trigger.getEndTime(), 0);
    }

    private static long millis(@Nullable Date time, long otherwise) {
        return time == null ? otherwise : time.getTime();
    }

    private record Columns(Connection connection, List<OperableTrigger> triggers) {
        Array texts(Function<OperableTrigger, @Nullable String> column) throws SQLException {
            String[] values = new String[triggers.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = column.apply(triggers.get(i));
            }
            return connection.createArrayOf("text", values);
        }

        Array longs(ToLongFunction<OperableTrigger> column) throws SQLException {
            return optionalLongs(column::applyAsLong);
        }

        Array optionalLongs(Function<OperableTrigger, @Nullable Long> column) throws SQLException {
            Long[] values = new Long[triggers.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = column.apply(triggers.get(i));
            }
            return connection.createArrayOf("bigint", values);
        }
    }
}
