package dev.bide.engine;

import static org.quartz.JobBuilder.newJob;

import dev.bide.delivery.Delivery;
import dev.bide.delivery.destination.HeldLanes;
import dev.bide.engine.accept.BatchWriter;
import dev.bide.engine.accept.NewRuns;
import dev.bide.engine.accept.NewTimers;
import dev.bide.engine.change.OperationRunner;
import dev.bide.engine.change.Redrive;
import dev.bide.engine.change.RunChanges;
import dev.bide.engine.change.RunRedrive;
import dev.bide.engine.change.TimerBatches;
import dev.bide.engine.change.TimerChanges;
import dev.bide.engine.change.VersionMove;
import dev.bide.engine.change.Walks;
import dev.bide.engine.deliver.Actions;
import dev.bide.engine.deliver.DeliverJob;
import dev.bide.engine.deliver.InFlight;
import dev.bide.engine.deliver.LargeCalls;
import dev.bide.engine.deliver.RoomInHand;
import dev.bide.engine.deliver.Settler;
import dev.bide.engine.figures.ClusterCounts;
import dev.bide.engine.figures.ClusterFigures;
import dev.bide.engine.figures.DestinationReading;
import dev.bide.engine.figures.DestinationWatch;
import dev.bide.engine.figures.DestinationWriter;
import dev.bide.engine.figures.DueDensity;
import dev.bide.engine.figures.FigureUpkeep;
import dev.bide.engine.figures.NodeFigures;
import dev.bide.engine.figures.NodeTally;
import dev.bide.engine.list.RunLists;
import dev.bide.engine.list.TimerLists;
import dev.bide.engine.notices.KnownChannels;
import dev.bide.engine.notices.MailJob;
import dev.bide.engine.notices.NoticeSettings;
import dev.bide.engine.notices.Notices;
import dev.bide.engine.notices.Telling;
import dev.bide.engine.quartz.DestinationLanes;
import dev.bide.engine.quartz.FiringTimers;
import dev.bide.engine.quartz.QuartzNode;
import dev.bide.engine.quartz.TimerTriggers;
import dev.bide.engine.trial.ActionTrials;
import dev.bide.engine.trial.Simulator;
import dev.bide.engine.upkeep.ControlPlane;
import dev.bide.engine.upkeep.Retention;
import dev.bide.engine.upkeep.Upkeep;
import dev.bide.jobstore.DatabaseFault;
import dev.bide.jobstore.PostgresJobStore;
import dev.bide.jobstore.Statistics;
import dev.bide.trace.Traces;
import dev.bide.workflow.Ids;
import dev.bide.workflow.Timer;
import dev.bide.workflow.figures.FigureStore;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.Session;
import dev.bide.workflow.store.WorkflowVersions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.quartz.JobDetail;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All of the engine on one node, as {@link EngineConfiguration} builds it. Thread-safe. */
public final class Engine implements AutoCloseable {
    /** Under this name Quartz keeps the timers' triggers. */
    public static final String SCHEDULER = "bide";

    /** Least time between two looks for due timers, ms: at most so much is added to a timer's lateness, and a look costs the same however few it finds. */
    private static final long ACQUIRE_INTERVAL_MILLIS = 40;

    /**
     * How long an outcome waits for others to be settled with, ms. A settlement is a transaction, however few it holds; a crash in this
     * time calls again, as one during the call itself does.
     */
    private static final long SETTLE_LINGER_MILLIS = 25;

    /**
     * How long a stop goes on trying to write outcomes once no call is under way any more. Little: it comes after the graces of the server (20 s)
     * and of the calls (25 s), and the machine grants a minute for all; where the database is away for longer, another node repeats the calls.
     */
    private static final Duration SETTLE_PATIENCE = Duration.ofSeconds(5);

    /** Runs that were there before, read at once. */
    private static final int READERS = 4;

    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

