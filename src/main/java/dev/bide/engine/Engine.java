package dev.bide.engine;

import static org.quartz.JobBuilder.newJob;

import dev.bide.delivery.Delivery;
import dev.bide.jobstore.PostgresJobStore;
import dev.bide.jobstore.Statistics;
import dev.bide.workflow.Database;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All of the engine on one node, as {@link EngineConfiguration} builds it. Thread-safe. */
public final class Engine implements AutoCloseable {
    /** Under this name Quartz keeps the timers' triggers. */
    static final String SCHEDULER = "bide";

    /** Least time between two looks for due timers, ms: at most so much is added to a timer's lateness, and a look costs the same however few it finds. */
    private static final long ACQUIRE_INTERVAL = 40;

    /**
     * How long an outcome waits for others to be settled with, ms. A settlement is a transaction, however few it holds; a crash in this
     * time calls again, as one during the call itself does.
     */
    private static final long SETTLE_LINGER = 25;

    /** Runs that were there before, read at once. */
    private static final int READERS = 4;

    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

    private final Node node;
    private final Database database;
    private final int retentionDays;
    private final Duration shutdownGrace;
    private final PostgresJobStore store;
    private final Scheduler scheduler;
    private final @Nullable Scheduler control;
    private final Upkeep upkeep;
    private final OperationRunner operationRunner;
    private final InFlight inFlight = new InFlight();
    private final ExecutorService readers = Executors.newFixedThreadPool(READERS, Engine::reader);
    private final TimerWriter timerWriter;
    private final RunWriter runWriter;
    private final Workflows workflows;
    private final Runs runs;
    private final Timers timers;
    private final Operations operations;

    Engine(
            EngineConfiguration configuration,
            Node node,
            Database database,
            DataSource source,
            Delivery delivery,
            DeliveryObserver observer,
            InstantSource clock)
            throws SchedulerException {
        this.node = node;
        this.database = database;
        this.retentionDays = configuration.retentionDays();
        this.shutdownGrace = configuration.shutdownGrace.toJavaDuration();
        this.store = new PostgresJobStore();
        TimerTriggers triggers = new TimerTriggers(store);
        WorkflowVersions versions = new WorkflowVersions();
        store.useDataSource(source);
        store.setFailoverMargin(configuration.failoverMargin());
        store.setAcquireInterval(ACQUIRE_INTERVAL);
        store.setCompletionLinger(SETTLE_LINGER);
        store.setExecutionListener(new Settler(database, triggers, versions, inFlight, clock, observer));
        DeliverJob job = new DeliverJob(inFlight, delivery.deliverer());
        this.scheduler = QuartzNode.create(SCHEDULER, node.id(), configuration.threads, store, (bundle, quartz) -> job);
        scheduler.addJob(
                newJob(DeliverJob.class)
                        .withIdentity(TimerTriggers.JOB)
                        .storeDurably()
                        .requestRecovery()
                        .build(),
                true);
        this.upkeep = new Upkeep(database, triggers, observer, clock);
        TimerSets sets = new TimerSets(triggers);
        this.operationRunner = new OperationRunner(database, sets, new VersionMove(triggers, clock), triggers, clock);
        this.control = node.scheduler()
                ? ControlPlane.create(node.id(), source, configuration.failoverMargin(), upkeep, operationRunner)
                : null;

        Actions actions = new Actions(delivery.rules());
        this.timerWriter = new TimerWriter(database, triggers, configuration.acceptWriters, configuration.acceptQueue);
        this.runWriter =
                new RunWriter(database, triggers, clock, configuration.acceptWriters, configuration.acceptQueue);
        this.workflows = new Workflows(database, actions, operationRunner, clock);
        this.runs = new Runs(
                database,
                runWriter,
                new RunChanges(database, triggers, clock),
                new RunRedrive(database, sets, triggers, versions, clock),
                versions,
                readers);
        this.timers = new Timers(
                database, actions, timerWriter, new TimerChanges(database, sets, triggers, clock), readers, clock);
        this.operations = new Operations(database, clock);
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

    private static Thread reader(Runnable work) {
        Thread thread = new Thread(work, "read-run");
        thread.setDaemon(true);
        return thread;
    }

    /** Begins to fire timers and to do the upkeep, where this node's roles say so. Storing works before. */
    public void start() throws SchedulerException {
        prepareHistory();
        if (node.worker()) {
            scheduler.start();
        }
        if (control != null) {
            ControlPlane.start(control);
        }
    }

    /**
     * Before anything is settled. A partition that can't be made stops nobody: its rows lie in the one for the rest until it can. Nothing is
     * dropped here: a node that starts may be anybody's.
     */
    private void prepareHistory() {
        try {
            Retention.agree(database, retentionDays, node.scheduler());
            upkeep.makePartitions();
        } catch (RuntimeException e) {
            LOG.error("The histories are not in order; the upkeep tries again every hour", e);
        }
    }

    /**
     * Fires nothing more, waits for calls under way and settles them; calls that take longer than the grace are left to be recovered by
     * another node. What was accepted is stored.
     */
    @Override
    public void close() {
        timerWriter.close();
        runWriter.close();
        readers.shutdown();
        try {
            if (control != null) {
                control.shutdown(false);
            }
            scheduler.standby();
            boolean drained = waitForCalls();
            scheduler.shutdown(drained);
        } catch (SchedulerException e) {
            LOG.warn(
                    "The scheduler did not stop cleanly; what it had in hand is recovered by another node or the next start",
                    e);
        }
    }

    private boolean waitForCalls() {
        long end = System.nanoTime() + shutdownGrace.toNanos();
        while (inFlight.size() > 0) {
            if (System.nanoTime() > end) {
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

    OperationRunner operationRunner() {
        return operationRunner;
    }

    /** For metrics; cheap. */
    public EngineFigures figures() {
        Statistics statistics = store.statistics();
        return new EngineFigures(inFlight.size(), timerWriter.depth(), runWriter.depth(), statistics);
    }
}
