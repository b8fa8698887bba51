package dev.bide.jobstore.internal.write;

import dev.bide.jobstore.internal.sql.Tables;
import java.beans.IntrospectionException;
import java.beans.PropertyDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.quartz.JobDataMap;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.JobPersistenceException;
import org.quartz.ScheduleBuilder;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;
import org.quartz.impl.jdbcjobstore.NoSuchDelegateException;
import org.quartz.impl.jdbcjobstore.PostgreSQLDelegate;
import org.quartz.impl.jdbcjobstore.TriggerPersistenceDelegate;
import org.quartz.impl.jdbcjobstore.TriggerPersistenceDelegate.TriggerPropertyBundle;
import org.quartz.spi.ClassLoadHelper;
import org.quartz.spi.OperableTrigger;
import org.slf4j.Logger;

/** Quartz's own mapping between objects and columns, opened for the statements that work in sets. */
public final class TriggerRows extends PostgreSQLDelegate {
    /** {0} is the tables' prefix and {1} the scheduler's name, as in Quartz's own statements. */
    private static final String SELECT_EXECUTING =
            "SELECT job_name, job_group, priority, sched_time FROM {0}FIRED_TRIGGERS"
                    + " WHERE sched_name = {1} AND trigger_name = ? AND trigger_group = ? AND state = ? AND is_nonconcurrent IS NULL";

    public static TriggerRows create(
            Logger logger, Tables tables, ClassLoadHelper classes, boolean useProperties, @Nullable String options)
            throws NoSuchDelegateException {
        TriggerRows rows = new TriggerRows();
        rows.initialize(
                logger, tables.prefix(), tables.scheduler(), tables.instance(), classes, useProperties, options);
        return rows;
    }

    /** Quartz's name for the trigger's type, which says in which table the rest of it is. */
    public String type(OperableTrigger trigger) {
        TriggerPersistenceDelegate delegate = findTriggerPersistenceDelegate(trigger);
        return delegate == null ? TTYPE_BLOB : delegate.getHandledTriggerTypeDiscriminator();
    }

    /** Null where there is none. */
    public @Nullable JobDetail job(Connection connection, JobKey key)
            throws SQLException, IOException, ClassNotFoundException {
        return selectJobDetail(connection, key, classLoadHelper);
    }

    /** Null where there are none. */
    byte @Nullable [] dataOf(OperableTrigger trigger) throws SQLException {
        if (trigger.getJobDataMap().isEmpty()) {
            return null;
        }
        try {
            return serializeJobData(trigger.getJobDataMap()).toByteArray();
        } catch (IOException e) {
            throw new SQLException("job data of trigger " + trigger.getKey() + " can't be written", e);
        }
    }

    public JobDataMap data(byte @Nullable [] bytes) throws IOException, ClassNotFoundException {
        if (bytes == null || bytes.length == 0) {
            return new JobDataMap();
        }
        if (canUseProperties()) {
            Properties properties = new Properties();
            properties.load(new ByteArrayInputStream(bytes));
            return new JobDataMap(convertFromProperty(properties));
        }
        try (ObjectInputStream objects = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
            return new JobDataMap((Map<?, ?>) objects.readObject());
        }
    }

    /** From a row of the trigger's own table of its type, positioned by the caller. Throws where the row is not what its type says. */
    public OperableTrigger build(ResultSet row, TriggerBuilder<Trigger> common, TriggerKey key, String type)
            throws SQLException, JobPersistenceException {
        TriggerPropertyBundle properties = delegate(type).loadExtendedTriggerPropertiesFromResultSet(row, key);
        return build(common, properties);
    }

    /** For the types that are rare: reads what it needs itself. */
    public OperableTrigger build(Connection connection, TriggerBuilder<Trigger> common, TriggerKey key, String type)
            throws SQLException, JobPersistenceException {
        return build(common, delegate(type).loadExtendedTriggerProperties(connection, key));
    }

