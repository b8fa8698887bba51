package dev.bide.jobstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bide.testing.PostgresExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TimeZone;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.quartz.CalendarIntervalScheduleBuilder;
import org.quartz.CronScheduleBuilder;
import org.quartz.CronTrigger;
import org.quartz.DailyTimeIntervalScheduleBuilder;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.JobKey;
import org.quartz.JobPersistenceException;
import org.quartz.ObjectAlreadyExistsException;
import org.quartz.PersistJobDataAfterExecution;
import org.quartz.ScheduleBuilder;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.SimpleTrigger;
import org.quartz.Trigger;
import org.quartz.Trigger.CompletedExecutionInstruction;
import org.quartz.Trigger.TriggerState;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;
import org.quartz.impl.calendar.HolidayCalendar;
import org.quartz.impl.matchers.GroupMatcher;
import org.quartz.jobs.NoOpJob;
import org.quartz.spi.JobStore;
import org.quartz.spi.OperableTrigger;
import org.quartz.spi.TriggerFiredBundle;
import org.quartz.spi.TriggerFiredResult;

/** What Quartz's JDBC store does, as its callers see it. It runs on Quartz's own {@code JobStoreTX} first: what passes there is the definition. */
abstract class JobStoreContract {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    static final JobKey JOB = new JobKey("job", "jobs");
    private static final long HOUR = Duration.ofHours(1).toMillis();

    private Node node;
    JobStore store;
    String cluster;

    abstract Node create(String cluster);

    /** Returns when completions have been written. */
    abstract void settled();

    @BeforeEach
    void open() throws Exception {
        cluster = "contract-" + UUID.randomUUID();
        node = create(cluster);
        store = node.store;
        store.schedulerStarted();
    }

    @AfterEach
    void close() {
        node.close();
    }

    @DisallowConcurrentExecution
    @PersistJobDataAfterExecution
    public static final class ExclusiveJob implements Job {
        @Override
        public void execute(JobExecutionContext context) {}
    }

    static JobDetail job(JobKey key, Class<? extends Job> type, boolean durable) {
        return JobBuilder.newJob(type)
                .withIdentity(key)
                .storeDurably(durable)
                .usingJobData("colour", "red")
                .build();
    }

    static JobDetail job() {
        return job(JOB, NoOpJob.class, true);
    }

    static OperableTrigger trigger(String name, long due, ScheduleBuilder<? extends Trigger> schedule) {
        OperableTrigger trigger = (OperableTrigger) TriggerBuilder.newTrigger()
                .withIdentity(name, "triggers")
                .forJob(JOB)
                .startAt(new Date(due))
                .withSchedule(schedule)
                .build();
        trigger.computeFirstFireTime(null);
        return trigger;
    }

    static OperableTrigger once(String name, long due) {
        return trigger(name, due, SimpleScheduleBuilder.simpleSchedule());
    }

    static TriggerKey key(String name) {
        return new TriggerKey(name, "triggers");
    }

    static long now() {
        return System.currentTimeMillis();
    }

    private List<OperableTrigger> acquire(long noLaterThan, int most, long window) throws Exception {
        return store.acquireNextTriggers(noLaterThan, most, window);
    }

    private TriggerFiredBundle fire(OperableTrigger trigger) throws Exception {
        List<TriggerFiredResult> results = store.triggersFired(List.of(trigger));
        assertThat(results).hasSize(1);
        return results.get(0).getTriggerFiredBundle();
    }

    private void complete(TriggerFiredBundle bundle) {
        CompletedExecutionInstruction instruction = bundle.getTrigger().executionComplete(null, null);
        store.triggeredJobComplete(bundle.getTrigger(), bundle.getJobDetail(), instruction);
        settled();
    }

    private static List<String> names(List<OperableTrigger> triggers) {
        return triggers.stream().map(trigger -> trigger.getKey().getName()).toList();
    }

