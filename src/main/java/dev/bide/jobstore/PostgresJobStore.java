package dev.bide.jobstore;

import dev.bide.jobstore.internal.complete.Listeners;
import dev.bide.jobstore.internal.fire.Ground;
import dev.bide.jobstore.internal.fire.StoreSettings;
import dev.bide.jobstore.internal.sql.Counters;
import dev.bide.jobstore.internal.sql.Tables;
import dev.bide.jobstore.internal.sql.Transactions;
import dev.bide.jobstore.internal.sql.TriggerState;
import dev.bide.jobstore.internal.write.QuartzSide;
import dev.bide.jobstore.internal.write.TriggerRows;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.quartz.Calendar;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.JobPersistenceException;
import org.quartz.SchedulerConfigException;
import org.quartz.SchedulerException;
import org.quartz.Trigger;
import org.quartz.Trigger.CompletedExecutionInstruction;
import org.quartz.TriggerKey;
import org.quartz.impl.jdbcjobstore.DriverDelegate;
import org.quartz.impl.jdbcjobstore.JobStoreTX;
import org.quartz.impl.jdbcjobstore.NoSuchDelegateException;
import org.quartz.impl.matchers.GroupMatcher;
import org.quartz.spi.ClassLoadHelper;
import org.quartz.spi.OperableTrigger;
import org.quartz.spi.SchedulerSignaler;
import org.quartz.spi.TriggerFiredBundle;
import org.quartz.spi.TriggerFiredResult;
import org.quartz.utils.DBConnectionManager;

/**
 * Quartz's clustered JDBC job store for PostgreSQL 13 and later, in sets: the same tables, columns and API as {@link JobStoreTX}, and stock nodes may run on the same
 * tables at the same time. What differs is listed in docs/jobstore.md.
 *
 * <p>Use it by properties ({@code org.quartz.jobStore.class=dev.bide.jobstore.PostgresJobStore}, {@code org.quartz.jobStore.dataSource=…} and the setters below), or
 * make one, call {@link #useDataSource} and give it to {@code DirectSchedulerFactory}. Give the scheduler a large batch
 * ({@code org.quartz.scheduler.batchTriggerAcquisitionMaxCount}, 500), an idle wait of a second and an {@link OnDemandThreadPool}. It is always clustered.
 *
 * <p>Set everything before the scheduler is made; after that all methods may be called by any thread.
 */
public class PostgresJobStore extends JobStoreTX implements TransactionalTriggers, TriggerFigures {
    private static final AtomicInteger OWN_DATA_SOURCES = new AtomicInteger();

    private final StoreSettings settings = new StoreSettings();
    private final Listeners listener = new Listeners();
    private final Counters counters = new Counters();
    private @Nullable StoreParts parts;

    public PostgresJobStore() {
        setIsClustered(true);
        // Inserting takes no cluster lock: a new trigger's job is held by a row lock instead.
        setLockOnInsert(false);
        // How often a node says that it lives. With the failover margin, a dead node's triggers fire elsewhere in less
        // than 5 s.
        setClusterCheckinInterval(1_000);
        // Quartz waits this long after a failed check-in, and would be taken for dead meanwhile.
        setDbRetryInterval(500);
        setMaxMisfiresToHandleAtATime(500);
        // The count before the lock is one of all that are late; this store looks whether there is one.
        setDoubleCheckLockMisfireHandler(false);
    }

    // ---- settings

    /** Takes connections from here; the pool stays the caller's. In place of the property {@code dataSource}. */
    public void useDataSource(DataSource source) {
        String name = "PostgresJobStore-" + OWN_DATA_SOURCES.incrementAndGet();
        DBConnectionManager.getInstance().addConnectionProvider(name, new OwnDataSource(source));
        setDataSource(name);
    }

    /**
     * Takes the connection for check-ins from here, one that is kept for as long as the store runs; the pool stays the caller's. Default: where all others come from, of
     * which one is gone then. To be set before the store is initialised.
     */
    public void useCheckInDataSource(DataSource source) {
        settings.checkIns = source;
    }

    /** Told of executions in the store's transactions; one at most. */
    public void setExecutionListener(ExecutionListener executionListener) {
        listener.set(executionListener);
    }

