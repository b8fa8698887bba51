package dev.bide.jobstore.internal.fire;

import dev.bide.jobstore.DatabaseFault;
import dev.bide.jobstore.Execution;
import dev.bide.jobstore.internal.complete.CompletionBuffer;
import dev.bide.jobstore.internal.sql.Pause;
import dev.bide.jobstore.internal.sql.Transactions;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.quartz.spi.OperableTrigger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes what is due into this node's hands: as much as there is room for, no more often than it pays, and with fewer at a time while the listener fails. */
public final class Take {
    private static final Logger LOG = LoggerFactory.getLogger(Take.class);
    private static final long BACK_PRESSURE_MILLIS = 500;
    private static final int WITHOUT_LIMIT = 1 << 20;

    private final Ground ground;
    private final StoreSettings settings;
    private final Acquisition acquisition;
    private final DueWatch watch;
    private final InHand inHand;
    private final GiveBack giveBack;
    private final CompletionBuffer buffer;
    private final NodeTime nodeTime;
    private final LongSupplier nanoTime;
    private final Suspects suspects = new Suspects();

    private long lastTakeAt;
    private boolean lastTakeWasFull;
    /** Fewer after the listener failed for a batch, then twice as many with each take. */
    private int mostTogether = WITHOUT_LIMIT;

    /** By the monotonic clock; only where it {@link #looks}. */
    private volatile long lastTaken;

    private volatile boolean looks;

    public Take(
            Ground ground,
            Acquisition acquisition,
            DueWatch watch,
            InHand inHand,
            GiveBack giveBack,
            CompletionBuffer buffer) {
        this.ground = ground;
        this.settings = ground.settings();
        this.acquisition = acquisition;
        this.watch = watch;
        this.inHand = inHand;
        this.giveBack = giveBack;
        this.buffer = buffer;
        this.nodeTime = new NodeTime(settings.clock);
        this.nanoTime = settings.nanoTime;
        this.lastTakeAt = nanoTime.getAsLong() - TimeUnit.MINUTES.toNanos(1);
    }

    /** A trigger of this fire time was stored. Any thread. */
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
    List<OperableTrigger> take(long noLaterThan, int maxCount, long timeWindow, long misfireTime) throws SQLException {
        long lease = inHand.lease();
        if (lease == Lease.NONE) {
            return List.of();
        }
        int limit = awaitRoom(maxCount);
        if (limit <= 0) {
            watch.idle();
            return List.of();
        }
        pace();
        watch.busy();
        giveBack.writeBeforeTaking();
        settings.lanes.beforeTaking();
        List<Taken> taken;
        inHand.arriving.lock();
        try {
            taken = take(new Wanted(nodeTime.fromNode(noLaterThan), timeWindow, misfireTime), limit);
            inHand.add(taken, lease);
            lastTaken = nanoTime.getAsLong();
        } finally {
            inHand.arriving.unlock();
        }
        ground.counters().acquired.add(taken.size());
        ground.counters().lastAcquired = taken.size();
        if (taken.isEmpty()) {
            watch.idle();
        }
        if (!inHand.isHeld(lease)) {
            // It took too long: another node may have taken them over already.
            taken.forEach(one -> giveBack.put(one.entryId));
            return List.of();
        }
        List<OperableTrigger> triggers = new ArrayList<>(taken.size());
        taken.forEach(one -> triggers.add(one.trigger));
        letQuartzWaitFor(taken);
        return triggers;
    }

    /**
     * Quartz's thread waits until the first trigger's fire time has come by this node's own clock. So that trigger is handed out with its time as that clock will show it;
     * {@link Fire} puts the true one back. A clock that is behind would make all of the batch late, one that is ahead would make it early.
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

    /** By the store's clock, ms since the epoch, but for the window's length. */
    private record Wanted(long noLaterThan, long timeWindow, long misfireTime) {}

    private static final class Attempt {
        final int limit;
        final List<Taken> batch = new ArrayList<>();
        boolean listening;

        Attempt(int limit) {
            this.limit = limit;
        }
    }

    private List<Taken> take(Wanted wanted, int limit) throws SQLException {
        lastTakeAt = nanoTime.getAsLong();
        Attempt attempt = new Attempt(Math.min(limit, mostTogether));
        while (!tryTake(attempt, wanted)) {
            attempt = new Attempt(mostTogether);
        }
        mostTogether = mostTogether < WITHOUT_LIMIT ? 2 * mostTogether : WITHOUT_LIMIT;
        return attempt.batch;
    }

    /** False where the listener failed, and it is to be tried again with fewer: one that it can't load must not keep the others from being fired. */
    private boolean tryTake(Attempt attempt, Wanted wanted) throws SQLException {
        try {
            lastTakeWasFull = ground.transactions().run(transaction -> take(transaction, wanted, attempt));
            acquisition.committed();
            return true;
        } catch (SQLException | RuntimeException | Error e) {
            // Where the commit's fate is not known the entries may be there; where it failed this releases nothing.
            giveBack.putNotInHand(attempt.batch);
            acquisition.failed();
            ground.listener().released(executions(attempt.batch));
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
    private boolean take(Transactions.Transaction transaction, Wanted wanted, Attempt attempt) throws SQLException {
        long now = settings.clock.millis();
        long first = Math.min(wanted.noLaterThan(), now);
        if (settings.acquireAhead) {
            long last = wanted.noLaterThan() + wanted.timeWindow();
            long next = acquisition.nextToTake(transaction.connection, last, wanted.misfireTime());
            if (next > last) {
                return false;
            }
            first = Math.min(wanted.noLaterThan(), Math.max(next, now));
        }
        Acquisition.Batch taken =
                acquisition.take(transaction, now, first + wanted.timeWindow(), wanted.misfireTime(), attempt.limit);
        for (Taken one : taken.triggers()) {
            if (suspects.isGuilty(one.key())) {
                acquisition.setAside(transaction.connection, one);
                suspects.forget(one.key());
            } else {
                attempt.batch.add(one);
            }
        }
        attempt.listening = true;
        ground.listener()
                .fired(
                        transaction.connection,
                        executions(attempt.batch.stream()
                                .filter(one -> one.firedAlready)
                                .toList()));
        attempt.listening = false;
        return taken.isFull();
    }

    private static List<Execution> executions(List<Taken> taken) {
        return taken.stream().map(one -> one.execution).toList();
    }

    /** Many small batches cost more than few larger ones: under a steady load it waits a little, so that more have become due. */
    private void pace() {
        if (!lastTakeWasFull) {
            Pause.nanos(lastTakeAt + TimeUnit.MILLISECONDS.toNanos(settings.acquireInterval) - nanoTime.getAsLong());
        }
    }

    /** How many may be taken: none while what is done can't be written, or the listener has no room for more. */
    private int awaitRoom(int wanted) {
        long deadline = nanoTime.getAsLong() + TimeUnit.MILLISECONDS.toNanos(BACK_PRESSURE_MILLIS);
        while (true) {
            int room = buffer.isFull() ? 0 : ground.listener().takeLimit(wanted);
            if (room > 0) {
                return room;
            }
            if (nanoTime.getAsLong() - deadline > 0 || !Pause.millis(5)) {
                return 0;
            }
        }
    }

    /** The scheduler thread looks for due triggers from now on, or does not. */
    void looks(boolean looking) {
        lastTaken = nanoTime.getAsLong();
        looks = looking;
    }

    /** Since due triggers were last looked for, and the database answered; 0 where nobody looks. */
    long ageMillis() {
        return looks ? TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong() - lastTaken) : 0;
    }

    void close() {
        looks(false);
        watch.close();
    }
}
