package dev.bide.jobstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bide.testing.PostgresExtension;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Date;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.quartz.Scheduler;
import org.quartz.impl.StdSchedulerFactory;
import org.quartz.utils.ConnectionProvider;
import org.quartz.utils.DBConnectionManager;

/** As a Quartz project that knows nothing of Bide uses the store. */
class PropertiesIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    @Test
    void a_scheduler_made_from_properties_fires() throws Exception {
        DBConnectionManager.getInstance().addConnectionProvider("properties-it", new QuartzPool());
        Properties properties = new Properties();
        properties.setProperty("org.quartz.scheduler.instanceName", "from-properties");
        properties.setProperty("org.quartz.scheduler.instanceId", "node-1");
        properties.setProperty("org.quartz.scheduler.batchTriggerAcquisitionMaxCount", "500");
        properties.setProperty("org.quartz.scheduler.idleWaitTime", "1000");
        properties.setProperty("org.quartz.jobStore.class", PostgresJobStore.class.getName());
        properties.setProperty("org.quartz.jobStore.dataSource", "properties-it");
        properties.setProperty("org.quartz.jobStore.failoverMargin", "4000");
        properties.setProperty("org.quartz.jobStore.acquireAhead", "true");
        properties.setProperty("org.quartz.jobStore.completionBatch", "200");
        properties.setProperty("org.quartz.threadPool.class", OnDemandThreadPool.class.getName());
        properties.setProperty("org.quartz.threadPool.threadCount", "20");
        // As in the file that Quartz brings along.
        properties.setProperty("org.quartz.threadPool.threadsInheritContextClassLoaderOfInitializingThread", "true");
        properties.setProperty("org.quartz.jobStore.completionBytes", "1000000");
        Cluster cluster = new Cluster("from-properties", POSTGRES.dataSource());
        Scheduler scheduler = new StdSchedulerFactory(properties).getScheduler();
        try {
            scheduler.start();
            scheduler.addJob(cluster.job(), true);
            scheduler.scheduleJob(Cluster.oneShot("a", new Date()));
            scheduler.scheduleJob(Cluster.onceByCron("b", new Date()));
            await().until(() -> cluster.firings().total.sum() == 2);
        } finally {
            scheduler.shutdown(true);
        }
        assertThat(cluster.rows()).isZero();
        assertThat(cluster.members()).as("it left before the pool was closed").isZero();
    }

    /** As a data source by properties: Quartz closes it. */
    private static final class QuartzPool implements ConnectionProvider {
        private volatile boolean closed;

        @Override
        public Connection getConnection() throws SQLException {
            if (closed) {
                throw new SQLException("closed");
            }
            return POSTGRES.dataSource().getConnection();
        }

        @Override
        public void shutdown() {
            closed = true;
        }

        @Override
        public void initialize() {}
    }
}