    /**
     * How long a node may be silent beyond its check-in interval before others take over what it had in hand; ms, default 2000, at least 500. Short means quick failover.
     * But a node that only paused for longer (garbage collection, a slow disk) loses its executions to another, and they run twice: raise it where that happens. It has to
     * be the same on all nodes: each holds its own lease by its own, and judges the others by it. To raise it, raise it while all are stopped.
     */
    public void setFailoverMargin(long millis) {
        settings.failoverMargin = StoreSettings.atLeast("failoverMargin", millis, 500);
    }

    public long getFailoverMargin() {
        return settings.failoverMargin;
    }

    /** Least time between two looks for due triggers when the last one did not find a full batch; ms, default 20. More saves CPU and makes triggers as much later. */
    public void setAcquireInterval(long millis) {
        settings.acquireInterval = StoreSettings.notNegative("acquireInterval", millis);
    }

    public long getAcquireInterval() {
        return settings.acquireInterval;
    }

    /** How often an idle node looks for triggers that other nodes stored; ms, default 50. */
    public void setWatchInterval(long millis) {
        settings.watchInterval = StoreSettings.positive("watchInterval", Math.toIntExact(millis));
    }

    public long getWatchInterval() {
        return settings.watchInterval;
    }

    /**
     * Whether to take triggers before they are due, up to Quartz's idle wait time, as the stock store does; default false. Only due ones are taken otherwise, and the
     * scheduler is woken when the next is due: a trigger that waits can be changed until the last moment, and one statement takes and fires it.
     */
    public void setAcquireAhead(boolean ahead) {
        settings.acquireAhead = ahead;
    }

    public boolean isAcquireAhead() {
        return settings.acquireAhead;
    }

    /** Most completions in one transaction; default 1000. */
    public void setCompletionBatch(int completions) {
        settings.completionBatch = StoreSettings.positive("completionBatch", completions);
    }

    public int getCompletionBatch() {
        return settings.completionBatch;
    }

    /** How long the first completion of a small batch waits for others; ms, default 5. A crash in that time repeats the execution. */
    public void setCompletionLinger(long millis) {
        settings.completionLinger = StoreSettings.notNegative("completionLinger", millis);
    }

    public long getCompletionLinger() {
        return settings.completionLinger;
    }

    /** Completions waiting to be written from which on no more triggers are taken; default 20000. */
    public void setCompletionLimit(int completions) {
        settings.completionLimit = StoreSettings.positive("completionLimit", completions);
    }

    public int getCompletionLimit() {
        return settings.completionLimit;
    }

    /** Bytes, as the {@link ExecutionListener#weight listener weighs} them, at which a transaction takes up no more completions; default 16 MiB. */
    public void setCompletionBytes(long bytes) {
        settings.completionBytes = StoreSettings.positive("completionBytes", bytes);
    }

    public long getCompletionBytes() {
        return settings.completionBytes;
    }

    /** The same of all completions that wait to be written: from so many on no more triggers are taken; default 64 MiB. */
    public void setCompletionBytesLimit(long bytes) {
        settings.completionBytesLimit = StoreSettings.positive("completionBytesLimit", bytes);
    }

    public long getCompletionBytesLimit() {
        return settings.completionBytesLimit;
    }

    /** Threads, each with a connection, that write completions; default 1. */
    public void setCompletionThreads(int threads) {
        settings.completionThreads = StoreSettings.positive("completionThreads", threads);
    }

    public int getCompletionThreads() {
        return settings.completionThreads;
    }

    /**
     * Longest wait for a row that somebody else has locked; ms, default 2000, five times as much for Quartz's own operations, which queue for the cluster's lock. What
     * waited so long fails, and is tried again: a node that is frozen while it holds rows, or waits for some, holds up the others for no longer. Raise it where changes of
     * yours lock triggers for seconds.
     */
    public void setLockTimeout(long millis) {
        settings.lockTimeout = StoreSettings.positive("lockTimeout", Math.toIntExact(millis));
    }

    public long getLockTimeout() {
        return settings.lockTimeout;
    }

    /** How long a shutdown tries to write what has ended; ms, default 30000. */
    public void setShutdownPatience(long millis) {
        settings.shutdownPatience = StoreSettings.notNegative("shutdownPatience", millis);
    }

    public long getShutdownPatience() {
        return settings.shutdownPatience;
    }

    /** The time that decides what is due and who is dead. Default: the database's, measured at each check-in. */
    public void useClock(InstantSource clock) {
        settings.clock = clock;
    }

