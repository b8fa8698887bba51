package dev.bide.jobstore;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.quartz.Calendar;
import org.quartz.JobDetail;
import org.quartz.JobPersistenceException;
import org.quartz.Trigger.CompletedExecutionInstruction;
import org.quartz.spi.OperableTrigger;
import org.quartz.spi.TriggerFiredBundle;
import org.quartz.spi.TriggerFiredResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of triggers through this node: taken, fired, completed, or given back. Keeps what is in the node's hands; the database's fired-trigger entries of this
 * instance are the same set, but for the moments around a commit.
 */
final class TriggerFlow {
    private static final Logger LOG = LoggerFactory.getLogger(TriggerFlow.class);
    private static final long BACK_PRESSURE_MILLIS = 500;

    /** So much before the time Quartz's thread stops waiting. */
    private static final long QUARTZ_EARLY_MILLIS = 2;

    /** Clocks that are nearly alike are not translated, and a measurement has an error. */
    private static final long BRIDGED_MILLIS = 50;

    /** Quartz's own parts that this needs. */
    interface QuartzParts {
        @Nullable
        Calendar calendar(Connection connection, String name) throws JobPersistenceException;

        /** Fires a trigger whose job must not run concurrently, under the cluster's lock. Null where it may not fire now. */
        @Nullable
        TriggerFiredBundle fireExclusively(Taken taken) throws JobPersistenceException;
    }

    private final StoreSettings settings;
    private final Transactions transactions;
    private final Acquisition acquisition;
    private final Firing firing;
    private final Recovery recovery;
    private final Listeners listener;
    private final CompletionBuffer buffer;
    private final DueWatch watch;
    private final TriggerRows rows;
    private final QuartzParts quartz;
    private final Counters counters;
    private final Lease lease;
    private final EntryIds entryIds;
    private final NodeTime nodeTime;

    private final Map<String, Taken> inHand = new ConcurrentHashMap<>();
    private final Set<String> handedOut = ConcurrentHashMap.newKeySet();
    private final ConcurrentLinkedQueue<String> toRelease = new ConcurrentLinkedQueue<>();
    /** Held while a batch is on its way from the database to {@link #inHand}. */
    private final ReentrantLock taking = new ReentrantLock();

    private long lastTakeAt = System.nanoTime() - TimeUnit.MINUTES.toNanos(1);
    private boolean lastTakeWasFull;
    private volatile boolean releaseFails;

    TriggerFlow(
            StoreSettings settings,
            Transactions transactions,
            Acquisition acquisition,
            Firing firing,
            Recovery recovery,
            Listeners listener,
            CompletionBuffer buffer,
            DueWatch watch,
            TriggerRows rows,
            QuartzParts quartz,
            Counters counters,
            Lease lease,
            EntryIds entryIds) {
        this.settings = settings;
        this.transactions = transactions;
        this.acquisition = acquisition;
        this.firing = firing;
        this.recovery = recovery;
        this.listener = listener;
        this.buffer = buffer;
        this.watch = watch;
        this.rows = rows;
        this.quartz = quartz;
        this.counters = counters;
        this.lease = lease;
        this.entryIds = entryIds;
        this.nodeTime = new NodeTime(settings.clock);
    }

    /** Called by the scheduler thread. @param noLaterThan by the node's own clock, as Quartz has it */
    List<OperableTrigger> take(long noLaterThan, int maxCount, long timeWindow, long misfireTime) throws SQLException {
        long leaseNumber = lease.number();
        if (leaseNumber == Lease.NONE) {
            return List.of();
        }
        if (!awaitRoom()) {
            watch.idle();
            return List.of();
        }
        pace();
        watch.busy();
        releaseBeforeTaking();
        List<Taken> taken = List.of();
        taking.lock();
        try {
            lastTakeAt = System.nanoTime();
            List<Taken> batch = new ArrayList<>();
            try {
                taken = transactions.run(transaction ->
                        take(transaction, nodeTime.fromNode(noLaterThan), maxCount, timeWindow, misfireTime, batch));
            } catch (SQLException | RuntimeException | Error e) {
                // Where the commit's fate is not known the entries may be there; where it failed this releases nothing.
                batch.forEach(one -> toRelease.add(one.entryId));
                listener.released(executions(batch));
                throw e;
            }
            taken.forEach(one -> {
                one.takenUnder(leaseNumber);
                inHand.put(one.entryId, one);
            });
        } finally {
            taking.unlock();
        }
        counters.acquired.add(taken.size());
        counters.lastAcquired = taken.size();
        lastTakeWasFull = taken.size() >= maxCount;
        if (taken.isEmpty()) {
            watch.idle();
        }
        if (!lease.isHeld(leaseNumber)) {
            // It took too long: another node may have taken them over already.
            taken.forEach(one -> giveBack(one.entryId));
            return List.of();
        }
        List<OperableTrigger> triggers = new ArrayList<>(taken.size());
        taken.forEach(one -> triggers.add(one.trigger));
        letQuartzWaitFor(taken);
        return triggers;
    }

