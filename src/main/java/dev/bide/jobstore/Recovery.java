package dev.bide.jobstore;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.quartz.JobDataMap;
import org.quartz.JobKey;
import org.quartz.Scheduler;
import org.quartz.SimpleTrigger;
import org.quartz.TriggerKey;
import org.quartz.impl.triggers.SimpleTriggerImpl;
import org.quartz.spi.OperableTrigger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts back what a node had in its hands: all of a dead node's entries, or single entries of a living one that were taken and will not be run.
 *
 * <p>A one-shot trigger that was executing goes back to WAITING <em>under its own key</em>, for the time it was due; the rows of a {@link PlainOneShot} are made anew
 * from its entry. (Quartz stores a new trigger in the group
 * RECOVERING_JOBS and deletes the old one, so that nobody who knows the trigger's key finds it.) A repeating trigger, which waits for its next time already, or one
 * that was deleted or given another time while it executed, gets a recovery trigger as Quartz makes it.
 *
 * <p>Everything in the caller's one transaction. Locks: trigger rows in key order, then fired-trigger rows; then it decides by what it deleted.
 */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
    private static final int CHUNK = 5_000;

    private static final String COLUMNS =
            "entry_id, trigger_name, trigger_group, job_name, job_group, state, sched_time, fired_time, priority, requests_recovery, is_nonconcurrent";

    /** All of the table, which is small. */
    private static final String OF_INSTANCE = "SELECT " + COLUMNS
            + " FROM qrtz_fired_triggers WHERE sched_name = ? AND instance_name = ? ORDER BY entry_id LIMIT " + CHUNK;

    /** Primary key. */
    private static final String OF_ENTRIES =
            "SELECT " + COLUMNS + " FROM qrtz_fired_triggers WHERE sched_name = ? AND entry_id = ANY (?)";

    /** Primary key. Column next_fire_time: not positive where the trigger has fired for the last time. */
    private static final String LOCK = """
            SELECT trigger_name, trigger_group, trigger_state, next_fire_time FROM qrtz_triggers
            WHERE sched_name = ? AND trigger_name = ANY (?) AND trigger_group = ANY (?)
            ORDER BY trigger_name, trigger_group
            FOR UPDATE
            """;

    /** Primary key. */
    private static final String DELETE =
            "DELETE FROM qrtz_fired_triggers WHERE sched_name = ? AND entry_id = ANY (?) RETURNING " + COLUMNS;

    /** Primary key. prev_fire_time = next_fire_time marks a trigger that fires again. */
    private static final String PUT_BACK = """
            UPDATE qrtz_triggers t
            SET trigger_state = u.state, next_fire_time = u.due, prev_fire_time = COALESCE(u.previous, t.prev_fire_time)
            FROM unnest(?::text[], ?::text[], ?::text[], ?::bigint[], ?::bigint[]) AS u (name, grp, state, due, previous)
            WHERE t.sched_name = ? AND t.trigger_name = u.name AND t.trigger_group = u.grp
            """;

    private static final String PAUSED_GROUPS =
            "SELECT trigger_group FROM qrtz_paused_trigger_grps WHERE sched_name = ?";

    /** Quartz's own parts that this needs. */
    interface QuartzParts {
        JobDataMap triggerData(Connection connection, TriggerKey key)
                throws SQLException, IOException, ClassNotFoundException;

        boolean jobExists(Connection connection, JobKey key) throws SQLException;

        void unblock(Connection connection, JobKey key) throws SQLException;

        void remove(Connection connection, TriggerKey key) throws SQLException;
    }

    private record Entry(
            String id,
            TriggerKey key,
            @Nullable JobKey job,
            String state,
            long scheduled,
            long fired,
            int priority,
            boolean recoverable,
            boolean exclusive,
            boolean rowless) {
        boolean executing() {
            return state.equals("EXECUTING");
        }
    }

    private record Row(String state, long next) {}

    private record PutBack(
            TriggerKey key,
            String state,
            long due,
            @Nullable Long previous) {}

    private final Tables tables;
    private final TriggerInsert insert;
    private final QuartzParts quartz;
    private final Counters counters;

    Recovery(Tables tables, TriggerInsert insert, QuartzParts quartz, Counters counters) {
        this.tables = tables;
        this.insert = insert;
        this.quartz = quartz;
        this.counters = counters;
    }

    /** All entries of an instance that is dead. Returns how many executions will be repeated. */
    int recover(Connection connection, String instance) throws SQLException {
        int recovered = 0;
        int freed = 0;
        while (true) {
            List<Entry> entries = select(connection, OF_INSTANCE, instance);
            if (entries.isEmpty()) {
                break;
            }
            List<Entry> deleted = putBack(connection, entries, true);
            for (Entry entry : deleted) {
                if (entry.executing()) {
                    recovered++;
                } else {
                    freed++;
                }
            }
        }
        counters.recovered.add(recovered);
        if (recovered + freed > 0) {
            LOG.info(
                    "took over from instance {}: {} executions to repeat, {} triggers it had acquired",
                    instance,
                    recovered,
                    freed);
        }
        return recovered;
    }

    /** Entries of this node, of which nothing was run. */
    void release(Connection connection, Collection<String> entryIds) throws SQLException {
        List<Entry> entries = select(connection, OF_ENTRIES, connection.createArrayOf("text", entryIds.toArray()));
        if (!entries.isEmpty()) {
            counters.released.add(putBack(connection, entries, false).size());
        }
    }

    private List<Entry> putBack(Connection connection, List<Entry> entries, boolean repeats) throws SQLException {
        Map<TriggerKey, Row> rows = lock(connection, entries);
        List<Entry> deleted = delete(connection, entries);
        Set<String> pausedGroups = pausedGroups(connection);
        List<PutBack> back = new ArrayList<>();
        List<OperableTrigger> newTriggers = new ArrayList<>();
        Set<TriggerKey> finished = new HashSet<>();
        for (Entry entry : deleted) {
            Row row = rows.get(entry.key());
            boolean done = row != null && row.next() <= 0;
            if (!entry.executing()) {
                if (row != null && row.state().equals("ACQUIRED") && row.next() == entry.scheduled()) {
                    back.add(new PutBack(entry.key(), "WAITING", entry.scheduled(), null));
                }
            } else if (entry.rowless() && row == null) {
                if (!repeats || entry.recoverable()) {
                    addOneShot(connection, entry, repeats, newTriggers);
                }
            } else if (!repeats) {
                if (done) {
                    back.add(new PutBack(entry.key(), waiting(entry, row, Set.of()), entry.scheduled(), -1L));
                } else if (row != null) {
                    // A repeating trigger that waits for its next time already: this one was not run, and is not lost.
                    addRecoveryTrigger(connection, entry, newTriggers);
                }
            } else if (entry.recoverable() && done) {
                back.add(new PutBack(
                        entry.key(), waiting(entry, row, pausedGroups), entry.scheduled(), entry.scheduled()));
            } else if (entry.recoverable()) {
                addRecoveryTrigger(connection, entry, newTriggers);
            } else if (done) {
                finished.add(entry.key());
            }
        }
        update(connection, back);
        insert.insert(
                connection,
                newTriggers,
                trigger -> pausedGroups.contains(trigger.getKey().getGroup()) ? "PAUSED" : "WAITING");
        for (TriggerKey key : finished) {
            quartz.remove(connection, key);
        }
        for (JobKey job : exclusiveJobs(deleted)) {
            quartz.unblock(connection, job);
        }
        return deleted;
    }

    private static String waiting(Entry entry, @Nullable Row row, Set<String> pausedGroups) {
        boolean paused = row != null && row.state().startsWith("PAUSED");
        return paused || pausedGroups.contains(entry.key().getGroup()) ? "PAUSED" : "WAITING";
    }

    private static Set<JobKey> exclusiveJobs(List<Entry> entries) {
        Set<JobKey> jobs = new LinkedHashSet<>();
        for (Entry entry : entries) {
            JobKey job = entry.job();
            if (entry.exclusive() && job != null) {
                jobs.add(job);
            }
        }
        return jobs;
    }

    /** Under its own key, as it was. One that fires again has fired for the time for which it waits. */
    private void addOneShot(Connection connection, Entry entry, boolean again, List<OperableTrigger> triggers)
            throws SQLException {
        JobKey job = existingJob(connection, entry);
        if (job != null) {
            SimpleTriggerImpl trigger = PlainOneShot.of(entry.key(), job, entry.priority(), entry.scheduled());
            if (again) {
                trigger.setPreviousFireTime(new Date(entry.scheduled()));
            }
            triggers.add(trigger);
        }
    }

    private void addRecoveryTrigger(Connection connection, Entry entry, List<OperableTrigger> triggers)
            throws SQLException {
        JobKey job = existingJob(connection, entry);
        if (job != null) {
            triggers.add(recoveryTrigger(connection, entry, job, triggers.size()));
        }
    }

    private @Nullable JobKey existingJob(Connection connection, Entry entry) throws SQLException {
        JobKey job = entry.job();
        if (job != null && quartz.jobExists(connection, job)) {
            return job;
        }
        LOG.warn(
                "execution {} of trigger {} can't be repeated: its job {} does not exist any more",
                entry.id(),
                entry.key(),
                job);
        return null;
    }

    private OperableTrigger recoveryTrigger(Connection connection, Entry entry, JobKey job, int number)
            throws SQLException {
        SimpleTriggerImpl trigger = new SimpleTriggerImpl();
        trigger.setKey(new TriggerKey(
                "recover_" + tables.instance() + "_" + System.currentTimeMillis() + "_" + number + "_"
                        + entry.id().hashCode(),
                Scheduler.DEFAULT_RECOVERY_GROUP));
        trigger.setJobKey(job);
        trigger.setStartTime(new Date(entry.scheduled()));
        trigger.setMisfireInstruction(SimpleTrigger.MISFIRE_INSTRUCTION_IGNORE_MISFIRE_POLICY);
        trigger.setPriority(entry.priority());
        JobDataMap data;
        try {
            data = quartz.triggerData(connection, entry.key());
        } catch (IOException | ClassNotFoundException e) {
            LOG.error("job data of trigger {} can't be read; its execution is repeated without", entry.key(), e);
            data = new JobDataMap();
        }
        // A recovery trigger that is recovered itself keeps the name of the trigger it all began with.
        data.putIfAbsent(Scheduler.FAILED_JOB_ORIGINAL_TRIGGER_NAME, entry.key().getName());
        data.putIfAbsent(
                Scheduler.FAILED_JOB_ORIGINAL_TRIGGER_GROUP, entry.key().getGroup());
        data.put(Scheduler.FAILED_JOB_ORIGINAL_TRIGGER_FIRETIME_IN_MILLISECONDS, String.valueOf(entry.fired()));
        data.put(
                Scheduler.FAILED_JOB_ORIGINAL_TRIGGER_SCHEDULED_FIRETIME_IN_MILLISECONDS,
                String.valueOf(entry.scheduled()));
        trigger.setJobDataMap(data);
        trigger.computeFirstFireTime(null);
        return trigger;
    }

    private List<Entry> select(Connection connection, String sql, Object which) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(sql))) {
            statement.setString(1, tables.scheduler());
            statement.setObject(2, which);
            return entries(statement);
        }
    }

    private List<Entry> delete(Connection connection, List<Entry> entries) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(DELETE))) {
            statement.setString(1, tables.scheduler());
            statement.setArray(
                    2,
                    connection.createArrayOf(
                            "text", entries.stream().map(Entry::id).toArray()));
            return entries(statement);
        }
    }

    private static List<Entry> entries(PreparedStatement statement) throws SQLException {
        List<Entry> entries = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                String jobName = row.getString("job_name");
                String jobGroup = row.getString("job_group");
                entries.add(new Entry(
                        row.getString("entry_id"),
                        new TriggerKey(row.getString("trigger_name"), row.getString("trigger_group")),
                        jobName == null || jobGroup == null ? null : new JobKey(jobName, jobGroup),
                        row.getString("state"),
                        row.getLong("sched_time"),
                        row.getLong("fired_time"),
                        row.getInt("priority"),
                        row.getBoolean("requests_recovery"),
                        row.getBoolean("is_nonconcurrent"),
                        row.wasNull()));
            }
        }
        return entries;
    }

    private Map<TriggerKey, Row> lock(Connection connection, List<Entry> entries) throws SQLException {
        Keys keys = Keys.of(entries, Entry::key);
        Map<TriggerKey, Row> rows = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(LOCK))) {
            statement.setString(1, tables.scheduler());
            statement.setArray(2, keys.names(connection));
            statement.setArray(3, keys.distinctGroups(connection));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    rows.put(
                            new TriggerKey(row.getString(1), row.getString(2)),
                            new Row(row.getString(3), row.getLong(4)));
                }
            }
        }
        return rows;
    }

    private Set<String> pausedGroups(Connection connection) throws SQLException {
        Set<String> groups = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(PAUSED_GROUPS))) {
            statement.setString(1, tables.scheduler());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    groups.add(row.getString(1));
                }
            }
        }
        return groups;
    }

    private void update(Connection connection, List<PutBack> back) throws SQLException {
        if (back.isEmpty()) {
            return;
        }
        Keys keys = Keys.of(back, PutBack::key);
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(PUT_BACK))) {
            statement.setArray(1, keys.names(connection));
            statement.setArray(2, keys.groups(connection));
            statement.setArray(
                    3,
                    connection.createArrayOf(
                            "text", back.stream().map(PutBack::state).toArray()));
            statement.setArray(
                    4,
                    connection.createArrayOf(
                            "bigint", back.stream().map(PutBack::due).toArray()));
            statement.setArray(
                    5,
                    connection.createArrayOf(
                            "bigint", back.stream().map(PutBack::previous).toArray()));
            statement.setString(6, tables.scheduler());
            statement.executeUpdate();
        }
    }
}