    /** The monotonic clock of this node's lease, and of what is done every so often; for tests. */
    void useNanoTime(LongSupplier nanoTime) {
        settings.nanoTime = nanoTime;
    }

    /** Which triggers are held back; default none. */
    public void setLanes(Lanes lanes) {
        settings.lanes = lanes;
    }

    /**
     * Whether this node may act: its last check-in is so young, by the monotonic clock, that no other node can have given it up for dead. A job that does what must
     * not be done once another node has taken over asks right before it does it. Cheap; any thread.
     */
    public boolean holdsLease() {
        StoreParts current = parts;
        return current != null && current.lease.isHeld();
    }

    /**
     * The same of one execution of this node's: false also where the lease ran out after it was taken, and is another one now; another node may have taken it over in
     * between. Cheap; any thread.
     *
     * @param fireInstanceId as the execution's context has it
     */
    public boolean holdsLease(String fireInstanceId) {
        StoreParts current = parts;
        return current != null && current.flow.mayBegin(fireInstanceId);
    }

    /**
     * What the listener is told of, for a job, which knows its id alone. Null where it is not in this node's hands, or not any more. Cheap; any thread.
     *
     * @param fireInstanceId as the execution's context has it
     */
    public @Nullable Execution execution(String fireInstanceId) {
        StoreParts current = parts;
        return current == null ? null : current.flow.execution(fireInstanceId);
    }

    public Statistics statistics() {
        StoreParts current = parts;
        return new Statistics(
                counters.acquired.sum(),
                counters.fired.sum(),
                counters.completed.sum(),
                counters.recovered.sum(),
                counters.released.sum(),
                counters.abandoned.sum(),
                counters.poisoned.sum(),
                current == null ? 0 : current.flow.buffered(),
                current == null ? 0 : current.flow.inHand(),
                counters.statements.sum(),
                counters.acquisitions.sum(),
                counters.completions.sum(),
                counters.lastAcquired,
                counters.lastCompleted,
                holdsLease(),
                current == null ? 0 : current.lease.ageMillis(),
                current == null ? 0 : current.flow.takeAgeMillis(),
                current == null ? 0 : current.flow.oldestCompletionMillis());
    }

    // ---- life

    @Override
    public void initialize(ClassLoadHelper classes, SchedulerSignaler signaler) throws SchedulerConfigException {
        if (!isClustered()) {
            throw new SchedulerConfigException("PostgresJobStore is always clustered: remove isClustered=false");
        }
        if (getLockHandler() == null) {
            setLockHandler(new ClusterLocks(getTablePrefix(), getInstanceName(), getSelectWithLockSQL()));
        }
        super.initialize(classes, signaler);
        try {
            Tables tables = new Tables(getInstanceName(), getInstanceId(), getTablePrefix());
            settings.beat = new StoreSettings.Beat(getClusterCheckinInterval(), getDbRetryInterval());
            Transactions.Connections connections =
                    () -> DBConnectionManager.getInstance().getConnection(getDataSource());
            Ground ground = new Ground(
                    tables,
                    settings,
                    new Transactions(connections, settings.limits()),
                    TriggerRows.create(getLog(), tables, classes, canUseProperties(), getDriverDelegateInitString()),
                    listener,
                    counters);
            parts = new StoreParts(ground, connections, new Inherited(), signaler);
        } catch (NoSuchDelegateException e) {
            throw new SchedulerConfigException("trigger persistence delegates could not be made", e);
        }
    }

    @Override
    public void schedulerStarted() throws SchedulerException {
        parts().start(threadName(), getMakeThreadsDaemons());
        super.schedulerStarted();
        parts().flow.takes(true);
    }

    @Override
    public void schedulerPaused() {
        super.schedulerPaused();
        parts().flow.takes(false);
    }

    @Override
    public void schedulerResumed() {
        super.schedulerResumed();
        parts().flow.takes(true);
    }

    @Override
    public void shutdown() {
        if (parts != null) {
            // Before Quartz closes the pool, if it is Quartz's.
            parts.close();
        }
        super.shutdown();
    }

    private String threadName() {
        return "QuartzScheduler_" + getInstanceName() + "-" + getInstanceId();
    }

    @Override
    public long getAcquireRetryDelay(int failureCount) {
        return Math.min(50L << Math.min(failureCount, 6), Math.min(2_000, getDbRetryInterval()));
    }

    @Override
    public long getEstimatedTimeToReleaseAndAcquireTrigger() {
        return 10;
    }

