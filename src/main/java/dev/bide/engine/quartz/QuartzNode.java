package dev.bide.engine.quartz;

import dev.bide.jobstore.OnDemandThreadPool;
import dev.bide.jobstore.PostgresJobStore;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.core.QuartzScheduler;
import org.quartz.core.QuartzSchedulerResources;
import org.quartz.impl.DefaultThreadExecutor;
import org.quartz.impl.StdJobRunShellFactory;
import org.quartz.impl.StdScheduler;
import org.quartz.simpl.CascadingClassLoadHelper;
import org.quartz.spi.JobFactory;

/**
 * Makes one node's Quartz scheduler, as {@code DirectSchedulerFactory} does, but without its registry of names: several nodes of one cluster
 * may then live in one JVM.
 */
public final class QuartzNode {
    /** Quartz's least: how long the scheduler sleeps when nothing is due and nobody wakes it, ms. The job store wakes it. */
    private static final long IDLE_WAIT_MILLIS = 1_000;

    private static final long RETRY_WHEN_DATABASE_FAILS_MILLIS = 500;

    /** Triggers taken at once. Where it was measured, larger batches cost no less per trigger. */
    private static final int LARGEST_BATCH = 500;

    private QuartzNode() {}

    /** A scheduler that is not started. Its job store is ready for use all the same. */
    public static Scheduler create(String name, String nodeId, int threads, PostgresJobStore store, JobFactory jobs)
            throws SchedulerException {
        OnDemandThreadPool pool = new OnDemandThreadPool();
        pool.setThreadCount(threads);
        pool.setInstanceName(name);
        pool.setInstanceId(nodeId);
        pool.initialize();

        StdJobRunShellFactory shells = new StdJobRunShellFactory();
        QuartzSchedulerResources resources = new QuartzSchedulerResources();
        resources.setName(name);
        resources.setInstanceId(nodeId);
        resources.setThreadName(name);
        resources.setJobRunShellFactory(shells);
        resources.setThreadPool(pool);
        resources.setThreadExecutor(new DefaultThreadExecutor());
        resources.setJobStore(store);
        resources.setMaxBatchSize(Math.min(threads, LARGEST_BATCH));
        resources.setBatchTimeWindow(0);
        resources.setInterruptJobsOnShutdown(false);

        QuartzScheduler quartz = new QuartzScheduler(resources, IDLE_WAIT_MILLIS, RETRY_WHEN_DATABASE_FAILS_MILLIS);
        CascadingClassLoadHelper classes = new CascadingClassLoadHelper();
        classes.initialize();
        store.setInstanceName(name);
        store.setInstanceId(nodeId);
        store.initialize(classes, quartz.getSchedulerSignaler());
        Scheduler scheduler = new StdScheduler(quartz);
        shells.initialize(scheduler);
        quartz.initialize();
        scheduler.setJobFactory(jobs);
        return scheduler;
    }
}
