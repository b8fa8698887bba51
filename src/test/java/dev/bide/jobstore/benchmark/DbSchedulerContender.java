package dev.bide.jobstore.benchmark;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.SchedulableInstance;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** db-scheduler with lock-and-fetch and its recommended indexes. */
final class DbSchedulerContender implements Contender {
    private static final int BATCH = 1_000;

    private final DataSource dataSource;
    private final OneTimeTask<Void> task = Tasks.oneTime("count").execute((instance, context) -> {
        String id = instance.getId();
        int dash = id.lastIndexOf('-');
        Tally tally = QuartzContender.TALLIES.get(id.substring(0, dash));
        if (tally != null) {
            tally.fired(Integer.parseInt(id, dash + 1, id.length(), 10));
        }
    });
    private @Nullable Scheduler scheduler;

    DbSchedulerContender(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    @Override
    public String name() {
        return "dbScheduler";
    }

    @Override
    public void prepare() throws Exception {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("""
                    CREATE TABLE scheduled_tasks (
                      task_name text NOT NULL, task_instance text NOT NULL, task_data bytea, execution_time timestamptz NOT NULL,
                      picked boolean NOT NULL, picked_by text, last_success timestamptz, last_failure timestamptz, consecutive_failures int,
                      last_heartbeat timestamptz, version bigint NOT NULL, priority smallint, PRIMARY KEY (task_name, task_instance));
                    CREATE INDEX execution_time_idx ON scheduled_tasks (execution_time);
                    CREATE INDEX last_heartbeat_idx ON scheduled_tasks (last_heartbeat);
                    """);
        }
    }

    @Override
    public void store(String run, Tally tally, long[] dueMillis) {
        QuartzContender.TALLIES.put(run, tally);
        SchedulerClient client =
                SchedulerClient.Builder.create(dataSource, task).build();
        for (int from = 0; from < dueMillis.length; from += BATCH) {
            List<SchedulableInstance<?>> batch = new ArrayList<>(BATCH);
            for (int i = from; i < Math.min(from + BATCH, dueMillis.length); i++) {
                tally.due(i, dueMillis[i]);
                batch.add(task.schedulableInstance(String.format("%s-%09d", run, i)));
                SchedulableInstance<Void> due = SchedulableInstance.of(
                        task.instance(String.format("%s-%09d", run, i)), Instant.ofEpochMilli(dueMillis[i]));
                batch.set(batch.size() - 1, due);
            }
            client.scheduleBatch(batch);
        }
    }

    @Override
    public void start() {
        Scheduler started = Scheduler.create(dataSource, task)
                .threads(100)
                .pollUsingLockAndFetch(1.0, 4.0)
                .pollingInterval(Duration.ofMillis(100))
                .build();
        started.start();
        scheduler = started;
    }

    @Override
    public void stop() {
        Scheduler started = scheduler;
        if (started != null) {
            started.stop();
            scheduler = null;
        }
    }

    @Override
    public long remaining() throws Exception {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM scheduled_tasks")) {
            row.next();
            return row.getLong(1);
        }
    }

    @Override
    public void close() {
        stop();
        ((org.apache.tomcat.jdbc.pool.DataSource) dataSource).close(true);
    }
}