    // ---- the way of a trigger

    @Override
    public List<OperableTrigger> acquireNextTriggers(long noLaterThan, int maxCount, long timeWindow)
            throws JobPersistenceException {
        if (timeWindow < 0) {
            throw new IllegalArgumentException("timeWindow must not be negative: " + timeWindow);
        }
        try {
            return parts().flow.take(noLaterThan, maxCount, timeWindow, getMisfireTime());
        } catch (SQLException | Error e) {
            // An error too, such as the lack of memory: it would end the scheduler's thread, and the node would go on
            // checking in.
            throw new JobPersistenceException("could not acquire triggers: " + e, e);
        }
    }

    @Override
    public List<TriggerFiredResult> triggersFired(List<OperableTrigger> triggers) throws JobPersistenceException {
        try {
            return parts().flow.fire(triggers);
        } catch (SQLException | RuntimeException | Error e) {
            // Quartz gives the triggers back only for an exception of this type.
            throw new JobPersistenceException("could not fire triggers: " + e, e);
        }
    }

    @Override
    public void releaseAcquiredTrigger(OperableTrigger trigger) {
        if (trigger.getFireInstanceId() != null) {
            parts().flow.release(trigger);
        }
    }

    @Override
    public void triggeredJobComplete(
            OperableTrigger trigger, JobDetail job, CompletedExecutionInstruction instruction) {
        parts().flow.complete(trigger, job, instruction);
    }

    // ---- the caller's transactions

    @Override
    public void store(Connection connection, Collection<? extends OperableTrigger> triggers) throws SQLException {
        parts().writes.store(connection, triggers, TriggerState.WAITING);
    }

    @Override
    public void storePaused(Connection connection, Collection<? extends OperableTrigger> triggers) throws SQLException {
        parts().writes.store(connection, triggers, TriggerState.PAUSED);
    }

    @Override
    public Set<TriggerKey> remove(Connection connection, Collection<TriggerKey> keys) throws SQLException {
        return parts().writes.remove(connection, keys);
    }

    @Override
    public Set<TriggerKey> replace(Connection connection, Collection<? extends OperableTrigger> triggers)
            throws SQLException {
        return parts().writes.replace(connection, triggers);
    }

    @Override
    public Set<TriggerKey> pause(Connection connection, Collection<TriggerKey> keys) throws SQLException {
        return parts().writes.pause(connection, keys);
    }

    @Override
    public Set<TriggerKey> resume(Connection connection, Collection<TriggerKey> keys) throws SQLException {
        return parts().writes.resume(connection, keys);
    }

    @Override
    public void signal(@Nullable Instant earliest) {
        parts().signal(earliest == null ? 0 : earliest.toEpochMilli());
    }

    @Override
    public void signal(Instant earliest, int lane) {
        parts().signal(earliest.toEpochMilli(), lane);
    }

    // ---- what waits

    @Override
    public long count(Connection connection, Collection<Integer> lanes, Instant from, Instant to, int most)
            throws SQLException {
        return parts().laneFigures.count(connection, lanes, from, to, most);
    }

    @Override
    public List<Instant> times(Connection connection, Collection<Integer> lanes, Instant from, Instant to, int most)
            throws SQLException {
        return parts().laneFigures.times(connection, lanes, from, to, most);
    }

    @Override
    public List<Waiting> names(
            Connection connection, String group, Collection<Integer> lanes, Instant from, int skip, int most)
            throws SQLException {
        return parts().laneFigures.names(connection, group, lanes, from, skip, most);
    }

    @Override
    public Backlog backlog(Connection connection, Collection<Integer> butLanes) throws SQLException {
        return parts().laneFigures.backlog(connection, butLanes);
    }

    @Override
    public List<String> members() {
        StoreParts current = parts;
        return current == null ? List.of() : current.members();
    }

    // ---- Quartz's own operations. They hold the cluster's lock against stock nodes and one another; against the
    // lock-free way of a trigger they lock its row.

    @Override
    protected <T> T executeInNonManagedTXLock(
            String lock, TransactionCallback<T> work, @Nullable TransactionValidator<T> validator)
            throws JobPersistenceException {
        try {
            return super.executeInNonManagedTXLock(lock, work, validator);
        } finally {
            parts().committed();
        }
    }