    private final Node node;
    private final int threads;
    private final Database upkeepDatabase;
    private final int retentionDays;
    private final Duration shutdownGrace;
    private final PostgresJobStore store;
    private final Scheduler scheduler;
    private final @Nullable PostgresJobStore controlStore;
    private final @Nullable Scheduler control;
    private final Upkeep upkeep;
    private final OperationRunner operationRunner;
    private final InFlight inFlight;
    private final Readers readers;
    private final BatchWriter<Timer, Timer> timerWriter;
    private final BatchWriter<NewRuns.Request, RunView> runWriter;
    private final Workflows workflows;
    private final Runs runs;
    private final Timers timers;
    private final Operations operations;
    private final Problems problems;
    private final Simulator simulator;
    private final ActionTrials actionTrials;
    private final NodeFigures nodeFigures;
    private final Cluster cluster;
    private final HeldLanes lanes;
    private final DestinationWatch watch;
    private final DestinationWriter destinationWriter;
    private final Destinations destinations;
    private final Notices notices;
    private final Channels channels;
    private boolean prepared;

    /**
     * What {@link EngineConfiguration} says, which explains each.
     *
     * @param failoverMargin ms
     */
    record Settings(
            int threads,
            int retentionDays,
            Duration shutdownGrace,
            long failoverMargin,
            long inHandBytes,
            int acceptWriters,
            int acceptQueue) {}

    Engine(
            Settings settings,
            Node node,
            Databases databases,
            Delivery delivery,
            DeliveryObserver metrics,
            InstantSource clock,
            NoticeSettings noticeSettings,
            Traces traces)
            throws SchedulerException {
        Database database = databases.changes();
        this.node = node;
        this.threads = settings.threads();
        this.upkeepDatabase = databases.upkeep();
        this.retentionDays = settings.retentionDays();
        Ids.follow(clock);
        this.shutdownGrace = settings.shutdownGrace();
        this.store = store(databases);
        NodeTally tally = new NodeTally(() -> store.statistics().poisoned());
        DeliveryObserver observer = tally.and(metrics);
        this.lanes = delivery.lanes();
        this.inFlight = new InFlight(lanes);
        TimerTriggers triggers = new TimerTriggers(store, lanes);
        WorkflowVersions versions = new WorkflowVersions();
        store.useClock(clock);
        store.setShutdownPatience(SETTLE_PATIENCE.toMillis());
        store.setFailoverMargin(settings.failoverMargin());
        store.setAcquireInterval(ACQUIRE_INTERVAL_MILLIS);
        store.setCompletionLinger(SETTLE_LINGER_MILLIS);
        RoomInHand room = new RoomInHand(settings.inHandBytes(), settings.threads());
        store.setExecutionListener(new Settler(database, triggers, versions, inFlight, room, clock, observer, traces));
        this.watch = new DestinationWatch(
                database,
                delivery,
                node.id(),
                store::members,
                () -> !node.worker() || store.holdsLease(),
                System::nanoTime);
        this.destinationWriter = new DestinationWriter(databases.upkeep(), delivery, node.id());
        store.setLanes(new DestinationLanes(lanes, watch::beforeTaking));
        LargeCalls largeCalls = new LargeCalls(database, databases.jobs(), inFlight, room, delivery.deliverer());
        DeliverJob job =
                new DeliverJob(inFlight, largeCalls, delivery.deliverer(), store::execution, store::holdsLease, traces);
        this.scheduler = QuartzNode.create(SCHEDULER, node.id(), settings.threads(), store, (bundle, quartz) -> job);
        ClusterCounts counts = new ClusterCounts(store::backlog);
        this.upkeep = new Upkeep(
                databases.upkeep(),
                triggers,
                observer,
                new FigureUpkeep(databases.upkeep(), counts),
                clock,
                watch::pausedLanes);
        TimerBatches batches = new TimerBatches(triggers);
        Redrive redrive = new Redrive(triggers, versions);
        RunRedrive runRedrive = new RunRedrive(database, redrive, triggers, versions, clock);
        Walks walks = new Walks(triggers, batches, redrive, runRedrive, new VersionMove(triggers, versions, clock));
        this.operationRunner = new OperationRunner(databases.upkeep(), walks, triggers, clock);
        KnownChannels known = new KnownChannels(noticeSettings.channels());
        this.notices = new Notices(
                databases.upkeep(),
                known,
                new Telling(databases.upkeep(), triggers, known, noticeSettings, clock),
                noticeSettings);
        this.controlStore = node.scheduler() ? store(databases) : null;
        this.control = controlStore != null
                ? ControlPlane.create(
                        controlStore,
                        node.id(),
                        clock,
                        settings.failoverMargin(),
                        Map.of(
                                "repair",
                                upkeep::repair,
                                "history",
                                upkeep::history,
                                "operations",
                                operationRunner::run,
                                "figures",
                                upkeep::figures,
                                "notices",
                                notices::run),
                        () -> new MailJob(databases.upkeep(), known, noticeSettings))
                : null;

        Actions actions = new Actions(delivery.rules());
        this.readers = new Readers(READERS, settings.acceptQueue());
        this.timerWriter = new BatchWriter<>(
                "accept-timer",
                new NewTimers(databases.accepting(), triggers, observer, traces),
                NewTimers::size,
                settings.acceptWriters(),
                settings.acceptQueue());
        this.runWriter = new BatchWriter<>(
                "start-run",
                new NewRuns(databases.accepting(), triggers, clock, observer, traces),
                NewRuns.Request::size,
                settings.acceptWriters(),
                settings.acceptQueue());
        this.workflows = new Workflows(databases.reads(), database, actions, operationRunner, clock);
        this.runs = new Runs(
                databases.reads(),
                database,
                runWriter,
                new RunChanges(database, triggers, clock),
                runRedrive,
                versions,
                new RunLists(databases.reads(), clock),
                readers,
                traces);
        FiringTimers firing = new FiringTimers(store);
        this.timers = new Timers(
                databases.reads(),
                actions,
                timerWriter,
                new TimerChanges(database, batches, redrive, triggers, clock),
                new TimerLists(databases.reads(), firing, triggers::lanes, clock),
                readers,
                clock,
                traces);
        this.operations = new Operations(databases.reads(), database, triggers, firing, clock);
        this.problems = new Problems(databases.reads(), triggers);
        this.simulator = new Simulator(databases.reads(), delivery.deliverer(), clock);
        this.actionTrials = new ActionTrials(actions, delivery.deliverer(), clock);
        this.nodeFigures = new NodeFigures(
                databases.upkeep(),
                tally::totals,
                this::self,
                clock,
                node.worker() ? destinationWriter::write : () -> {});
        this.cluster = new Cluster(
                new ClusterFigures(databases.reads(), counts, clock),
                new DueDensity(databases.reads(), firing, triggers::lanes));
        this.channels = new Channels(
                databases.reads(),
                database,
                known,
                new Telling(database, triggers, known, noticeSettings, clock),
                actions);
        this.destinations = new Destinations(
                databases.reads(), database, delivery, new DestinationReading(delivery, store, clock), watch);
    }