    /**
     * Quartz's thread waits until the first trigger's fire time has come by this node's own clock. So that trigger is handed out with its time as that clock will show it;
     * {@link #fire} puts the true one back. A clock that is behind would make all of the batch late, one that is ahead would make it early.
     */
    private void letQuartzWaitFor(List<Taken> taken) {
        if (!taken.isEmpty()) {
            Taken first = taken.get(0);
            long due = nodeTime.toNode(first.scheduledFireTime);
            if (due != first.scheduledFireTime) {
                first.trigger.setNextFireTime(new Date(due));
            }
        }
    }

    private List<Taken> take(
            Transactions.Transaction transaction,
            long noLaterThan,
            int maxCount,
            long timeWindow,
            long misfireTime,
            List<Taken> batch)
            throws SQLException {
        long now = settings.clock.millis();
        long first = Math.min(noLaterThan, now);
        if (settings.acquireAhead) {
            long next = acquisition.next(transaction.connection, misfireTime);
            if (next > noLaterThan + timeWindow) {
                return List.of();
            }
            first = Math.min(noLaterThan, Math.max(next, now));
        }
        batch.addAll(acquisition.take(transaction, now, first + timeWindow, misfireTime, maxCount));
        listener.fired(
                transaction.connection,
                executions(batch.stream().filter(taken -> taken.firedAlready).toList()));
        return batch;
    }

    private static List<Execution> executions(List<Taken> taken) {
        return taken.stream().map(Taken::execution).toList();
    }

    /** Many small batches cost more than few larger ones: under a steady load it waits a little, so that more have become due. */
    private void pace() {
        if (!lastTakeWasFull) {
            Pause.nanos(lastTakeAt + TimeUnit.MILLISECONDS.toNanos(settings.acquireInterval) - System.nanoTime());
        }
    }

    /** Takes no more while what is done can't be written. */
    private boolean awaitRoom() {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(BACK_PRESSURE_MILLIS);
        while (buffer.isFull()) {
            if (System.nanoTime() > deadline || !Pause.millis(5)) {
                return false;
            }
        }
        return true;
    }

    /** Called by the scheduler thread. A result in the place of each trigger. */
    List<TriggerFiredResult> fire(List<OperableTrigger> triggers) throws SQLException, JobPersistenceException {
        List<Taken> shared = new ArrayList<>();
        for (OperableTrigger trigger : triggers) {
            Taken taken = inHand.get(trigger.getFireInstanceId());
            if (taken != null && !(lease.isHeld(taken.lease()) && isReallyDue(taken))) {
                // All of them: Quartz gives back what is not fired.
                return triggers.stream()
                        .map(any -> new TriggerFiredResult((TriggerFiredBundle) null))
                        .toList();
            }
            if (taken != null && !taken.firedAlready && !taken.job().isConcurrentExecutionDisallowed()) {
                shared.add(taken);
            }
        }
        Map<String, TriggerFiredBundle> confirmed = shared.isEmpty() ? Map.of() : confirm(shared);
        List<TriggerFiredResult> results = new ArrayList<>(triggers.size());
        for (OperableTrigger trigger : triggers) {
            results.add(result(trigger, confirmed));
        }
        return results;
    }

    /**
     * Quartz fires what is due by this node's clock, and up to 2 ms before. What is not due by the store's by then waits for it a moment; where this node's clock was set
     * forward since the trigger was taken, it goes back. (What is not due by either was asked for by somebody who knows.)
     */
    private boolean isReallyDue(Taken taken) {
        long wished = taken.trigger.getNextFireTime().getTime();
        taken.trigger.setNextFireTime(new Date(taken.scheduledFireTime));
        if (taken.firedAlready || System.currentTimeMillis() < wished - QUARTZ_EARLY_MILLIS) {
            return true;
        }
        long early = taken.scheduledFireTime - settings.clock.millis();
        return early <= 0 || (early <= BRIDGED_MILLIS && Pause.millis(early));
    }

