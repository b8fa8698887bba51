package dev.bide.jobstore.internal.recover;

import dev.bide.jobstore.DatabaseFault;
import dev.bide.jobstore.internal.sql.Counters;
import dev.bide.jobstore.internal.sql.Keys;
import dev.bide.jobstore.internal.sql.Tables;
import dev.bide.jobstore.internal.sql.Transactions;
import dev.bide.jobstore.internal.sql.TriggerState;
import dev.bide.jobstore.internal.write.PlainOneShot;
import dev.bide.jobstore.internal.write.QuartzSide;
import dev.bide.jobstore.internal.write.TriggerInsert;
import dev.bide.jobstore.internal.write.TriggerRows;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.quartz.JobDataMap;
import org.quartz.JobKey;
import org.quartz.JobPersistenceException;
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
 * <p>It waits for nobody's rows: a node that is frozen in the middle of a transaction keeps its entries, and the triggers that it was taking, locked until the database
 * ends that transaction. Entries and trigger rows that are locked are skipped, so that it may lock entries first (whoever waits for no row is in no circle of those who
 * wait), and their batch goes on without them; the caller comes back for them. An entry is put back by whoever deletes it, and so once.
 *
 * <p>Each batch is a transaction. Against stock nodes it holds what they hold while they recover, and no longer than one batch takes: STATE_ACCESS, so that a stock
 * node does not recover what it has read and this has deleted; and for entries whose triggers have rows, which alone a stock node makes, TRIGGER_ACCESS: stock nodes
 * read a trigger's state and then write it, and BLOCKED triggers of exclusive jobs are freed. Entries without rows, which are nearly all, don't wait for that lock.
 */