    @Test
    void keeps_every_kind_of_trigger_as_it_was_given() throws Exception {
        store.storeJob(job(), false);
        long due = now() + HOUR;
        TimeZone zone = TimeZone.getTimeZone("Asia/Kolkata");
        List<OperableTrigger> triggers = List.of(
                trigger(
                        "simple",
                        due,
                        SimpleScheduleBuilder.simpleSchedule()
                                .withRepeatCount(3)
                                .withIntervalInSeconds(7)),
                trigger(
                        "cron",
                        due,
                        CronScheduleBuilder.cronSchedule("0 15 10 ? * MON-FRI").inTimeZone(zone)),
                trigger(
                        "calendar",
                        due,
                        CalendarIntervalScheduleBuilder.calendarIntervalSchedule()
                                .withIntervalInMonths(2)
                                .inTimeZone(zone)
                                .preserveHourOfDayAcrossDaylightSavings(true)),
                trigger(
                        "daily",
                        due,
                        DailyTimeIntervalScheduleBuilder.dailyTimeIntervalSchedule()
                                .onMondayThroughFriday()
                                .withIntervalInMinutes(72)));
        for (OperableTrigger trigger : triggers) {
            OperableTrigger given = (OperableTrigger) trigger.getTriggerBuilder()
                    .withPriority(8)
                    .withDescription("a " + trigger.getKey().getName())
                    .usingJobData("size", 12)
                    .endAt(new Date(due + 1000 * HOUR))
                    .build();
            given.computeFirstFireTime(null);
            store.storeTrigger(given, false);
            OperableTrigger kept = store.retrieveTrigger(given.getKey());
            assertThat(kept).hasSameClassAs(given);
            assertThat(kept.getTriggerBuilder().build())
                    .usingRecursiveComparison()
                    .ignoringFields("jobDataMap", "fireInstanceId")
                    .withEqualsForType((a, b) -> a.toString().equals(b.toString()), org.quartz.CronExpression.class)
                    .isEqualTo(given.getTriggerBuilder().build());
            assertThat(kept.getNextFireTime()).isEqualTo(given.getNextFireTime());
            assertThat(kept.getJobDataMap().getInt("size")).isEqualTo(12);
            assertThat(store.getTriggerState(given.getKey())).isEqualTo(TriggerState.NORMAL);
        }
        assertThat(store.getTriggersForJob(JOB)).hasSize(4);
        assertThat(store.getNumberOfTriggers()).isEqualTo(4);
    }

    @Test
    void refuses_keys_that_exist_unless_told_to_replace() throws Exception {
        store.storeJobAndTrigger(job(), once("a", now() + HOUR));
        assertThatThrownBy(() -> store.storeJob(job(), false)).isInstanceOf(ObjectAlreadyExistsException.class);
        assertThatThrownBy(() -> store.storeTrigger(once("a", now() + HOUR), false))
                .isInstanceOf(ObjectAlreadyExistsException.class);
        assertThatThrownBy(() -> store.storeJobsAndTriggers(
                        Map.of(job(new JobKey("other"), NoOpJob.class, true), Set.of(once("a", now() + HOUR))), false))
                .isInstanceOf(ObjectAlreadyExistsException.class);
        assertThat(store.checkExists(new JobKey("other"))).isFalse();
        long later = now() + 2 * HOUR;
        store.storeTrigger(once("a", later), true);
        assertThat(store.retrieveTrigger(key("a")).getNextFireTime()).isEqualTo(new Date(later));
        assertThatThrownBy(() -> store.storeTrigger(
                        (OperableTrigger) once("b", later)
                                .getTriggerBuilder()
                                .forJob("no", "such")
                                .build(),
                        false))
                .isInstanceOf(JobPersistenceException.class);
    }

