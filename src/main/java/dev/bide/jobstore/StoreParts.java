package dev.bide.jobstore;

import dev.bide.jobstore.internal.cluster.CheckIn;
import dev.bide.jobstore.internal.cluster.Heartbeats;
import dev.bide.jobstore.internal.cluster.Leftovers;
import dev.bide.jobstore.internal.cluster.Presence;
import dev.bide.jobstore.internal.cluster.Takeover;
import dev.bide.jobstore.internal.cluster.TakeoverRound;
import dev.bide.jobstore.internal.complete.CompletionBuffer;
import dev.bide.jobstore.internal.complete.CompletionStatement;
import dev.bide.jobstore.internal.complete.Completions;
import dev.bide.jobstore.internal.fire.Acquisition;
import dev.bide.jobstore.internal.fire.ClusterLock;
import dev.bide.jobstore.internal.fire.ConfirmStatement;
import dev.bide.jobstore.internal.fire.Confirmations;
import dev.bide.jobstore.internal.fire.DueWatch;
import dev.bide.jobstore.internal.fire.EntryIds;
import dev.bide.jobstore.internal.fire.ExclusiveWay;
import dev.bide.jobstore.internal.fire.Fire;
import dev.bide.jobstore.internal.fire.GiveBack;
import dev.bide.jobstore.internal.fire.Ground;
import dev.bide.jobstore.internal.fire.InHand;
import dev.bide.jobstore.internal.fire.Jobs;
import dev.bide.jobstore.internal.fire.Lease;
import dev.bide.jobstore.internal.fire.NodeTime;
import dev.bide.jobstore.internal.fire.StoreSettings;
import dev.bide.jobstore.internal.fire.Take;
import dev.bide.jobstore.internal.fire.TakenTriggers;
import dev.bide.jobstore.internal.fire.TriggerFlow;
import dev.bide.jobstore.internal.recover.Misfires;
import dev.bide.jobstore.internal.recover.Recovery;
import dev.bide.jobstore.internal.sql.Counters;
import dev.bide.jobstore.internal.sql.KeptConnection;
import dev.bide.jobstore.internal.sql.Tables;
import dev.bide.jobstore.internal.sql.TransactionLimits;
import dev.bide.jobstore.internal.sql.Transactions;
import dev.bide.jobstore.internal.write.BulkStore;
import dev.bide.jobstore.internal.write.QuartzSide;
import dev.bide.jobstore.internal.write.RowLocks;
import dev.bide.jobstore.internal.write.TriggerInsert;
import dev.bide.jobstore.internal.write.TriggerRows;
import dev.bide.jobstore.internal.write.TriggerWrites;
import java.time.InstantSource;
import java.util.List;
import org.quartz.SchedulerException;
import org.quartz.spi.SchedulerSignaler;

/** The parts of an initialised store, put together; and what a thread of it has stored and not yet committed. */
final class StoreParts {
    final SchedulerSignaler signaler;
    final TriggerRows rows;
    final Jobs jobs;
    final TriggerWrites writes;
    final RowLocks rowLocks;
    final BulkStore bulk;
    final Misfires misfires;
    final TriggerFlow flow;
    final Lease lease;
    final TransactionLimits limits;
    final LaneFigures laneFigures;

    private final StoreSettings settings;
    private final DueWatch watch;
    private final CompletionBuffer buffer;
    private final ThreadLocal<Long> uncommitted = new ThreadLocal<>();
    private final NodeTime nodeTime;
    private final Presence presence;
    private final Takeover takeover;

    StoreParts(Ground ground, Transactions.Connections connections, QuartzSide quartz, SchedulerSignaler signaler) {
        this.signaler = signaler;
        rows = ground.rows();
        Tables tables = ground.tables();
        Transactions transactions = ground.transactions();
        Counters counters = ground.counters();
        settings = ground.settings();
        InstantSource clock = settings.clock;
        long interval = settings.beat.intervalMillis();
        nodeTime = new NodeTime(clock);
        lease = new Lease(settings.nanoTime, System::currentTimeMillis, interval, settings.failoverMargin);
        limits = settings.limits();
        laneFigures = new LaneFigures(tables);
        jobs = new Jobs(tables, rows);
        TriggerInsert insert = new TriggerInsert(tables, rows);
        writes = new TriggerWrites(tables, rows, insert);
        rowLocks = new RowLocks(tables, rows, writes, insert);
        bulk = new BulkStore(rows, insert, quartz);
        Recovery recovery = new Recovery(tables, transactions, rows, quartz, counters, clock);
        misfires = new Misfires(tables, transactions, counters);
        EntryIds entryIds = new EntryIds(tables.instance(), clock);
        Acquisition acquisition = new Acquisition(
                tables,
                entryIds,
                jobs,
                new TakenTriggers(tables, rows, insert, jobs, counters),
                counters,
                settings.lanes);
        ConfirmStatement confirmStatement = new ConfirmStatement(tables, rows, counters);
        ClusterLock lock = new ClusterLock(transactions, quartz, this::signal, this::committed);
        ExclusiveWay exclusive = new ExclusiveWay(tables, lock, quartz, ground.listener(), rowLocks, confirmStatement);
        Completions completions = new Completions(
                transactions, new CompletionStatement(tables, counters), ground.listener(), exclusive, counters);
        InHand inHand = new InHand(entryIds, lease);
        buffer = new CompletionBuffer(settings.buffer(), completions::write, inHand::forget);
        watch = new DueWatch(
                settings.watchInterval,
                () -> transactions.run(transaction -> acquisition.next(
                        transaction.connection, clock.millis() + 2 * settings.watchInterval, quartz.misfireTime())),
                due -> signaler.signalSchedulingChange(nodeTime.toNode(due)),
                clock,
                settings.nanoTime);
        GiveBack giveBack = new GiveBack(ground, inHand, recovery, acquisition);
        Take take = new Take(ground, acquisition, watch, inHand, giveBack, buffer);
        Confirmations confirmations = new Confirmations(ground, confirmStatement, quartz);
        Fire fire = new Fire(ground, confirmations, exclusive, inHand, giveBack, take::lookFrom);
        flow = new TriggerFlow(ground, take, fire, giveBack, inHand, buffer);
        Leftovers leftovers = new Leftovers(tables, transactions, entryIds, clock, settings.nanoTime);
        takeover = new Takeover(
                new TakeoverRound(tables.instance(), recovery, leftovers, entryIds, flow, () -> signal(0)), lease);
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
                settings.beat,
                takeover::tell);
    }

    List<String> members() {
        return presence.members();
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
}