    @Override
    protected void storeTrigger(
            Connection connection,
            OperableTrigger trigger,
            @Nullable JobDetail job,
            boolean replaceExisting,
            String state,
            boolean forceState,
            boolean recovering)
            throws JobPersistenceException {
        try {
            parts().rowLocks.beforeStore(connection, trigger, replaceExisting);
        } catch (SQLException e) {
            throw failed("store trigger " + trigger.getKey(), e);
        }
        super.storeTrigger(connection, trigger, job, replaceExisting, state, forceState, recovering);
        if (trigger.getNextFireTime() != null) {
            parts().stored(trigger.getNextFireTime().getTime());
        }
    }

    @Override
    public void storeJobsAndTriggers(Map<JobDetail, Set<? extends Trigger>> triggersAndJobs, boolean replace)
            throws JobPersistenceException {
        if (replace) {
            super.storeJobsAndTriggers(triggersAndJobs, true);
            return;
        }
        long earliest = (Long) executeInLock(
                null, (TransactionCallback) connection -> parts().bulk.store(connection, triggersAndJobs));
        parts().signal(earliest);
    }

    @Override
    protected void storeJob(Connection connection, JobDetail job, boolean replaceExisting)
            throws JobPersistenceException {
        super.storeJob(connection, job, replaceExisting);
        parts().jobs.forget();
    }

    @Override
    protected boolean removeJob(Connection connection, JobKey job) throws JobPersistenceException {
        parts().jobs.forget();
        lock(connection, "remove job " + job, () -> parts().rowLocks.ofJob(connection, job));
        return super.removeJob(connection, job);
    }

    @Override
    protected boolean removeTrigger(Connection connection, TriggerKey key) throws JobPersistenceException {
        lock(connection, "remove trigger " + key, () -> parts().rowLocks.of(connection, key));
        return super.removeTrigger(connection, key);
    }

    @Override
    protected boolean replaceTrigger(Connection connection, TriggerKey key, OperableTrigger trigger)
            throws JobPersistenceException {
        lock(connection, "replace trigger " + key, () -> parts().rowLocks.of(connection, key));
        return super.replaceTrigger(connection, key, trigger);
    }

    @Override
    public void pauseTrigger(Connection connection, TriggerKey key) throws JobPersistenceException {
        lock(connection, "pause trigger " + key, () -> parts().rowLocks.of(connection, key));
        super.pauseTrigger(connection, key);
    }

    @Override
    public void resumeTrigger(Connection connection, TriggerKey key) throws JobPersistenceException {
        lock(connection, "resume trigger " + key, () -> parts().rowLocks.of(connection, key));
        super.resumeTrigger(connection, key);
        parts().stored(0);
    }

    @Override
    public void resetTriggerFromErrorState(TriggerKey key) throws JobPersistenceException {
        super.resetTriggerFromErrorState(key);
        parts().signal(0);
    }

    @Override
    public Set<String> pauseTriggerGroup(Connection connection, GroupMatcher<TriggerKey> matcher)
            throws JobPersistenceException {
        lock(connection, "pause " + matcher, () -> parts().rowLocks.ofGroups(connection, matcher));
        return super.pauseTriggerGroup(connection, matcher);
    }

    @Override
    public Set<String> resumeTriggerGroup(Connection connection, GroupMatcher<TriggerKey> matcher)
            throws JobPersistenceException {
        lock(connection, "resume " + matcher, () -> parts().rowLocks.ofGroups(connection, matcher));
        return super.resumeTriggerGroup(connection, matcher);
    }

    @Override
    protected void storeCalendar(
            Connection connection, String name, Calendar calendar, boolean replaceExisting, boolean updateTriggers)
            throws JobPersistenceException {
        if (updateTriggers) {
            lock(connection, "store calendar " + name, () -> parts().rowLocks.ofCalendar(connection, name));
        }
        super.storeCalendar(connection, name, calendar, replaceExisting, updateTriggers);
    }

    // ---- misfires

    @Override
    protected RecoverMisfiredJobsResult doRecoverMisfires() throws JobPersistenceException {
        if (!parts().misfires.exist(getMisfireTime())) {
            return RecoverMisfiredJobsResult.NO_OP;
        }
        try {
            return super.doRecoverMisfires();
        } finally {
            parts().committed();
        }
    }