    private FigureStore.Node self() {
        NodeFacts facts = node.facts().get();
        return new FigureStore.Node(
                node.id(),
                facts.roles(),
                facts.version(),
                facts.startedAt(),
                facts.startedAt(),
                facts.clockOffsetMillis(),
                inFlight.size(),
                facts.connections(),
                facts.heap(),
                facts.heapLive());
    }

    private static PostgresJobStore store(Databases databases) {
        PostgresJobStore store = new PostgresJobStore();
        store.useDataSource(databases.jobs());
        store.useCheckInDataSource(databases.checkIns());
        return store;
    }

    /** The job of all timers. Storing it takes a lock of the cluster, which somebody slow may hold; so it is stored only where it isn't yet, as this version has it. */
    private static void keepJob(Scheduler scheduler) throws SchedulerException {
        JobDetail job = newJob(DeliverJob.class)
                .withIdentity(TimerTriggers.JOB)
                .storeDurably()
                .requestRecovery()
                .build();
        JobDetail stored;
        try {
            stored = scheduler.getJobDetail(TimerTriggers.JOB);
        } catch (SchedulerException e) {
            LOG.info("The job of the timers can't be read, and is stored anew: {}", e.toString());
            stored = null;
        }
        if (stored == null
                || stored.getJobClass() != job.getJobClass()
                || stored.isDurable() != job.isDurable()
                || stored.requestsRecovery() != job.requestsRecovery()) {
            scheduler.addJob(job, true);
        }
    }