    @Test
    void stores_many_jobs_with_their_triggers_at_once() throws Exception {
        JobDetail second = job(new JobKey("second", "jobs"), NoOpJob.class, false);
        OperableTrigger ofSecond = (OperableTrigger) TriggerBuilder.newTrigger()
                .withIdentity("s", "others")
                .forJob(second)
                .startAt(new Date(now() + HOUR))
                .build();
        ofSecond.computeFirstFireTime(null);
        store.pauseTriggers(GroupMatcher.triggerGroupEquals("others"));
        store.storeJobsAndTriggers(
                Map.of(job(), Set.of(once("a", now() + HOUR), once("b", now() + HOUR)), second, Set.of(ofSecond)),
                false);
        assertThat(store.getNumberOfJobs()).isEqualTo(2);
        assertThat(store.getTriggersForJob(JOB)).hasSize(2);
        assertThat(store.getTriggerState(ofSecond.getKey())).isEqualTo(TriggerState.PAUSED);
        assertThat(store.getTriggerState(key("a"))).isEqualTo(TriggerState.NORMAL);
        long later = now() + 3 * HOUR;
        store.storeJobsAndTriggers(Map.of(job(), Set.of(once("a", later))), true);
        assertThat(store.retrieveTrigger(key("a")).getNextFireTime()).isEqualTo(new Date(later));
    }

    @Test
    void acquires_by_time_then_priority_in_batches_and_windows() throws Exception {
        store.storeJob(job(), false);
        long base = now() + HOUR;
        store.storeTrigger(once("late", base + 500), false);
        store.storeTrigger(once("first", base), false);
        OperableTrigger urgent = (OperableTrigger)
                once("urgent", base + 100).getTriggerBuilder().withPriority(9).build();
        urgent.computeFirstFireTime(null);
        store.storeTrigger(once("normal", base + 100), false);
        store.storeTrigger(urgent, false);

        assertThat(acquire(base - 1, 5, 0)).isEmpty();
        List<OperableTrigger> one = acquire(base + 10_000, 5, 0);
        assertThat(names(one)).containsExactly("first");
        one.forEach(store::releaseAcquiredTrigger);
        assertThat(names(acquire(base + 10_000, 2, 200))).containsExactly("first", "urgent");
        assertThat(names(acquire(base + 10_000, 5, 1_000))).containsExactly("normal", "late");
        assertThat(acquire(base + 10_000, 5, 0)).isEmpty();
    }

    @Test
    void takes_the_overdue_together_oldest_first() throws Exception {
        store.storeJob(job(), false);
        long base = now() - 5_000;
        for (int i = 0; i < 10; i++) {
            store.storeTrigger(once("t" + (9 - i), base + 100 * (9 - i)), false);
        }
        assertThat(names(acquire(now() + 1_000, 6, 0))).containsExactly("t0", "t1", "t2", "t3", "t4", "t5");
        assertThat(names(acquire(now() + 1_000, 6, 0))).containsExactly("t6", "t7", "t8", "t9");
    }

    @Test
    void a_one_shot_fires_completes_and_is_gone() throws Exception {
        store.storeJob(job(), false);
        long due = now() - 1_000;
        store.storeTrigger(once("a", due), false);
        OperableTrigger acquired = acquire(now() + 1_000, 1, 0).get(0);
        assertThat(acquired.getNextFireTime()).isEqualTo(new Date(due));
        assertThat(acquired.getFireInstanceId()).isNotBlank();
        TriggerFiredBundle bundle = fire(acquired);
        assertThat(bundle.getScheduledFireTime()).isEqualTo(new Date(due));
        assertThat(bundle.getNextFireTime()).isNull();
        assertThat(bundle.getPrevFireTime()).isNull();
        assertThat(bundle.isRecovering()).isFalse();
        assertThat(bundle.getJobDetail().getJobDataMap().getString("colour")).isEqualTo("red");
        assertThat(((SimpleTrigger) bundle.getTrigger()).getTimesTriggered()).isOne();
        assertThat(store.getTriggerState(key("a"))).isEqualTo(TriggerState.COMPLETE);
        complete(bundle);
        assertThat(store.checkExists(key("a"))).isFalse();
        assertThat(store.checkExists(JOB)).isTrue();
    }

