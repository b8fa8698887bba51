package dev.bide.jobstore;

import dev.bide.jobstore.internal.cluster.CheckIn;
import dev.bide.jobstore.internal.cluster.Heartbeats;
import dev.bide.jobstore.internal.cluster.Leftovers;
import dev.bide.jobstore.internal.cluster.Presence;
import dev.bide.jobstore.internal.cluster.Takeover;
import dev.bide.jobstore.internal.complete.Completion;
import dev.bide.jobstore.internal.complete.CompletionBuffer;
import dev.bide.jobstore.internal.complete.CompletionStatement;
import dev.bide.jobstore.internal.complete.Completions;
import dev.bide.jobstore.internal.complete.Listeners;
import dev.bide.jobstore.internal.fire.Acquisition;
import dev.bide.jobstore.internal.fire.DueWatch;
import dev.bide.jobstore.internal.fire.EntryIds;
import dev.bide.jobstore.internal.fire.Firing;
import dev.bide.jobstore.internal.fire.Jobs;
import dev.bide.jobstore.internal.fire.Lease;
import dev.bide.jobstore.internal.fire.NodeTime;
import dev.bide.jobstore.internal.fire.StoreSettings;
import dev.bide.jobstore.internal.fire.Taken;
import dev.bide.jobstore.internal.fire.TakenTriggers;
import dev.bide.jobstore.internal.fire.TriggerFlow;
import dev.bide.jobstore.internal.recover.Misfires;
import dev.bide.jobstore.internal.recover.Recovery;
import dev.bide.jobstore.internal.sql.Counters;
import dev.bide.jobstore.internal.sql.KeptConnection;
import dev.bide.jobstore.internal.sql.SessionLimits;
import dev.bide.jobstore.internal.sql.Tables;
import dev.bide.jobstore.internal.sql.Transactions;
import dev.bide.jobstore.internal.write.BulkStore;
import dev.bide.jobstore.internal.write.RowLocks;
import dev.bide.jobstore.internal.write.TriggerInsert;
import dev.bide.jobstore.internal.write.TriggerRows;
import dev.bide.jobstore.internal.write.TriggerWrites;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.quartz.Calendar;
import org.quartz.JobDataMap;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.JobPersistenceException;
import org.quartz.SchedulerException;
import org.quartz.TriggerKey;
import org.quartz.impl.jdbcjobstore.NoSuchDelegateException;
import org.quartz.spi.ClassLoadHelper;
import org.quartz.spi.SchedulerSignaler;
import org.quartz.spi.TriggerFiredBundle;
import org.quartz.utils.DBConnectionManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of an initialised store, put together; and the few places where Quartz's inherited code and the parts meet. */
final class StoreParts {
    private static final Logger LOG = LoggerFactory.getLogger(StoreParts.class);

    /** For a transaction of ours to idle, ms. What a longer pause costs is the transaction, which is done again; Quartz's operations wait longer than this for a lock. */
    private static final long LONGEST_IDLE = 5_000;

    final SchedulerSignaler signaler;
    final TriggerRows rows;
    final Jobs jobs;
    final TriggerWrites writes;
    final RowLocks rowLocks;
    final BulkStore bulk;
    final Recovery recovery;
    final Misfires misfires;
    final TriggerFlow flow;
    final Lease lease;
    final SessionLimits limits;
    final Transactions transactions;

    private final StoreSettings settings;
    private final Acquisition acquisition;
    private final DueWatch watch;
    private final CompletionBuffer buffer;
    private final ThreadLocal<Long> uncommitted = new ThreadLocal<>();
    private final NodeTime nodeTime;
    private final Presence presence;
    private final Takeover takeover;

    StoreParts(
            PostgresJobStore store,
            StoreSettings settings,
            Listeners listener,
            Counters counters,
            ClassLoadHelper classes,
            SchedulerSignaler signaler)
            throws NoSuchDelegateException {
        Tables tables = new Tables(store.getInstanceName(), store.getInstanceId(), store.getTablePrefix());
        this.signaler = signaler;
        this.settings = settings;
        rows = TriggerRows.create(LOG, tables, classes, store.canUseProperties(), store.getDriverDelegateInitString());
        InstantSource clock = settings.clock;
        long interval = store.getClusterCheckinInterval();
        nodeTime = new NodeTime(clock);
        lease = new Lease(settings.nanoTime, System::currentTimeMillis, interval, settings.failoverMargin);
        limits = new SessionLimits(Math.min(LONGEST_IDLE, interval + settings.failoverMargin), settings.lockTimeout);
        Transactions.Connections connections =
                () -> DBConnectionManager.getInstance().getConnection(store.getDataSource());
        transactions = new Transactions(connections, limits);
        jobs = new Jobs(tables, rows, classes);
        TriggerInsert insert = new TriggerInsert(tables, rows);
        writes = new TriggerWrites(tables, rows, insert);
        rowLocks = new RowLocks(tables, rows, writes, insert);
        bulk = new BulkStore(tables, insert, new StoringWithQuartz(store, rows));
        recovery = new Recovery(tables, transactions, insert, new RecoveringWithQuartz(store, rows), counters, clock);
        misfires = new Misfires(tables, transactions, counters);
        EntryIds entryIds = new EntryIds(tables.instance(), clock);
        acquisition = new Acquisition(
                tables,
                entryIds,
                jobs,
                new TakenTriggers(tables, rows, insert, jobs, counters),
                counters,
                settings.lanes);
        Firing firing = new Firing(tables, rows, counters);
        ExclusiveWay exclusive = new ExclusiveWay(store, tables, listener, rowLocks, firing);
        Completions completions =
                new Completions(transactions, new CompletionStatement(tables, counters), listener, exclusive, counters);
        buffer = new CompletionBuffer(settings.buffer(), completions::write, this::forget);
        watch = new DueWatch(
                settings.watchInterval,
                () -> transactions.run(transaction -> acquisition.next(
                        transaction.connection, clock.millis() + 2 * settings.watchInterval, store.misfireTime())),
                due -> signaler.signalSchedulingChange(nodeTime.toNode(due)),
                clock);
        flow = new TriggerFlow(
                settings,
                transactions,
                acquisition,
                firing,
                recovery,
                listener,
                buffer,
                watch,
                rows,
                new FiringWithQuartz(store, exclusive),
                counters,
                lease,
                entryIds);
        takeover = new Takeover(
                tables.instance(),
                recovery,
                new Leftovers(tables, transactions, entryIds, clock, settings.nanoTime),
                entryIds,
                flow,
                lease,
                () -> signal(0));
        presence = new Presence(
                tables.instance(),
                new CheckIn(
                        tables,
                        new KeptConnection(settings.checkIns == null ? connections : settings.checkIns::getConnection),
                        limits,
                        interval,
                        clock == settings.measured ? settings.measured : null),
                lease,
                new Heartbeats(interval, settings.failoverMargin),
                interval,
                store.getDbRetryInterval(),
                takeover::tell);
    }

