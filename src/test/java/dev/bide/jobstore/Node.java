package dev.bide.jobstore;

import java.util.UUID;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.impl.DirectSchedulerFactory;
import org.quartz.impl.SchedulerRepository;
import org.quartz.impl.jdbcjobstore.JobStoreTX;
import org.quartz.impl.jdbcjobstore.PostgreSQLDelegate;
import org.quartz.simpl.SimpleThreadPool;
import org.quartz.spi.JobStore;
import org.quartz.spi.ThreadPool;
import org.quartz.utils.ConnectionProvider;
import org.quartz.utils.DBConnectionManager;

/** A scheduler of a cluster, several of which may live in this JVM. */
public final class Node implements AutoCloseable {
    final String id;
    public final JobStore store;
    public final Scheduler scheduler;

    private Node(String id, JobStore store, Scheduler scheduler) {
        this.id = id;
        this.store = store;
        this.scheduler = scheduler;
    }

    public static Node ours(String cluster, String id, DataSource dataSource, Consumer<PostgresJobStore> settings) {
        PostgresJobStore store = new PostgresJobStore();
        store.useDataSource(dataSource);
        settings.accept(store);
        OnDemandThreadPool threads = new OnDemandThreadPool();
        threads.setThreadCount(500);
        return create(cluster, id, store, threads, 500);
    }

    public static Node ours(String cluster, String id, DataSource dataSource) {
        return ours(cluster, id, dataSource, store -> {});
    }

    public static Node stock(String cluster, String id, DataSource dataSource) {
        return stock(cluster, id, dataSource, 50);
    }

    public static Node stock(String cluster, String id, DataSource dataSource, int batch) {
        // Beside ours it says of each trigger that was taken between its two reads that it has no next fire time.
        ((ch.qos.logback.classic.Logger) org.slf4j.LoggerFactory.getLogger(JobStoreTX.class))
                .setLevel(ch.qos.logback.classic.Level.ERROR);
        JobStoreTX store = new JobStoreTX();
        store.setDataSource(register(dataSource));
        store.setIsClustered(true);
        store.setClusterCheckinInterval(1_000);
        store.setDbRetryInterval(200);
        try {
            store.setDriverDelegateClass(PostgreSQLDelegate.class.getName());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        return create(cluster, id, store, new SimpleThreadPool(Math.max(batch, 10), Thread.NORM_PRIORITY), batch);
    }

    private static Node create(String cluster, String id, JobStore store, ThreadPool threads, int batch) {
        try {
            synchronized (Node.class) {
                DirectSchedulerFactory factory = DirectSchedulerFactory.getInstance();
                factory.createScheduler(
                        cluster,
                        id,
                        threads,
                        new org.quartz.impl.DefaultThreadExecutor(),
                        store,
                        null,
                        null,
                        0,
                        1_000,
                        -1,
                        false,
                        null,
                        batch,
                        0);
                Scheduler scheduler = factory.getScheduler(cluster);
                // Quartz keeps one scheduler by a name in a JVM; here are several nodes of one cluster.
                SchedulerRepository.getInstance().remove(cluster);
                return new Node(id, store, scheduler);
            }
        } catch (SchedulerException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String register(DataSource dataSource) {
        String name = "stock-" + UUID.randomUUID();
        DBConnectionManager.getInstance().addConnectionProvider(name, new ConnectionProvider() {
            @Override
            public java.sql.Connection getConnection() throws java.sql.SQLException {
                return dataSource.getConnection();
            }

            @Override
            public void shutdown() {}

            @Override
            public void initialize() {}
        });
        return name;
    }

    public Node start() {
        try {
            scheduler.start();
            return this;
        } catch (SchedulerException e) {
            throw new IllegalStateException(e);
        }
    }

    public PostgresJobStore postgres() {
        return (PostgresJobStore) store;
    }

    /** Waits for running jobs. */
    @Override
    public void close() {
        try {
            scheduler.shutdown(true);
        } catch (SchedulerException e) {
            throw new IllegalStateException(e);
        }
    }
}