    private TriggerFiredResult result(OperableTrigger trigger, Map<String, TriggerFiredBundle> confirmed) {
        Taken taken = inHand.get(trigger.getFireInstanceId());
        TriggerFiredBundle bundle = null;
        if (taken != null) {
            if (taken.firedAlready) {
                Date previous = trigger.getPreviousFireTime();
                trigger.triggered(null);
                bundle = bundle(taken, null, previous);
            } else if (taken.job().isConcurrentExecutionDisallowed()) {
                try {
                    bundle = quartz.fireExclusively(taken);
                } catch (JobPersistenceException | RuntimeException e) {
                    return new TriggerFiredResult(e instanceof RuntimeException ? e : new IllegalStateException(e));
                }
            } else {
                bundle = confirmed.get(taken.entryId);
            }
            if (bundle == null) {
                inHand.remove(taken.entryId);
            } else {
                handedOut.add(taken.entryId);
                counters.fired.increment();
            }
        }
        return new TriggerFiredResult(bundle);
    }

    private Map<String, TriggerFiredBundle> confirm(List<Taken> shared) throws SQLException, JobPersistenceException {
        Map<String, Calendar> calendars = calendars(shared);
        List<Firing.Candidate> candidates = new ArrayList<>();
        List<Taken> dropped = new ArrayList<>();
        for (Taken taken : shared) {
            Firing.Candidate candidate = Firing.Candidate.of(taken, calendars);
            if (candidate == null) {
                dropped.add(taken);
            } else {
                candidates.add(candidate);
            }
        }
        // A calendar that is gone: Quartz gives the trigger back, and does not fire it.
        dropped.forEach(taken -> toRelease.add(taken.entryId));
        // Should this fail, Quartz gives all of them back.
        Set<String> entries = transactions.run(transaction -> {
            Set<String> standing = firing.confirm(transaction, candidates, settings.clock.millis());
            listener.fired(
                    transaction.connection,
                    executions(candidates.stream()
                            .map(Firing.Candidate::taken)
                            .filter(taken -> standing.contains(taken.entryId))
                            .toList()));
            return standing;
        });
        Map<String, TriggerFiredBundle> bundles = new HashMap<>();
        for (Firing.Candidate candidate : candidates) {
            Taken taken = candidate.taken();
            if (entries.contains(taken.entryId)) {
                bundles.put(taken.entryId, bundle(taken, candidate.calendar(), candidate.previousFireTime()));
            }
        }
        return bundles;
    }