    @Override
    protected RecoverMisfiredJobsResult recoverMisfiredJobs(Connection connection, boolean recovering)
            throws JobPersistenceException, SQLException {
        int limit = getMaxMisfiresToHandleAtATime();
        List<TriggerKey> keys = parts().misfires.lock(connection, getMisfireTime(), limit);
        long earliest = parts().misfires.update(connection, keys, key -> moveOn(connection, key, recovering));
        return new RecoverMisfiredJobsResult(keys.size() >= limit, keys.size(), earliest);
    }

    private long moveOn(Connection connection, TriggerKey key, boolean recovering) throws JobPersistenceException {
        OperableTrigger trigger = retrieveTrigger(connection, key);
        if (trigger == null) {
            return Long.MAX_VALUE;
        }
        String calendar = trigger.getCalendarName();
        parts().signaler.notifyTriggerListenersMisfired(trigger);
        trigger.updateAfterMisfire(calendar == null ? null : retrieveCalendar(connection, calendar));
        boolean finished = trigger.getNextFireTime() == null;
        storeTrigger(connection, trigger, null, true, finished ? STATE_COMPLETE : STATE_WAITING, false, recovering);
        if (finished) {
            parts().signaler.notifySchedulerListenersFinalized(trigger);
            return Long.MAX_VALUE;
        }
        return trigger.getNextFireTime().getTime();
    }

    // ---- the cluster

    /** Quartz's thread for this has nothing to do: check-ins, and taking over from dead nodes, have threads of their own, in {@code Presence} and {@code Takeover}. */
    @Override
    protected boolean doCheckin() {
        lastCheckin = System.currentTimeMillis();
        return false;
    }

    /** Quartz's operations run in transactions that end by themselves, too. */
    @Override
    protected Connection getConnection() throws JobPersistenceException {
        Connection connection = super.getConnection();
        try {
            parts().limits.beginQuartz(connection);
            return connection;
        } catch (SQLException | RuntimeException e) {
            rollbackConnection(connection);
            cleanupConnection(connection);
            throw new JobPersistenceException("could not begin a transaction: " + e.getMessage(), e);
        }
    }

    @Override
    protected long getMisfireTime() {
        return Math.max(0, settings.clock.millis() - Math.max(0, getMisfireThreshold()));
    }

    @Override
    protected DriverDelegate getDelegate() {
        return parts().rows;
    }

    private StoreParts parts() {
        StoreParts current = parts;
        if (current == null) {
            throw new IllegalStateException("the job store is not initialised: make a scheduler with it");
        }
        return current;
    }

    private final class Inherited implements QuartzSide {
        @Override
        public @Nullable Calendar calendar(Connection connection, String name) throws JobPersistenceException {
            return retrieveCalendar(connection, name);
        }

        @Override
        public @Nullable TriggerFiredBundle fire(Connection connection, OperableTrigger trigger)
                throws JobPersistenceException {
            return triggerFired(connection, trigger);
        }

        @Override
        public void complete(
                Connection connection,
                OperableTrigger trigger,
                JobDetail job,
                CompletedExecutionInstruction instruction)
                throws JobPersistenceException {
            triggeredJobComplete(connection, trigger, job, instruction);
        }

        @Override
        public void storeJob(Connection connection, JobDetail job) throws JobPersistenceException {
            PostgresJobStore.this.storeJob(connection, job, false);
        }

        @Override
        public TriggerState blockedState(Connection connection, JobKey job, TriggerState state)
                throws JobPersistenceException {
            return TriggerState.valueOf(checkBlockedState(connection, job, state.name()));
        }

        @Override
        public void removeTrigger(Connection connection, TriggerKey key) throws JobPersistenceException {
            PostgresJobStore.this.removeTrigger(connection, key);
        }

        @Override
        public void lock(Connection connection, String name) throws JobPersistenceException {
            getLockHandler().obtainLock(connection, name);
        }

        @Override
        public void unlocked(String name) {
            releaseLock(name, true);
        }

        @Override
        public @Nullable Long takeSignal() {
            return clearAndGetSignalSchedulingChangeOnTxCompletion();
        }

        @Override
        public long misfireTime() {
            return getMisfireTime();
        }
    }

    private interface Locking {
        void run() throws SQLException;
    }

    private static void lock(Connection connection, String what, Locking locking) throws JobPersistenceException {
        try {
            locking.run();
        } catch (SQLException e) {
            throw failed(what, e);
        }
    }

    private static JobPersistenceException failed(String what, SQLException cause) {
        return new JobPersistenceException("could not " + what + ": " + cause.getMessage(), cause);
    }
}