    @Test
    void a_repeating_trigger_goes_on_until_its_end() throws Exception {
        store.storeJob(job(), false);
        long due = now() - 200;
        store.storeTrigger(
                trigger(
                        "r",
                        due,
                        SimpleScheduleBuilder.simpleSchedule()
                                .withRepeatCount(2)
                                .withIntervalInMilliseconds(50)),
                false);
        for (int i = 0; i < 3; i++) {
            OperableTrigger acquired = acquire(now() + HOUR, 1, 0).get(0);
            assertThat(acquired.getNextFireTime()).isEqualTo(new Date(due + 50L * i));
            TriggerFiredBundle bundle = fire(acquired);
            assertThat(bundle.getNextFireTime()).isEqualTo(i == 2 ? null : new Date(due + 50L * (i + 1)));
            if (i < 2) {
                assertThat(((SimpleTrigger) store.retrieveTrigger(key("r"))).getTimesTriggered())
                        .isEqualTo(i + 1);
            }
            complete(bundle);
        }
        assertThat(store.checkExists(key("r"))).isFalse();
    }

    @Test
    void a_trigger_that_repeats_may_fire_again_while_it_still_executes() throws Exception {
        store.storeJob(job(), false);
        store.storeTrigger(trigger("c", now() - 10_000, CronScheduleBuilder.cronSchedule("* * * * * ?")), false);
        TriggerFiredBundle first = fire(acquire(now() + HOUR, 1, 0).get(0));
        TriggerFiredBundle second = fire(acquire(now() + HOUR, 1, 0).get(0));
        assertThat(second.getPrevFireTime()).isEqualTo(first.getScheduledFireTime());
        assertThat(second.getTrigger().getFireInstanceId())
                .isNotEqualTo(first.getTrigger().getFireInstanceId());
        complete(first);
        complete(second);
        assertThat(store.getTriggerState(key("c"))).isEqualTo(TriggerState.NORMAL);
        assertThat(((CronTrigger) store.retrieveTrigger(key("c"))).getCronExpression())
                .isEqualTo("* * * * * ?");
    }

    @Test
    void what_is_changed_after_it_was_acquired_does_not_fire() throws Exception {
        store.storeJob(job(), false);
        long base = now() + HOUR;
        for (String name : List.of("paused", "removed", "replaced", "kept")) {
            store.storeTrigger(once(name, base), false);
        }
        List<OperableTrigger> acquired = acquire(base, 10, 0);
        assertThat(acquired).hasSize(4);
        store.pauseTrigger(key("paused"));
        store.removeTrigger(key("removed"));
        store.replaceTrigger(key("replaced"), once("replaced", base + HOUR));
        List<String> fired = new ArrayList<>();
        List<TriggerFiredResult> results = store.triggersFired(acquired);
        for (int i = 0; i < results.size(); i++) {
            if (results.get(i).getTriggerFiredBundle() == null) {
                store.releaseAcquiredTrigger(acquired.get(i));
            } else {
                fired.add(acquired.get(i).getKey().getName());
                complete(results.get(i).getTriggerFiredBundle());
            }
        }
        assertThat(fired).containsExactly("kept");
        assertThat(store.getTriggerState(key("paused"))).isEqualTo(TriggerState.PAUSED);
        assertThat(store.checkExists(key("removed"))).isFalse();
        assertThat(store.getTriggerState(key("replaced"))).isEqualTo(TriggerState.NORMAL);
        assertThat(names(acquire(base + 2 * HOUR, 10, 0))).containsExactly("replaced");
    }

