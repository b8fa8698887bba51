package dev.bide.jobstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bide.testing.PostgresExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDataMap;
import org.quartz.JobExecutionContext;

/** What one execution does to its job's data is not seen by another, unless the job persists it. */
class JobDataIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    private static final Queue<Integer> SIZES = new ConcurrentLinkedQueue<>();

    public static final class ListingJob implements Job {
        @Override
        @SuppressWarnings("unchecked")
        public void execute(JobExecutionContext context) {
            List<String> list =
                    (List<String>) context.getJobDetail().getJobDataMap().get("list");
            SIZES.add(list.size());
            list.add("something");
        }
    }

    @Test
    void each_execution_has_the_data_as_it_was_stored() throws Exception {
        Cluster cluster = new Cluster("job-data", POSTGRES.dataSource());
        JobDataMap data = new JobDataMap();
        data.put("list", new ArrayList<String>());
        try (Node node = Node.ours(cluster.name(), "a", POSTGRES.dataSource())) {
            node.scheduler.addJob(
                    JobBuilder.newJob(ListingJob.class)
                            .withIdentity(Cluster.JOB)
                            .usingJobData(data)
                            .storeDurably()
                            .build(),
                    true);
            node.start();
            cluster.store(node, Cluster.oneShots(5, new Date()));
            await().atMost(Duration.ofSeconds(20)).until(() -> SIZES.size() == 5);
            assertThat(SIZES).containsOnly(0);
        }
    }
}