    private void forget(Completion completion) {
        flow.forget(completion);
    }

    /** @throws SchedulerException another node has this one's name */
    void start(String threadName, boolean daemon) throws SchedulerException {
        presence.start(threadName, daemon);
        takeover.start(threadName, daemon);
        buffer.start(threadName, daemon);
        watch.start(threadName, daemon);
    }

    /** A trigger of this fire time is stored in a transaction of this thread, which calls {@link #committed} after it. */
    void stored(long fireTime) {
        flow.lookFrom(fireTime);
        Long earliest = uncommitted.get();
        uncommitted.set(earliest == null ? fireTime : Math.min(earliest, fireTime));
    }

    /** What a take had looked for in vain before the commit is looked for again. */
    void committed() {
        Long earliest = uncommitted.get();
        if (earliest != null) {
            uncommitted.remove();
            flow.lookFrom(earliest);
        }
    }

    void signal(long fireTime) {
        flow.lookFrom(fireTime);
        wake(fireTime);
    }

    void signal(long fireTime, int lane) {
        flow.lookFrom(fireTime, lane);
        wake(fireTime);
    }

    private void wake(long fireTime) {
        if (settings.acquireAhead || fireTime == 0) {
            signaler.signalSchedulingChange(fireTime == 0 ? 0 : nodeTime.toNode(fireTime));
        }
    }

    /** Checks in until everything that has ended is written, and leaves the cluster where nothing is left behind. */
    void close() {
        boolean nothingLeft = flow.close();
        takeover.close();
        presence.close(nothingLeft);
    }

    private record StoringWithQuartz(PostgresJobStore store, TriggerRows rows) implements BulkStore.QuartzParts {
        @Override
        public void storeJob(Connection connection, JobDetail job) throws JobPersistenceException {
            store.storeJobRow(connection, job);
        }

        @Override
        public String blockedState(Connection connection, JobDetail job, String state) throws JobPersistenceException {
            return store.blockedState(connection, job.getKey(), state);
        }

        @Override
        public void pauseGroup(Connection connection, String group) throws SQLException {
            rows.insertPausedTriggerGroup(connection, group);
        }
    }

    private record RecoveringWithQuartz(PostgresJobStore store, TriggerRows rows) implements Recovery.QuartzParts {
        @Override
        public JobDataMap triggerData(Connection connection, TriggerKey key)
                throws SQLException, IOException, ClassNotFoundException {
            return rows.selectTriggerJobDataMap(connection, key.getName(), key.getGroup());
        }

        @Override
        public boolean jobExists(Connection connection, JobKey key) throws SQLException {
            return rows.jobExists(connection, key);
        }

        @Override
        public void unblock(Connection connection, JobKey key) throws SQLException {
            rows.updateTriggerStatesForJobFromOtherState(connection, key, "WAITING", "BLOCKED");
            rows.updateTriggerStatesForJobFromOtherState(connection, key, "PAUSED", "PAUSED_BLOCKED");
        }

        @Override
        public void remove(Connection connection, TriggerKey key) throws SQLException {
            try {
                store.removeTriggerRows(connection, key);
            } catch (JobPersistenceException e) {
                throw new SQLException("trigger " + key + " could not be removed", e);
            }
        }

        @Override
        public void lock(Connection connection, String name) throws SQLException {
            try {
                store.lockCluster(connection, name);
            } catch (JobPersistenceException e) {
                throw new SQLException(e.getMessage(), e);
            }
        }

        @Override
        public void unlocked(String name) {
            store.unlockedCluster(name);
        }
    }

    private record FiringWithQuartz(PostgresJobStore store, ExclusiveWay exclusive) implements TriggerFlow.QuartzParts {
        @Override
        public @Nullable Calendar calendar(Connection connection, String name) throws JobPersistenceException {
            return store.calendar(connection, name);
        }

        @Override
        public @Nullable TriggerFiredBundle fireExclusively(Taken taken) throws JobPersistenceException {
            return exclusive.fire(taken);
        }
    }
}
