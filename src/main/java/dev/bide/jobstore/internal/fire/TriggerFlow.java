package dev.bide.jobstore.internal.fire;

import dev.bide.jobstore.DatabaseFault;
import dev.bide.jobstore.Execution;
import dev.bide.jobstore.internal.complete.Completion;
import dev.bide.jobstore.internal.complete.CompletionBuffer;
import dev.bide.jobstore.internal.complete.Listeners;
import dev.bide.jobstore.internal.recover.Recovery;
import dev.bide.jobstore.internal.sql.Counters;
import dev.bide.jobstore.internal.sql.Pause;
import dev.bide.jobstore.internal.sql.Transactions;
import dev.bide.jobstore.internal.write.TriggerRows;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
public final class TriggerFlow {
    private static final Logger LOG = LoggerFactory.getLogger(TriggerFlow.class);
    private static final long BACK_PRESSURE_MILLIS = 500;
    private static final int WITHOUT_LIMIT = 1 << 20;

    /** So much before the time Quartz's thread stops waiting. */
    private static final long QUARTZ_EARLY_MILLIS = 2;

    /** Clocks that are nearly alike are not translated, and a measurement has an error. */
    private static final long BRIDGED_MILLIS = 50;

    /** Quartz's own parts that this needs. */
    public interface QuartzParts {
        @Nullable
        Calendar calendar(Connection connection, String name) throws JobPersistenceException;

        /** Fires a trigger whose job must not run concurrently, under the cluster's lock. Null where it may not fire now. */
        @Nullable
        TriggerFiredBundle fireExclusively(Taken taken) throws JobPersistenceException;
    }

    private final StoreSettings settings;
    private final Transactions transactions;
    private final Acquisition acquisition;
    private final Confirmations confirmations;
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
    /** Fewer after the listener failed for a batch, then twice as many with each take. */
    private int mostTogether = WITHOUT_LIMIT;

    private final Suspects suspects = new Suspects();
    /** By the monotonic clock; only where it {@link #takes}. */
    private volatile long lastTaken;

    private volatile boolean takes;