    @Test
    void a_trigger_released_can_be_acquired_again() throws Exception {
        store.storeJob(job(), false);
        store.storeTrigger(once("a", now() + HOUR), false);
        OperableTrigger acquired = acquire(now() + 2 * HOUR, 1, 0).get(0);
        store.releaseAcquiredTrigger(acquired);
        assertThat(names(acquire(now() + 2 * HOUR, 1, 0))).containsExactly("a");
    }

    @Test
    void pauses_and_resumes_by_trigger_job_group_and_matcher() throws Exception {
        store.storeJob(job(), false);
        store.storeTrigger(once("a", now() + HOUR), false);
        store.storeTrigger(once("b", now() + HOUR), false);
        store.pauseTrigger(key("a"));
        assertThat(store.getTriggerState(key("a"))).isEqualTo(TriggerState.PAUSED);
        assertThat(names(acquire(now() + 2 * HOUR, 5, HOUR))).containsExactly("b");
        store.resumeTrigger(key("a"));
        assertThat(store.getTriggerState(key("a"))).isEqualTo(TriggerState.NORMAL);
        store.pauseJob(JOB);
        assertThat(store.getTriggerState(key("b"))).isEqualTo(TriggerState.PAUSED);
        store.resumeJob(JOB);
        assertThat(store.getTriggerState(key("b"))).isEqualTo(TriggerState.NORMAL);
        store.pauseJobs(GroupMatcher.jobGroupStartsWith("jo"));
        assertThat(store.getTriggerState(key("a"))).isEqualTo(TriggerState.PAUSED);
        store.resumeJobs(GroupMatcher.jobGroupStartsWith("jo"));
        assertThat(store.pauseTriggers(GroupMatcher.triggerGroupEndsWith("gers")))
                .containsExactly("triggers");
        assertThat(store.getPausedTriggerGroups()).containsExactly("triggers");
        store.storeTrigger(once("c", now() + HOUR), false);
        assertThat(store.getTriggerState(key("c"))).isEqualTo(TriggerState.PAUSED);
        assertThat(acquire(now() + 2 * HOUR, 5, HOUR)).isEmpty();
        assertThat(store.resumeTriggers(GroupMatcher.triggerGroupEquals("triggers")))
                .containsExactly("triggers");
        assertThat(store.getTriggerState(key("c"))).isEqualTo(TriggerState.NORMAL);
        store.pauseAll();
        assertThat(store.getTriggerState(key("a"))).isEqualTo(TriggerState.PAUSED);
        store.resumeAll();
        assertThat(names(acquire(now() + 2 * HOUR, 5, HOUR))).containsExactlyInAnyOrder("a", "b", "c");
    }

    @Test
    void resuming_applies_the_misfire_instruction() throws Exception {
        store.storeJob(job(), false);
        long past = now() - 10 * HOUR;
        store.storeTrigger(
                trigger(
                        "next",
                        past,
                        SimpleScheduleBuilder.simpleSchedule()
                                .withIntervalInHours(24)
                                .repeatForever()
                                .withMisfireHandlingInstructionNextWithRemainingCount()),
                false);
        store.storeTrigger(
                trigger("now", past, SimpleScheduleBuilder.simpleSchedule().withMisfireHandlingInstructionFireNow()),
                false);
        store.storeTrigger(
                trigger(
                        "ignore",
                        past,
                        SimpleScheduleBuilder.simpleSchedule().withMisfireHandlingInstructionIgnoreMisfires()),
                false);
        for (String name : List.of("next", "now", "ignore")) {
            store.pauseTrigger(key(name));
        }
        // Quartz applies them only while the scheduler runs, which schedulerStarted() says it does.
        for (String name : List.of("next", "now", "ignore")) {
            store.resumeTrigger(key(name));
        }
        assertThat(store.retrieveTrigger(key("next")).getNextFireTime()).isEqualTo(new Date(past + 24 * HOUR));
        assertThat(store.retrieveTrigger(key("now")).getNextFireTime()).isCloseTo(new Date(), 60_000);
        assertThat(store.retrieveTrigger(key("ignore")).getNextFireTime()).isEqualTo(new Date(past));
    }