public final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    private static final int ROWLESS_BATCH = 1_000;
    private static final int OTHER_BATCH = 100;

    /** What a batch that holds locks of the cluster may still have to wait for: keys that somebody is storing, a job's rows. */
    private static final String HARDLY_WAIT = "SET LOCAL lock_timeout = '100ms'";

    /** Of an entry; before that it is ACQUIRED. */
    private static final String EXECUTING = "EXECUTING";

    private static final String COLUMNS =
            "entry_id, trigger_name, trigger_group, job_name, job_group, state, sched_time, fired_time, priority, requests_recovery, is_nonconcurrent";

    /** All of the table, which is small; by primary key from one batch to the next. */
    private static final String OF_INSTANCE = """
            SELECT entry_id, is_nonconcurrent IS NULL FROM qrtz_fired_triggers
            WHERE sched_name = ? AND instance_name = ? AND entry_id > ?
            ORDER BY entry_id LIMIT ?
            """;

    /** Primary key. */
    private static final String LOCK_ENTRIES = "SELECT " + COLUMNS
            + " FROM qrtz_fired_triggers WHERE sched_name = ? AND entry_id = ANY (?) FOR UPDATE SKIP LOCKED";

    /** Primary key. Rows that are there and could not be locked have no state. Column next_fire_time: not positive where the trigger has fired for the last time. */
    private static final String LOCK = """
            WITH locked AS MATERIALIZED (
              SELECT trigger_name, trigger_group, trigger_state, next_fire_time FROM qrtz_triggers
              WHERE sched_name = ? AND trigger_name = ANY (?) AND trigger_group = ANY (?)
              ORDER BY trigger_name, trigger_group
              FOR UPDATE SKIP LOCKED)
            SELECT t.trigger_name, t.trigger_group, l.trigger_state, l.next_fire_time
            FROM qrtz_triggers t
            LEFT JOIN locked l ON l.trigger_name = t.trigger_name AND l.trigger_group = t.trigger_group
            WHERE t.sched_name = ? AND t.trigger_name = ANY (?) AND t.trigger_group = ANY (?)
            """;

    /** Primary key. */
    private static final String EXISTING =
            "SELECT entry_id FROM qrtz_fired_triggers WHERE sched_name = ? AND entry_id = ANY (?)";

    /** Primary key. */
    private static final String STAMP =
            "SELECT last_checkin_time FROM qrtz_scheduler_state WHERE sched_name = ? AND instance_name = ?";

    /** Primary key; and all of the fired-trigger entries. */
    private static final String FORGET = """
            DELETE FROM qrtz_scheduler_state s
            WHERE s.sched_name = ? AND s.instance_name = ? AND s.last_checkin_time = ?
              AND NOT EXISTS (SELECT 1 FROM qrtz_fired_triggers f WHERE f.sched_name = s.sched_name AND f.instance_name = s.instance_name)
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

    /**
     * What became of an instance's entries.
     *
     * @param any whether any was put back
     * @param complete whether all that were seen were put back, and by this node
     */
    public record Outcome(boolean any, boolean complete) {}

    private record Entry(
            String id,
            TriggerKey key,
            @Nullable JobKey job,
            boolean executing,
            long scheduled,
            long fired,
            int priority,
            boolean recoverable,
            boolean exclusive,
            boolean rowless) {}

    /** An entry as it was seen, before it is locked. */
    private record Candidate(String id, boolean rowless) {}

    /** A trigger's row, locked. */
    private record Row(@Nullable TriggerState state, long next) {
        boolean isPaused() {
            return state != null && state.isPaused();
        }
    }

    private record PutBack(
            TriggerKey key,
            TriggerState state,
            long due,
            @Nullable Long previous) {}

    private final Tables tables;
    private final Transactions transactions;
    private final TriggerRows rows;
    private final TriggerInsert insert;
    private final QuartzSide quartz;
    private final Counters counters;
    private final InstantSource clock;

    public Recovery(
            Tables tables,
            Transactions transactions,
            TriggerRows rows,
            QuartzSide quartz,
            Counters counters,
            InstantSource clock) {
        this.tables = tables;
        this.transactions = transactions;
        this.clock = clock;
        this.rows = rows;
        this.insert = new TriggerInsert(tables, rows);
        this.quartz = quartz;
        this.counters = counters;
    }

    /**
     * Entries of an instance that is dead, batch after batch.
     *
     * @param which of them
     */
    public Outcome recover(DeadNode dead, Predicate<String> which) throws SQLException {
        Tally tally = new Tally();
        boolean complete = true;
        String after = "";
        while (!tally.lockIsTaken) {
            List<Candidate> seen = candidates(dead, after);
            if (seen.isEmpty()) {
                break;
            }
            after = seen.get(seen.size() - 1).id();
            List<String> rowless = new ArrayList<>();
            List<String> others = new ArrayList<>();
            for (Candidate candidate : seen) {
                if (which.test(candidate.id())) {
                    (candidate.rowless() ? rowless : others).add(candidate.id());
                }
            }
            complete &= takeOver(dead, rowless, List.of(QuartzSide.STATE_ACCESS), tally);
            for (int i = 0; i < others.size() && !tally.lockIsTaken; i += OTHER_BATCH) {
                List<String> batch = others.subList(i, Math.min(others.size(), i + OTHER_BATCH));
                complete &= takeOver(dead, batch, List.of(QuartzSide.STATE_ACCESS, QuartzSide.TRIGGER_ACCESS), tally);
            }
        }
        counters.recovered.add(tally.repeated);
        if (tally.any()) {
            LOG.atInfo()
                    .addKeyValue("event", "takeover")
                    .addKeyValue("node", dead.instance())
                    .log(
                            "took over from instance {}: {} executions to repeat, {} triggers it had acquired{}",
                            dead.instance(),
                            tally.repeated,
                            tally.freed,
                            complete ? "" : "; others are still locked");
        }
        return new Outcome(tally.any(), complete);
    }

    /** Deletes a dead node's row, unless it has woken, or an entry of it is left. */
    public void forget(DeadNode dead) throws SQLException {
        Long stamp = dead.stamp();
        if (stamp == null) {
            return;
        }
        transactions.run(transaction -> {
            try (PreparedStatement statement = transaction.connection.prepareStatement(tables.sql(FORGET))) {
                statement.setString(1, tables.scheduler());
                statement.setString(2, dead.instance());
                statement.setLong(3, stamp);
                return statement.executeUpdate();
            }
        });
    }

    /**
     * @param locked have to be given back later
     * @param earliest time for which one that was given back is due; Long.MAX_VALUE where there is none
     */
    public record Released(List<String> locked, long earliest) {}

    /** Entries of this node, of which nothing was run. */
    public Released release(Connection connection, Collection<String> entryIds) throws SQLException {
        List<String> left = new ArrayList<>(entryIds);
        List<Entry> deleted = putBack(connection, entryIds, false);
        counters.released.add(deleted.size());
        deleted.forEach(entry -> left.remove(entry.id()));
        left.retainAll(existing(connection, left));
        return new Released(
                left, deleted.stream().mapToLong(Entry::scheduled).min().orElse(Long.MAX_VALUE));
    }

    private static final class Tally {
        private int repeated;
        private int freed;
        private boolean lockIsTaken;

        boolean any() {
            return repeated + freed > 0;
        }
    }

    /** True where all of them were put back. Where one can't be at the moment the others are, one by one. */
    private boolean takeOver(DeadNode dead, List<String> entryIds, List<String> locks, Tally tally)
            throws SQLException {
        if (entryIds.isEmpty()) {
            return true;
        }
        try {
            List<Entry> deleted = takeOver(dead, entryIds, locks);
            for (Entry entry : deleted) {
                if (entry.executing()) {
                    tally.repeated++;
                } else {
                    tally.freed++;
                }
            }
            return deleted.size() == entryIds.size();
        } catch (ClusterLockException e) {
            if (DatabaseFault.of(e) != DatabaseFault.LOCKED) {
                throw e;
            }
            LOG.debug("a lock of the cluster is taken, trying again", e);
            tally.lockIsTaken = true;
            return false;
        } catch (SQLException | RuntimeException e) {
            if (!DatabaseFault.of(e).isOfOneItem()) {
                throw e;
            }
            if (entryIds.size() == 1) {
                LOG.warn(
                        "entry {} of instance {} can't be put back, trying again: {}",
                        entryIds.get(0),
                        dead.instance(),
                        e.toString());
                return false;
            }
            boolean all = true;
            for (String entry : entryIds) {
                all &= takeOver(dead, List.of(entry), locks, tally);
            }
            return all;
        }
    }

    private List<Entry> takeOver(DeadNode dead, List<String> entryIds, List<String> locks) throws SQLException {
        try {
            return transactions.run(transaction -> {
                Connection connection = transaction.connection;
                for (String lock : locks) {
                    lock(connection, lock);
                }
                try (Statement statement = connection.createStatement()) {
                    statement.execute(HARDLY_WAIT);
                }
                return putBack(connection, entryIds, dead);
            });
        } finally {
            locks.forEach(quartz::unlocked);
        }
    }

    private void lock(Connection connection, String lock) throws SQLException {
        try {
            quartz.lock(connection, lock);
        } catch (JobPersistenceException e) {
            throw new ClusterLockException(e);
        }
    }

    /** A lock of the cluster was not to be had, whatever the reason: no entry's fault. */
    private static final class ClusterLockException extends SQLException {
        private static final long serialVersionUID = 1L;

        ClusterLockException(JobPersistenceException cause) {
            super(cause.getMessage(), cause);
        }
    }

    private List<Entry> putBack(Connection connection, List<String> entryIds, DeadNode dead) throws SQLException {
        // A node that has woken checks in before it takes anything: whoever sees an entry of its new life here sees its
        // check-in as well.
        List<Entry> locked = lockEntries(connection, entryIds);
        return isDead(connection, dead) ? putBack(connection, locked, true) : List.of();
    }

    private List<Entry> putBack(Connection connection, Collection<String> entryIds, boolean repeats)
            throws SQLException {
        return putBack(connection, lockEntries(connection, entryIds), repeats);
    }

    private boolean isDead(Connection connection, DeadNode dead) throws SQLException {
        if (dead.instance().equals(tables.instance())) {
            return true;
        }
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(STAMP))) {
            statement.setString(1, tables.scheduler());
            statement.setString(2, dead.instance());
            try (ResultSet row = statement.executeQuery()) {
                Long stamp = row.next() ? row.getLong(1) : null;
                return Objects.equals(stamp, dead.stamp());
            }
        }
    }

    /** What is locked, of entries that are locked. */
    private List<Entry> putBack(Connection connection, List<Entry> locked, boolean repeats) throws SQLException {
        if (locked.isEmpty()) {
            return List.of();
        }
        Map<TriggerKey, Row> triggers = new HashMap<>();
        Set<TriggerKey> skipped = lockRows(connection, locked, triggers);
        List<Entry> deleted = delete(
                connection,
                locked.stream().filter(entry -> !skipped.contains(entry.key())).toList());
        Set<String> pausedGroups = rows.selectPausedTriggerGroups(connection);
        List<PutBack> back = new ArrayList<>();
        List<OperableTrigger> newTriggers = new ArrayList<>();
        Set<TriggerKey> finished = new HashSet<>();
        for (Entry entry : deleted) {
            Row row = triggers.get(entry.key());
            boolean done = row != null && row.next() <= 0;
            if (!entry.executing()) {
                if (row != null && row.state() == TriggerState.ACQUIRED && row.next() == entry.scheduled()) {
                    back.add(new PutBack(entry.key(), TriggerState.WAITING, entry.scheduled(), null));
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
                trigger -> pausedGroups.contains(trigger.getKey().getGroup())
                        ? TriggerState.PAUSED
                        : TriggerState.WAITING);
        for (TriggerKey key : finished) {
            remove(connection, key);
        }
        for (JobKey job : exclusiveJobs(deleted)) {
            rows.updateTriggerStatesForJobFromOtherState(
                    connection, job, TriggerState.WAITING.name(), TriggerState.BLOCKED.name());
            rows.updateTriggerStatesForJobFromOtherState(
                    connection, job, TriggerState.PAUSED.name(), TriggerState.PAUSED_BLOCKED.name());
        }
        return deleted;
    }

    private void remove(Connection connection, TriggerKey key) throws SQLException {
        try {
            quartz.removeTrigger(connection, key);
        } catch (JobPersistenceException e) {
            throw new SQLException("trigger " + key + " could not be removed", e);
        }
    }

    private static TriggerState waiting(Entry entry, @Nullable Row row, Set<String> pausedGroups) {
        boolean paused = row != null && row.isPaused();
        return paused || pausedGroups.contains(entry.key().getGroup()) ? TriggerState.PAUSED : TriggerState.WAITING;
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
        if (job != null && rows.jobExists(connection, job)) {
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
                "recover_" + tables.instance() + "_" + clock.millis() + "_" + number + "_"
                        + entry.id().hashCode(),
                Scheduler.DEFAULT_RECOVERY_GROUP));
        trigger.setJobKey(job);
        trigger.setStartTime(new Date(entry.scheduled()));
        trigger.setMisfireInstruction(SimpleTrigger.MISFIRE_INSTRUCTION_IGNORE_MISFIRE_POLICY);
        trigger.setPriority(entry.priority());
        JobDataMap data;
        try {
            data = rows.selectTriggerJobDataMap(
                    connection, entry.key().getName(), entry.key().getGroup());
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

    private List<Candidate> candidates(DeadNode dead, String after) throws SQLException {
        return transactions.run(transaction -> {
            List<Candidate> candidates = new ArrayList<>();
            try (PreparedStatement statement = transaction.connection.prepareStatement(tables.sql(OF_INSTANCE))) {
                statement.setString(1, tables.scheduler());
                statement.setString(2, dead.instance());
                statement.setString(3, after);
                statement.setInt(4, ROWLESS_BATCH);
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        candidates.add(new Candidate(row.getString(1), row.getBoolean(2)));
                    }
                }
            }
            return candidates;
        });
    }

    private List<Entry> lockEntries(Connection connection, Collection<String> entryIds) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(LOCK_ENTRIES))) {
            statement.setString(1, tables.scheduler());
            statement.setArray(2, connection.createArrayOf("text", entryIds.toArray()));
            return entries(statement);
        }
    }

    private Set<String> existing(Connection connection, Collection<String> entryIds) throws SQLException {
        Set<String> existing = new HashSet<>();
        if (entryIds.isEmpty()) {
            return existing;
        }
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(EXISTING))) {
            statement.setString(1, tables.scheduler());
            statement.setArray(2, connection.createArrayOf("text", entryIds.toArray()));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    existing.add(row.getString(1));
                }
            }
        }
        return existing;
    }

    private List<Entry> delete(Connection connection, List<Entry> entries) throws SQLException {
        if (entries.isEmpty()) {
            return List.of();
        }
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
                        EXECUTING.equals(row.getString("state")),
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

    /** Returns the keys of rows that somebody else has locked. */
    private Set<TriggerKey> lockRows(Connection connection, List<Entry> entries, Map<TriggerKey, Row> triggers)
            throws SQLException {
        Keys keys = Keys.of(entries, Entry::key);
        Set<TriggerKey> skipped = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(LOCK))) {
            for (int first = 1; first <= 4; first += 3) {
                statement.setString(first, tables.scheduler());
                statement.setArray(first + 1, keys.names(connection));
                statement.setArray(first + 2, keys.distinctGroups(connection));
            }
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    TriggerKey key = new TriggerKey(row.getString(1), row.getString(2));
                    String state = row.getString(3);
                    if (state == null) {
                        skipped.add(key);
                    } else {
                        triggers.put(key, new Row(TriggerState.of(state), row.getLong(4)));
                    }
                }
            }
        }
        return skipped;
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
                            "text", back.stream().map(one -> one.state().name()).toArray()));
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