    private Map<String, Calendar> calendars(List<Taken> shared) throws SQLException, JobPersistenceException {
        Map<String, Calendar> calendars = new HashMap<>();
        List<String> names = shared.stream()
                .map(taken -> taken.trigger.getCalendarName())
                .filter(name -> name != null)
                .distinct()
                .toList();
        if (names.isEmpty()) {
            return calendars;
        }
        try {
            return transactions.run(transaction -> {
                for (String name : names) {
                    try {
                        Calendar calendar = quartz.calendar(transaction.connection, name);
                        if (calendar != null) {
                            calendars.put(name, calendar);
                        }
                    } catch (JobPersistenceException e) {
                        throw new SQLException("calendar " + name + " can't be read", e);
                    }
                }
                return calendars;
            });
        } catch (SQLException e) {
            if (e.getCause() instanceof JobPersistenceException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private TriggerFiredBundle bundle(Taken taken, @Nullable Calendar calendar, @Nullable Date previous) {
        OperableTrigger trigger = taken.trigger;
        return new TriggerFiredBundle(
                taken.job(),
                trigger,
                calendar,
                taken.recovering,
                Date.from(settings.clock.instant()),
                trigger.getPreviousFireTime(),
                previous,
                trigger.getNextFireTime());
    }

    /** It will not be run. Its rows are put back with those of others, before more is taken. */
    void release(OperableTrigger trigger) {
        giveBack(trigger.getFireInstanceId());
    }

    private void giveBack(String entry) {
        Taken taken = inHand.remove(entry);
        if (taken != null) {
            handedOut.remove(entry);
            toRelease.add(entry);
            listener.released(List.of(taken.execution()));
        }
    }

    /** Writes what is given back; where that fails for one of them, the others. What can't be written now is kept for the next time. */
    void releasePending() throws SQLException {
        releasePending(true);
    }

    private void releasePending(boolean oneByOne) throws SQLException {
        List<String> entries = new ArrayList<>();
        for (String entry = toRelease.poll(); entry != null; entry = toRelease.poll()) {
            entries.add(entry);
        }
        if (entries.isEmpty()) {
            return;
        }
        try {
            toRelease.addAll(release(entries));
            releaseFails = false;
        } catch (SQLException | RuntimeException e) {
            releaseFails = true;
            if (!oneByOne || entries.size() == 1 || !SqlFaults.isOfOneItem(e)) {
                toRelease.addAll(entries);
                throw e;
            }
            releaseOneByOne(entries);
        }
    }

    private void releaseOneByOne(List<String> entries) {
        for (String entry : entries) {
            try {
                toRelease.addAll(release(List.of(entry)));
            } catch (SQLException | RuntimeException e) {
                LOG.warn("entry {} can't be given back, trying again: {}", entry, e.toString());
                toRelease.add(entry);
            }
        }
    }

    /** What is given back late is late; what holds up taking makes everything late. Once it fails it is left to the thread that has the time. */
    private void releaseBeforeTaking() {
        if (releaseFails) {
            return;
        }
        try {
            releasePending(false);
        } catch (SQLException | RuntimeException e) {
            LOG.warn("triggers could not be given back, trying again: {}", e.toString());
        }
    }

    /** Returns what somebody else has locked. */
    private List<String> release(Collection<String> entries) throws SQLException {
        List<String> locked = transactions.run(transaction -> recovery.release(transaction.connection, entries));
        acquisition.lookFrom(0);
        return locked;
    }

    /** Whether the job of this execution may still begin. Any thread. */
    boolean mayBegin(String entry) {
        Taken taken = inHand.get(entry);
        return taken != null && lease.isHeld(taken.lease());
    }

    /** The number of the oldest batch of which something is in this node's hands; Long.MAX_VALUE for none. */
    long oldestInHand() {
        return inHand.keySet().stream().mapToLong(entryIds::number).min().orElse(Long.MAX_VALUE);
    }

    /**
     * Called by job threads. Never waits for the database. It does not ask for the lease: what has happened is true whoever this node is by now, and writing it keeps another
     * from doing it again. What was taken over has no entry any more, and is not written.
     */
    void complete(OperableTrigger trigger, JobDetail job, CompletedExecutionInstruction instruction) {
        Taken taken = inHand.get(trigger.getFireInstanceId());
        Execution execution;
        if (taken != null) {
            execution = taken.execution();
        } else {
            Date scheduled = trigger.getPreviousFireTime() == null ? new Date() : trigger.getPreviousFireTime();
            execution = new Execution(
                    trigger.getFireInstanceId(),
                    trigger.getKey(),
                    trigger.getJobKey(),
                    Instant.ofEpochMilli(scheduled.getTime()),
                    false);
        }
        buffer.add(new Completion(
                execution,
                trigger,
                taken == null ? rows.type(trigger) : taken.type,
                taken != null && taken.firedAlready,
                job,
                instruction));
    }

    /** After its completion is written, or found to be another node's. */
    void forget(Completion completion) {
        inHand.remove(completion.entryId());
        handedOut.remove(completion.entryId());
    }

    /** Entries of this instance that are not in its hands: their commit was thought to have failed. */
    void releaseStrays(Collection<String> entriesInDatabase) {
        if (!taking.tryLock()) {
            return;
        }
        try {
            for (String entry : entriesInDatabase) {
                if (!inHand.containsKey(entry) && !toRelease.contains(entry)) {
                    LOG.warn("fired-trigger entry {} is not in this node's hands and is released", entry);
                    toRelease.add(entry);
                }
            }
        } finally {
            taking.unlock();
        }
    }

    int inHand() {
        return inHand.size();
    }

    int buffered() {
        return buffer.size();
    }

    /** Writes what has ended, gives back what was not run. True where nothing is left in this node's hands. */
    boolean close() {
        watch.close();
        buffer.close(settings.shutdownPatience);
        for (String entry : inHand.keySet()) {
            if (!handedOut.contains(entry)) {
                giveBack(entry);
            }
        }
        try {
            releasePending();
        } catch (SQLException | RuntimeException e) {
            LOG.warn(
                    "triggers could not be given back at the shutdown; another node will take them over: {}",
                    e.toString());
            return false;
        }
        return inHand.isEmpty() && toRelease.isEmpty();
    }
}