    @Test
    void late_triggers_that_ignore_misfires_are_taken_and_the_others_are_not() throws Exception {
        store.storeJob(job(), false);
        long past = now() - 10 * HOUR;
        store.storeTrigger(
                trigger(
                        "ignore",
                        past,
                        SimpleScheduleBuilder.simpleSchedule().withMisfireHandlingInstructionIgnoreMisfires()),
                false);
        store.storeTrigger(
                trigger("policy", past, SimpleScheduleBuilder.simpleSchedule().withMisfireHandlingInstructionFireNow()),
                false);
        assertThat(names(acquire(now() + 1_000, 5, 0))).contains("ignore");
    }

    @Test
    void errors_stop_a_trigger_until_it_is_reset() throws Exception {
        store.storeJob(job(), false);
        store.storeTrigger(trigger("r", now() - 100, SimpleScheduleBuilder.repeatHourlyForever()), false);
        store.storeTrigger(once("other", now() + 5 * HOUR), false);
        TriggerFiredBundle bundle = fire(acquire(now() + 1_000, 1, 0).get(0));
        store.triggeredJobComplete(
                bundle.getTrigger(), bundle.getJobDetail(), CompletedExecutionInstruction.SET_TRIGGER_ERROR);
        settled();
        assertThat(store.getTriggerState(key("r"))).isEqualTo(TriggerState.ERROR);
        assertThat(names(acquire(now() + 3 * HOUR, 5, 0))).isEmpty();
        store.resetTriggerFromErrorState(key("r"));
        assertThat(store.getTriggerState(key("r"))).isEqualTo(TriggerState.NORMAL);
        TriggerFiredBundle again = fire(acquire(now() + 3 * HOUR, 1, 0).get(0));
        store.triggeredJobComplete(
                again.getTrigger(), again.getJobDetail(), CompletedExecutionInstruction.SET_ALL_JOB_TRIGGERS_ERROR);
        settled();
        assertThat(store.getTriggerState(key("other"))).isEqualTo(TriggerState.ERROR);
    }

    @Test
    void a_job_that_must_not_run_concurrently_blocks_its_other_triggers_and_keeps_its_data() throws Exception {
        store.storeJob(job(JOB, ExclusiveJob.class, true), false);
        store.storeTrigger(once("a", now() - 2_000), false);
        store.storeTrigger(once("b", now() - 1_000), false);
        List<OperableTrigger> acquired = acquire(now() + 1_000, 5, 0);
        TriggerFiredBundle bundle = fire(acquired.get(0));
        assertThat(bundle.getTrigger().getKey()).isEqualTo(key("a"));
        for (OperableTrigger another : acquired.subList(1, acquired.size())) {
            assertThat(fire(another)).isNull();
        }
        assertThat(store.getTriggerState(key("b"))).isEqualTo(TriggerState.BLOCKED);
        assertThat(acquire(now() + 1_000, 5, 0)).isEmpty();
        bundle.getJobDetail().getJobDataMap().put("colour", "blue");
        complete(bundle);
        assertThat(store.getTriggerState(key("b"))).isEqualTo(TriggerState.NORMAL);
        assertThat(store.retrieveJob(JOB).getJobDataMap().getString("colour")).isEqualTo("blue");
        TriggerFiredBundle next = fire(acquire(now() + 1_000, 5, 0).get(0));
        assertThat(next.getTrigger().getKey()).isEqualTo(key("b"));
        assertThat(next.getJobDetail().getJobDataMap().getString("colour")).isEqualTo("blue");
        complete(next);
    }

