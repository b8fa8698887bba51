package dev.bide.jobstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bide.testing.PostgresExtension;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quartz.CalendarIntervalScheduleBuilder;
import org.quartz.CronScheduleBuilder;
import org.quartz.DailyTimeIntervalScheduleBuilder;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.JobKey;
import org.quartz.ScheduleBuilder;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;
import org.quartz.impl.matchers.GroupMatcher;
import org.quartz.spi.JobStore;
import org.quartz.spi.OperableTrigger;
import org.quartz.spi.TriggerFiredResult;

/** The same random operations on Quartz's store and on ours leave the same rows. */
class DifferentialIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    private static final int OPERATIONS = 250;
    private static final long HOUR = Duration.ofHours(1).toMillis();

    @DisallowConcurrentExecution
    public static final class ExclusiveJob implements Job {
        @Override
        public void execute(JobExecutionContext context) {}
    }

    public static final class SharedJob implements Job {
        @Override
        public void execute(JobExecutionContext context) {}
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void the_same_operations_leave_the_same_rows(int run) throws Exception {
        long seed = Long.getLong("seed", System.nanoTime() + run);
        System.out.println("seed " + seed);
        try (Node stock = Node.stock("stock-" + run, "a", POSTGRES.dataSource());
                Node ours = Node.ours("ours-" + run, "a", POSTGRES.dataSource(), store -> {
                    store.setAcquireAhead(true);
                    store.setAcquireInterval(0);
                    store.setCompletionLinger(0);
                })) {
            stock.store.schedulerStarted();
            ours.store.schedulerStarted();
            Random random = new Random(seed);
            long base = System.currentTimeMillis() + 100 * HOUR;
            for (Node node : List.of(stock, ours)) {
                node.store.storeJob(job(0), false);
                node.store.storeJob(job(1), false);
            }
            for (int i = 0; i < OPERATIONS; i++) {
                long step = random.nextLong();
                String first = operate(stock.store, new Random(step), base);
                String second = operate(ours.store, new Random(step), base);
                await().pollInterval(Duration.ofMillis(1))
                        .until(() -> ours.postgres().statistics().buffered() == 0);
                assertThat(second).as("operation %s, seed %s", i, seed).isEqualTo(first);
                assertThat(rows("ours-" + run))
                        .as("after operation %s: %s, seed %s", i, first, seed)
                        .isEqualTo(rows("stock-" + run));
            }
        }
    }

    private static JobDetail job(int number) {
        return JobBuilder.newJob(number == 0 ? SharedJob.class : ExclusiveJob.class)
                .withIdentity("job" + number, "jobs")
                .storeDurably()
                .build();
    }

    private static OperableTrigger trigger(Random random, long base) {
        ScheduleBuilder<? extends Trigger> schedule =
                switch (random.nextInt(5)) {
                    case 0 -> SimpleScheduleBuilder.simpleSchedule();
                    case 1 ->
                        SimpleScheduleBuilder.simpleSchedule()
                                .withRepeatCount(random.nextInt(4))
                                .withIntervalInHours(1 + random.nextInt(5));
                    case 2 -> CronScheduleBuilder.cronSchedule("0 " + random.nextInt(60) + " * * * ?");
                    case 3 ->
                        CalendarIntervalScheduleBuilder.calendarIntervalSchedule()
                                .withIntervalInHours(1 + random.nextInt(9));
                    default ->
                        DailyTimeIntervalScheduleBuilder.dailyTimeIntervalSchedule()
                                .withIntervalInMinutes(1 + random.nextInt(90));
                };
        int name = random.nextInt(12);
        int group = random.nextInt(2);
        TriggerBuilder<? extends Trigger> builder = TriggerBuilder.newTrigger()
                .withIdentity("t" + name, "g" + group)
                .forJob("job" + random.nextInt(2), "jobs")
                // Unlike any other's: among equal ones of one time, which is taken first is left to chance.
                .withPriority(1 + 2 * name + group)
                .startAt(new Date(base + random.nextInt(1_000_000)))
                .withSchedule(schedule);
        if (random.nextInt(4) == 0) {
            builder.endAt(new Date(base + 2_000_000 + random.nextInt(100_000_000)));
        }
        if (random.nextBoolean()) {
            builder.usingJobData("n", Integer.toString(random.nextInt(100)));
        }
        OperableTrigger trigger = (OperableTrigger) builder.build();
        trigger.computeFirstFireTime(null);
        return trigger;
    }

    /** Returns what was done and what came of it. */
    private static String operate(JobStore store, Random random, long base) throws Exception {
        int what = random.nextInt(14);
        TriggerKey key = new TriggerKey("t" + random.nextInt(12), "g" + random.nextInt(2));
        String group = "g" + random.nextInt(2);
        OperableTrigger trigger = trigger(random, base);
        if (trigger.getNextFireTime() == null) {
            return "nothing";
        }
        return switch (what) {
            case 0, 1, 2, 3 -> {
                boolean exists = store.checkExists(trigger.getKey());
                // Quartz's store spoils a trigger that it replaces by one of another type or job; ours does not, see
                // its own test.
                if (!exists) {
                    store.storeTrigger(trigger, false);
                }
                yield "store " + trigger.getKey() + exists;
            }
            case 4 -> "remove " + key + store.removeTrigger(key);
            case 5 -> {
                OperableTrigger old = store.retrieveTrigger(trigger.getKey());
                yield "replace " + trigger.getKey()
                        + (old != null
                                && old.getJobKey().equals(trigger.getJobKey())
                                && store.replaceTrigger(trigger.getKey(), trigger));
            }
            case 6 -> {
                if (store.checkExists(key)) {
                    store.pauseTrigger(key);
                }
                yield "pause " + key;
            }
            case 7 -> {
                store.resumeTrigger(key);
                yield "resume " + key;
            }
            case 8 -> "pause group " + store.pauseTriggers(GroupMatcher.triggerGroupEquals(group));
            case 9 -> "resume group " + store.resumeTriggers(GroupMatcher.triggerGroupEquals(group));
            case 10 -> {
                store.pauseJob(new JobKey("job" + random.nextInt(2), "jobs"));
                store.resumeJob(new JobKey("job" + random.nextInt(2), "jobs"));
                yield "pause and resume jobs";
            }
            case 11 -> {
                OperableTrigger other = (OperableTrigger) TriggerBuilder.newTrigger()
                        .withIdentity("bulk" + random.nextInt(1_000_000), group)
                        .forJob("bulk", "jobs")
                        .startAt(new Date(base + random.nextInt(1_000_000)))
                        .build();
                other.computeFirstFireTime(null);
                JobDetail bulk = JobBuilder.newJob(SharedJob.class)
                        .withIdentity("bulk", "jobs")
                        .build();
                if (!store.checkExists(bulk.getKey())) {
                    store.storeJobsAndTriggers(Map.of(bulk, Set.of(other)), false);
                }
                yield "bulk";
            }
            default -> fireSome(store, random, base);
        };
    }

    private static String fireSome(JobStore store, Random random, long base) throws Exception {
        List<OperableTrigger> acquired =
                store.acquireNextTriggers(base + 200 * HOUR, 1 + random.nextInt(3), random.nextInt(500_000));
        List<String> done = new ArrayList<>();
        boolean release = random.nextInt(5) == 0;
        if (release) {
            acquired.forEach(store::releaseAcquiredTrigger);
            // Ours gives them back before it takes more.
            store.acquireNextTriggers(0, 1, 0);
            // How many is not compared: of a job that must not run concurrently ours takes several, and then fires one.
            return "release";
        }
        List<TriggerFiredResult> results = store.triggersFired(acquired);
        for (int i = 0; i < acquired.size(); i++) {
            var bundle = results.get(i).getTriggerFiredBundle();
            if (bundle == null) {
                store.releaseAcquiredTrigger(acquired.get(i));
            } else {
                done.add(acquired.get(i).getKey() + "@"
                        + bundle.getScheduledFireTime().getTime());
            }
        }
        for (TriggerFiredResult result : results) {
            var bundle = result.getTriggerFiredBundle();
            if (bundle != null) {
                OperableTrigger trigger = bundle.getTrigger();
                store.triggeredJobComplete(trigger, bundle.getJobDetail(), trigger.executionComplete(null, null));
            }
        }
        return "fire " + done;
    }

    private static List<String> rows(String cluster) throws Exception {
        List<String> rows = new ArrayList<>();
        try (Connection connection = POSTGRES.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("""
                        SELECT concat_ws(' ', t.trigger_group, t.trigger_name, t.job_name, t.trigger_state, t.trigger_type, t.next_fire_time, t.prev_fire_time,
                          t.start_time, t.end_time, t.priority, t.misfire_instr, COALESCE(length(t.job_data), 0) > 0,
                          s.repeat_count, s.repeat_interval, s.times_triggered, c.cron_expression, c.time_zone_id, p.str_prop_1, p.int_prop_1, p.int_prop_2)
                        FROM qrtz_triggers t
                        LEFT JOIN qrtz_simple_triggers s USING (sched_name, trigger_name, trigger_group)
                        LEFT JOIN qrtz_cron_triggers c USING (sched_name, trigger_name, trigger_group)
                        LEFT JOIN qrtz_simprop_triggers p USING (sched_name, trigger_name, trigger_group)
                        WHERE t.sched_name = '%1$s'
                        UNION ALL SELECT 'job ' || job_name FROM qrtz_job_details WHERE sched_name = '%1$s'
                        UNION ALL SELECT 'paused ' || trigger_group FROM qrtz_paused_trigger_grps WHERE sched_name = '%1$s'
                        UNION ALL SELECT 'fired ' || trigger_name || state FROM qrtz_fired_triggers WHERE sched_name = '%1$s'
                        UNION ALL SELECT 'details ' || count(*) FROM qrtz_simple_triggers WHERE sched_name = '%1$s'
                        ORDER BY 1
                        """.formatted(cluster))) {
            while (row.next()) {
                rows.add(row.getString(1));
            }
        }
        return rows;
    }
}