    public Workflows workflows() {
        return workflows;
    }

    public Runs runs() {
        return runs;
    }

    public Timers timers() {
        return timers;
    }

    public Operations operations() {
        return operations;
    }

    public Problems problems() {
        return problems;
    }

    public Simulator simulator() {
        return simulator;
    }

    public ActionTrials actionTrials() {
        return actionTrials;
    }

    public Cluster cluster() {
        return cluster;
    }

    public Channels channels() {
        return channels;
    }

    public Destinations destinations() {
        return destinations;
    }

    /** What it needs in the database, before anything is stored. Where the database goes away meanwhile, that is thrown, and it may be done again. */
    public void prepare() throws SchedulerException {
        lanes.useSecret(upkeepDatabase.inTransaction(Session::laneSecret));
        // Before anything is taken: a node that starts calls nobody who is paused.
        watch.look();
        keepJob(scheduler);
        prepareHistory();
        if (control != null) {
            ControlPlane.keepJobs(control);
        }
        prepared = true;
    }

    /** Begins to fire timers and to do the upkeep, where this node's roles say so, prepared or not. */
    public void start() throws SchedulerException {
        if (!prepared) {
            prepare();
        }
        nodeFigures.start();
        watch.start();
        if (node.worker()) {
            scheduler.start();
        }
        if (control != null) {
            control.start();
        }
    }

    /**
     * Before anything is settled. A partition that can't be made in a database that is there stops nobody: its rows lie in the one for the rest until it can. Nothing is
     * dropped here: a node that starts may be anybody's.
     */
    private void prepareHistory() {
        try {
            Retention.agree(upkeepDatabase, retentionDays, node.scheduler());
            upkeep.makePartitions();
        } catch (RuntimeException e) {
            if (DatabaseFault.of(e) == DatabaseFault.UNREACHABLE) {
                throw e;
            }
            LOG.error("The histories are not in order; the upkeep tries again every hour", e);
        }
    }

    /**
     * Fires nothing more, waits for calls under way and settles them; calls that take longer than the grace are left to be recovered by
     * another node. What was accepted is stored.
     */
    @Override
    public void close() {
        long end = System.nanoTime() + shutdownGrace.toNanos();
        timerWriter.stop();
        runWriter.stop();
        try {
            scheduler.standby();
            if (control != null) {
                control.shutdown(false);
            }
            timerWriter.close();
            runWriter.close();
            readers.close();
            actionTrials.close();
            boolean drained = waitForCalls(end);
            scheduler.shutdown(drained);
            watch.close();
        } catch (SchedulerException e) {
            LOG.warn(
                    "The scheduler did not stop cleanly; what it had in hand is recovered by another node or the next start",
                    e);
        }
        // Last, so that all of it is counted.
        nodeFigures.close();
    }

    private boolean waitForCalls(long end) {
        while (inFlight.size() > 0) {
            if (System.nanoTime() - end > 0) {
                LOG.warn(
                        "{} calls were still under way after {}; they will be made again",
                        inFlight.size(),
                        shutdownGrace);
                return false;
            }
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
        return true;
    }

    Upkeep upkeep() {
        return upkeep;
    }

    Notices notices() {
        return notices;
    }

    NodeFigures nodeFigures() {
        return nodeFigures;
    }

    OperationRunner operationRunner() {
        return operationRunner;
    }

    /** Seconds since this node read what is set for destinations. */
    public double destinationSettingsAge() {
        return watch.ageSeconds();
    }

    DestinationWriter destinationWriter() {
        return destinationWriter;
    }

    /** For metrics; cheap. */
    public EngineFigures figures() {
        Statistics statistics = store.statistics();
        return new EngineFigures(
                inFlight.size(),
                timerWriter.depth(),
                runWriter.depth(),
                node.worker(),
                threads,
                timerWriter.alive() && runWriter.alive(),
                statistics,
                controlStore == null ? null : controlStore.statistics());
    }
}