    public TriggerFlow(
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
        this.confirmations =
                new Confirmations(transactions, firing, listener, quartz::calendar, counters, settings.clock);
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

    /** A trigger of this fire time was stored. */
    public void lookFrom(long fireTime) {
        acquisition.lookFrom(fireTime);
        watch.tell(fireTime);
    }

    /** One of this lane. */
    public void lookFrom(long fireTime, int lane) {
        acquisition.lookFrom(fireTime, lane);
        watch.tell(fireTime);
    }

    /** Called by the scheduler thread. @param noLaterThan by the node's own clock, as Quartz has it */
    public List<OperableTrigger> take(long noLaterThan, int maxCount, long timeWindow, long misfireTime)
            throws SQLException {
        long leaseNumber = lease.number();
        if (leaseNumber == Lease.NONE) {
            return List.of();
        }
        int limit = awaitRoom(maxCount);
        if (limit <= 0) {
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
            Attempt attempt = new Attempt(Math.min(limit, mostTogether));
            while (!tryTake(attempt, nodeTime.fromNode(noLaterThan), timeWindow, misfireTime)) {
                attempt = new Attempt(mostTogether);
            }
            mostTogether = mostTogether < WITHOUT_LIMIT ? 2 * mostTogether : WITHOUT_LIMIT;
            taken = attempt.batch;
            taken.forEach(one -> {
                one.takenUnder(leaseNumber);
                inHand.put(one.entryId, one);
            });
            lastTaken = System.nanoTime();
        } finally {
            taking.unlock();
        }
        counters.acquired.add(taken.size());
        counters.lastAcquired = taken.size();
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

    private static final class Attempt {
        final int limit;
        final List<Taken> batch = new ArrayList<>();
        boolean listening;

        Attempt(int limit) {
            this.limit = limit;
        }
    }

    /** False where the listener failed, and it is to be tried again with fewer: one that it can't load must not keep the others from being fired. */
    private boolean tryTake(Attempt attempt, long noLaterThan, long timeWindow, long misfireTime) throws SQLException {
        try {
            lastTakeWasFull =
                    transactions.run(transaction -> take(transaction, noLaterThan, timeWindow, misfireTime, attempt));
            acquisition.committed();
            return true;
        } catch (SQLException | RuntimeException | Error e) {
            // Where the commit's fate is not known the entries may be there; where it failed this releases nothing.
            attempt.batch.forEach(one -> toRelease.add(one.entryId));
            acquisition.failed();
            listener.released(executions(attempt.batch));
            DatabaseFault fault = DatabaseFault.of(e);
            if (!attempt.listening || fault.isAway()) {
                throw e;
            }
            mostTogether = Math.max(1, attempt.batch.size() / 2);
            if (attempt.batch.size() > 1) {
                LOG.warn(
                        "the listener failed for {} triggers, trying again with fewer: {}",
                        attempt.batch.size(),
                        e.toString());
                return false;
            }
            if (fault.isOfTheData()) {
                suspects.failedAlone(attempt.batch.get(0).key());
            }
            throw e;
        }
    }

    /** Whether more may be due. */
    private boolean take(
            Transactions.Transaction transaction, long noLaterThan, long timeWindow, long misfireTime, Attempt attempt)
            throws SQLException {
        long now = settings.clock.millis();
        long first = Math.min(noLaterThan, now);
        if (settings.acquireAhead) {
            long next = acquisition.nextToTake(transaction.connection, noLaterThan + timeWindow, misfireTime);
            if (next > noLaterThan + timeWindow) {
                return false;
            }
            first = Math.min(noLaterThan, Math.max(next, now));
        }
        Acquisition.Batch taken = acquisition.take(transaction, now, first + timeWindow, misfireTime, attempt.limit);
        for (Taken one : taken.triggers()) {
            if (suspects.isGuilty(one.key())) {
                acquisition.setAside(transaction.connection, one);
                suspects.forget(one.key());
            } else {
                attempt.batch.add(one);
            }
        }
        attempt.listening = true;
        listener.fired(
                transaction.connection,
                executions(
                        attempt.batch.stream().filter(one -> one.firedAlready).toList()));
        attempt.listening = false;
        return taken.isFull();
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

    /** How many may be taken: none while what is done can't be written, or the listener has no room for more. */
    private int awaitRoom(int wanted) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(BACK_PRESSURE_MILLIS);
        while (true) {
            int room = buffer.isFull() ? 0 : listener.takeLimit(wanted);
            if (room > 0) {
                return room;
            }
            if (System.nanoTime() > deadline || !Pause.millis(5)) {
                return 0;
            }
        }
    }

    /** Called by the scheduler thread. A result in the place of each trigger. */
    public List<TriggerFiredResult> fire(List<OperableTrigger> triggers) throws SQLException, JobPersistenceException {
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
        Confirmations.Result confirmed = shared.isEmpty() ? new Confirmations.Result() : confirm(shared);
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

    private TriggerFiredResult result(OperableTrigger trigger, Confirmations.Result confirmed) {
        Taken taken = inHand.get(trigger.getFireInstanceId());
        TriggerFiredBundle bundle = null;
        if (taken != null) {
            if (taken.firedAlready) {
                Date previous = trigger.getPreviousFireTime();
                trigger.triggered(null);
                bundle = confirmations.bundle(taken, null, previous);
            } else if (taken.job().isConcurrentExecutionDisallowed()) {
                try {
                    bundle = quartz.fireExclusively(taken);
                } catch (JobPersistenceException | RuntimeException e) {
                    return new TriggerFiredResult(e instanceof RuntimeException ? e : new IllegalStateException(e));
                }
            } else {
                RuntimeException failure = confirmed.failures().get(taken.entryId);
                if (failure != null) {
                    return new TriggerFiredResult(failure);
                }
                bundle = confirmed.bundles().get(taken.entryId);
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

    private Confirmations.Result confirm(List<Taken> shared) throws SQLException {
        Confirmations.Result result = confirmations.confirm(shared);
        result.released().forEach(taken -> toRelease.add(taken.entryId));
        // One that is late repeats in the past, where nobody looks any more.
        result.bundles().values().stream()
                .map(TriggerFiredBundle::getNextFireTime)
                .filter(Objects::nonNull)
                .mapToLong(Date::getTime)
                .min()
                .ifPresent(this::lookFrom);
        return result;
    }

    /** It will not be run. Its rows are put back with those of others, before more is taken. */
    public void release(OperableTrigger trigger) {
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
    public void releasePending() throws SQLException {
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
            if (!oneByOne || entries.size() == 1 || !DatabaseFault.of(e).isOfOneItem()) {
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
        try {
            Recovery.Released released =
                    transactions.run(transaction -> recovery.release(transaction.connection, entries));
            if (released.earliest() < Long.MAX_VALUE) {
                acquisition.lookFrom(released.earliest());
            }
            return released.locked();
        } catch (Transactions.InDoubtException e) {
            acquisition.lookFrom(0);
            throw e;
        }
    }

    /** Whether the job of this execution may still begin. Any thread. */
    public boolean mayBegin(String entry) {
        Taken taken = inHand.get(entry);
        return taken != null && lease.isHeld(taken.lease());
    }

    /** The number of the oldest batch of which something is in this node's hands; Long.MAX_VALUE for none. */
    public long oldestInHand() {
        return inHand.keySet().stream().mapToLong(entryIds::number).min().orElse(Long.MAX_VALUE);
    }

    /**
     * Called by job threads. Never waits for the database. It does not ask for the lease: what has happened is true whoever this node is by now, and writing it keeps another
     * from doing it again. What was taken over has no entry any more, and is not written.
     */
    public void complete(OperableTrigger trigger, JobDetail job, CompletedExecutionInstruction instruction) {
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
        buffer.add(
                new Completion(
                        execution,
                        trigger,
                        taken == null ? rows.type(trigger) : taken.type,
                        taken != null && taken.firedAlready,
                        job,
                        instruction),
                listener.weight(execution));
    }

    /** After its completion is written, or found to be another node's. */
    public void forget(Completion completion) {
        inHand.remove(completion.entryId());
        handedOut.remove(completion.entryId());
    }

    /** Entries of this instance that are not in its hands: their commit was thought to have failed. */
    public void releaseStrays(Collection<String> entriesInDatabase) {
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

    /** The scheduler thread looks for due triggers from now on, or does not. */
    public void takes(boolean looks) {
        lastTaken = System.nanoTime();
        takes = looks;
    }

    /** Since due triggers were last looked for, and the database answered; 0 where nobody looks. */
    public long takeAgeMillis() {
        return takes ? TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - lastTaken) : 0;
    }

    public long oldestCompletionMillis() {
        return buffer.oldestMillis();
    }

    public int inHand() {
        return inHand.size();
    }

    public int buffered() {
        return buffer.size();
    }

    /** Writes what has ended, gives back what was not run. True where nothing is left in this node's hands. */
    public boolean close() {
        takes(false);
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
