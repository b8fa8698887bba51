package dev.bide.jobstore;

import dev.bide.testing.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.quartz.CronScheduleBuilder;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.SchedulerException;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.TriggerBuilder;
import org.quartz.spi.OperableTrigger;

/** What the tests of several nodes share: one cluster's job, triggers and rows. */
public record Cluster(String name, DataSource dataSource) {
    public static final JobKey JOB = new JobKey("count", "test");

    public Firings firings() {
        return Firings.board(name);
    }

    /** A node; the cluster's job is stored when it is there. */
    public Node node(String id) {
        return node(id, dataSource);
    }

    public Node node(String id, Consumer<PostgresJobStore> settings) {
        return node(id, dataSource, settings);
    }

    /** One that sees the database its own way. */
    public Node node(String id, DataSource way) {
        return node(id, way, store -> {});
    }

    public Node node(String id, DataSource way, Consumer<PostgresJobStore> settings) {
        Node node = Node.ours(name, id, way, settings);
        try {
            node.scheduler.addJob(job(), true);
        } catch (SchedulerException e) {
            throw new IllegalStateException(e);
        }
        return node;
    }

    public JobDetail job() {
        return JobBuilder.newJob(Firings.CountingJob.class)
                .withIdentity(JOB)
                .usingJobData(Firings.BOARD, name)
                .storeDurably()
                .requestRecovery()
                .build();
    }

    public void store(Node node, Collection<? extends OperableTrigger> triggers) throws SQLException {
        inTransaction(connection -> {
            try {
                node.postgres().store(connection, triggers);
                return null;
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
        node.postgres().signal(null);
    }

    public <T> T inTransaction(Function<Connection, T> work) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try {
                T result = work.apply(connection);
                connection.commit();
                return result;
            } catch (RuntimeException e) {
                connection.rollback();
                throw e;
            } finally {
                connection.setAutoCommit(true);
            }
        }
    }

    public static OperableTrigger oneShot(String name, Date due) {
        OperableTrigger trigger = (OperableTrigger) TriggerBuilder.newTrigger()
                .withIdentity(name, "test")
                .forJob(JOB)
                .startAt(due)
                .withSchedule(SimpleScheduleBuilder.simpleSchedule().withMisfireHandlingInstructionIgnoreMisfires())
                .build();
        trigger.computeFirstFireTime(null);
        return trigger;
    }

    /** A trigger of another type that fires once: it is acquired, and confirmed in a second step. */
    public static OperableTrigger onceByCron(String name, Date due) {
        long second = (due.getTime() / 1_000 + 1) * 1_000;
        OperableTrigger trigger = (OperableTrigger) TriggerBuilder.newTrigger()
                .withIdentity(name, "test")
                .forJob(JOB)
                .startAt(new Date(second))
                .endAt(new Date(second + 500))
                .withSchedule(
                        CronScheduleBuilder.cronSchedule("* * * * * ?").withMisfireHandlingInstructionIgnoreMisfires())
                .build();
        trigger.computeFirstFireTime(null);
        return trigger;
    }

    public static List<OperableTrigger> oneShots(int count, Date due) {
        List<OperableTrigger> triggers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            triggers.add(oneShot("t" + i, due));
        }
        return triggers;
    }

    public long rows() {
        String where = " WHERE sched_name = '" + name + "'";
        return number(
                "SELECT (SELECT count(*) FROM qrtz_triggers" + where + ") + (SELECT count(*) FROM qrtz_simple_triggers"
                        + where + ") + (SELECT count(*) FROM qrtz_cron_triggers" + where
                        + ") + (SELECT count(*) FROM qrtz_fired_triggers" + where + ")");
    }

    /** Nodes that have checked in and not left. */
    public long members() {
        return number("SELECT count(*) FROM qrtz_scheduler_state WHERE sched_name = '" + name + "'");
    }

    public void awaitMembers(int count) {
        Awaitility.await().until(() -> members() == count);
    }

    public long number(String sql) {
        return new Sql(dataSource).number(sql);
    }

    public void execute(String sql) {
        new Sql(dataSource).execute(sql);
    }
}
