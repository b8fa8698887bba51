package dev.bide.jobstore.benchmark;

import dev.bide.jobstore.Node;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import javax.sql.DataSource;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.JobKey;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.spi.OperableTrigger;

/** Quartz on its tables, with the stock store or with ours. One durable job that recovers; one-shot triggers that ignore misfires. */
final class QuartzContender implements Contender {
    private static final int BATCH = 1_000;
    private static final JobKey JOB = new JobKey("count", "benchmark");
    static final Map<String, Tally> TALLIES = new ConcurrentHashMap<>();

    interface Schema {
        void make() throws Exception;
    }

    private final String name;
    private final DataSource dataSource;
    private final Schema schema;
    private final IntFunction<Node> nodes;
    private final int count;
    private final boolean ours;
    private final List<Node> running = new ArrayList<>();

    QuartzContender(
            String name, DataSource dataSource, Schema schema, IntFunction<Node> nodes, int count, boolean ours) {
        this.name = name;
        this.dataSource = dataSource;
        this.schema = schema;
        this.nodes = nodes;
        this.count = count;
        this.ours = ours;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void prepare() throws Exception {
        schema.make();
        try (Node node = nodes.apply(99)) {
            node.scheduler.addJob(job(), true);
        }
    }

    private static JobDetail job() {
        return JobBuilder.newJob(CountingJob.class)
                .withIdentity(JOB)
                .storeDurably()
                .requestRecovery()
                .build();
    }

    @Override
    public void store(String run, Tally tally, long[] dueMillis) throws Exception {
        TALLIES.put(run, tally);
        try (Node node = nodes.apply(98)) {
            for (int from = 0; from < dueMillis.length; from += BATCH) {
                List<OperableTrigger> batch = new ArrayList<>(BATCH);
                for (int i = from; i < Math.min(from + BATCH, dueMillis.length); i++) {
                    tally.due(i, dueMillis[i]);
                    OperableTrigger trigger = (OperableTrigger) TriggerBuilder.newTrigger()
                            .withIdentity(String.format("%s-%09d", run, i), "benchmark")
                            .forJob(JOB)
                            .startAt(new Date(dueMillis[i]))
                            .withSchedule(SimpleScheduleBuilder.simpleSchedule()
                                    .withMisfireHandlingInstructionIgnoreMisfires())
                            .build();
                    trigger.computeFirstFireTime(null);
                    batch.add(trigger);
                }
                if (ours) {
                    try (Connection connection = dataSource.getConnection()) {
                        connection.setAutoCommit(false);
                        node.postgres().store(connection, batch);
                        connection.commit();
                        connection.setAutoCommit(true);
                    }
                } else {
                    Set<Trigger> set = new HashSet<>(batch);
                    node.scheduler.scheduleJobs(Map.of(job(), set), true);
                }
            }
        }
    }

    @Override
    public void start() {
        for (int i = 0; i < count; i++) {
            running.add(nodes.apply(i));
        }
        running.forEach(Node::start);
    }

    @Override
    public void stop() {
        running.forEach(Node::close);
        running.clear();
    }

    @Override
    public long remaining() throws Exception {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        // A trigger's rows go in the transaction that deletes its entry; counting millions that wait
                        // would take longer than what is measured.
                        Benchmark.waiting > 0
                                ? "SELECT count(*) FROM qrtz_fired_triggers"
                                : "SELECT (SELECT count(*) FROM qrtz_triggers) + (SELECT count(*) FROM qrtz_simple_triggers)"
                                        + " + (SELECT count(*) FROM qrtz_fired_triggers)")) {
            row.next();
            return row.getLong(1);
        }
    }

    @Override
    public void close() {
        stop();
        ((org.apache.tomcat.jdbc.pool.DataSource) dataSource).close(true);
    }

    /** As near to nothing as can be counted. */
    public static final class CountingJob implements Job {
        @Override
        public void execute(JobExecutionContext context) {
            String trigger = context.getTrigger().getKey().getName();
            int dash = trigger.lastIndexOf('-');
            Tally tally = TALLIES.get(trigger.substring(0, dash));
            if (tally != null) {
                tally.fired(Integer.parseInt(trigger, dash + 1, trigger.length(), 10));
            }
        }
    }
}