    @Test
    void a_job_that_is_not_durable_goes_with_its_last_trigger() throws Exception {
        store.storeJobAndTrigger(job(JOB, NoOpJob.class, false), once("a", now() - 100));
        store.storeTrigger(once("b", now() + HOUR), false);
        complete(fire(acquire(now() + 1_000, 1, 0).get(0)));
        assertThat(store.checkExists(JOB)).isTrue();
        assertThat(store.removeTrigger(key("b"))).isTrue();
        assertThat(store.checkExists(JOB)).isFalse();
        assertThat(store.removeTrigger(key("b"))).isFalse();
    }

    @Test
    void a_job_whose_class_is_gone_can_be_deleted() throws Exception {
        store.storeJobAndTrigger(job(), once("a", now() + HOUR));
        try (java.sql.Connection connection = POSTGRES.dataSource().getConnection();
                java.sql.Statement statement = connection.createStatement()) {
            statement.execute("UPDATE qrtz_job_details SET job_class_name = 'no.such.Class' WHERE sched_name = '"
                    + cluster + "'");
        }
        assertThatThrownBy(() -> store.retrieveJob(JOB)).isInstanceOf(JobPersistenceException.class);
        assertThat(store.removeJob(JOB)).isTrue();
        assertThat(store.checkExists(key("a"))).isFalse();
    }

    @Test
    void a_trigger_given_another_time_while_it_executes_stays() throws Exception {
        store.storeJob(job(), false);
        store.storeTrigger(once("a", now() - 100), false);
        TriggerFiredBundle bundle = fire(acquire(now() + 1_000, 1, 0).get(0));
        long later = now() + HOUR;
        assertThat(store.replaceTrigger(key("a"), once("a", later))).isTrue();
        complete(bundle);
        assertThat(store.retrieveTrigger(key("a")).getNextFireTime()).isEqualTo(new Date(later));
        assertThat(names(acquire(later, 1, 0))).containsExactly("a");
    }

    @Test
    void calendars_move_their_triggers_and_are_kept_while_used() throws Exception {
        store.storeJob(job(), false);
        HolidayCalendar empty = new HolidayCalendar();
        store.storeCalendar("holidays", empty, false, false);
        long due = now() + 48 * HOUR;
        OperableTrigger trigger = (OperableTrigger) TriggerBuilder.newTrigger()
                .withIdentity(key("c"))
                .forJob(JOB)
                .startAt(new Date(due))
                .modifiedByCalendar("holidays")
                .withSchedule(SimpleScheduleBuilder.repeatHourlyForever(24))
                .build();
        trigger.computeFirstFireTime(empty);
        store.storeTrigger(trigger, false);
        assertThatThrownBy(() -> store.removeCalendar("holidays")).isInstanceOf(JobPersistenceException.class);
        assertThatThrownBy(() -> store.storeCalendar("holidays", empty, false, false))
                .isInstanceOf(ObjectAlreadyExistsException.class);
        HolidayCalendar holiday = new HolidayCalendar();
        holiday.addExcludedDate(new Date(due));
        store.storeCalendar("holidays", holiday, true, true);
        assertThat(store.retrieveTrigger(key("c")).getNextFireTime()).isEqualTo(new Date(due + 24 * HOUR));
        OperableTrigger acquired = acquire(due + 48 * HOUR, 1, 0).get(0);
        TriggerFiredBundle bundle = fire(acquired);
        assertThat(bundle.getCalendar()).isNotNull();
        complete(bundle);
        assertThat(store.removeTrigger(key("c"))).isTrue();
        assertThat(store.removeCalendar("holidays")).isTrue();
        assertThat(store.getCalendarNames()).isEmpty();
    }

    @Test
    void clears_everything() throws Exception {
        store.storeJobAndTrigger(job(), once("a", now() + HOUR));
        store.storeCalendar("c", new HolidayCalendar(), false, false);
        store.clearAllSchedulingData();
        assertThat(store.getNumberOfJobs() + store.getNumberOfTriggers() + store.getNumberOfCalendars())
                .isZero();
    }
}