    /** What a delegate keeps of a trigger, in whatever table. */
    void deleteDetails(Connection connection, TriggerKey key, String type) throws SQLException {
        TriggerPersistenceDelegate delegate = findTriggerPersistenceDelegate(type);
        if (delegate != null) {
            delegate.deleteExtendedTriggerProperties(connection, key);
        }
    }

    private TriggerPersistenceDelegate delegate(String type) throws JobPersistenceException {
        TriggerPersistenceDelegate delegate = findTriggerPersistenceDelegate(type);
        if (delegate == null) {
            throw new JobPersistenceException("no TriggerPersistenceDelegate for triggers of type " + type);
        }
        return delegate;
    }

    @SuppressWarnings("unchecked")
    private static OperableTrigger build(TriggerBuilder<Trigger> common, TriggerPropertyBundle properties)
            throws JobPersistenceException {
        OperableTrigger trigger =
                (OperableTrigger) common.withSchedule((ScheduleBuilder<Trigger>) properties.getScheduleBuilder())
                        .build();
        String[] names = properties.getStatePropertyNames();
        if (names != null) {
            Object[] values = properties.getStatePropertyValues();
            for (int i = 0; i < names.length; i++) {
                setState(trigger, names[i], values[i]);
            }
        }
        return trigger;
    }

    private static void setState(OperableTrigger trigger, String property, Object value)
            throws JobPersistenceException {
        try {
            new PropertyDescriptor(property, trigger.getClass())
                    .getWriteMethod()
                    .invoke(trigger, value);
        } catch (ReflectiveOperationException | IntrospectionException e) {
            throw new JobPersistenceException("trigger " + trigger.getKey() + " has no property " + property, e);
        }
    }

    /** A trigger that was stored whole, as a serialised object. */
    public OperableTrigger blob(Connection connection, TriggerKey key)
            throws SQLException, IOException, ClassNotFoundException, JobPersistenceException {
        try (PreparedStatement statement = connection.prepareStatement(rtp(SELECT_BLOB_TRIGGER))) {
            statement.setString(1, key.getName());
            statement.setString(2, key.getGroup());
            try (ResultSet row = statement.executeQuery()) {
                if (row.next() && getObjectFromBlob(row, COL_BLOB) instanceof OperableTrigger trigger) {
                    return trigger;
                }
            }
        }
        throw new JobPersistenceException("trigger " + key + " has no serialised object");
    }

    /** Quartz 2.5.2 reads the object of a serialised trigger from the wrong result, so that none can be read. */
    @Override
    public @Nullable OperableTrigger selectTrigger(Connection connection, TriggerKey key)
            throws SQLException, ClassNotFoundException, IOException, JobPersistenceException {
        String type = null;
        try (PreparedStatement statement = connection.prepareStatement(rtp(SELECT_TRIGGER))) {
            statement.setString(1, key.getName());
            statement.setString(2, key.getGroup());
            try (ResultSet row = statement.executeQuery()) {
                if (row.next()) {
                    type = row.getString(COL_TRIGGER_TYPE);
                }
            }
        }
        if (type == null) {
            return executing(connection, key);
        }
        return TTYPE_BLOB.equals(type) ? blob(connection, key) : super.selectTrigger(connection, key);
    }

    @Override
    public String selectTriggerState(Connection connection, TriggerKey key) throws SQLException {
        String state = super.selectTriggerState(connection, key);
        return state.equals(STATE_DELETED) && executing(connection, key) != null ? STATE_COMPLETE : state;
    }

    /** All of the table, which is small. A {@link PlainOneShot} whose rows went when it fired. */
    private @Nullable OperableTrigger executing(Connection connection, TriggerKey key) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(rtp(SELECT_EXECUTING))) {
            statement.setString(1, key.getName());
            statement.setString(2, key.getGroup());
            statement.setString(3, STATE_EXECUTING);
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? PlainOneShot.fired(
                                key, new JobKey(row.getString(1), row.getString(2)), row.getInt(3), row.getLong(4))
                        : null;
            }
        }
    }
}
