package dev.bide.jobstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bide.testing.PostgresExtension;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;
import org.quartz.impl.calendar.BaseCalendar;
import org.quartz.spi.OperableTrigger;

/** One trigger that can't be read, or that the listener can't load, is set aside, and the others fire. */
class PoisonIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    @Test
    void those_that_the_listener_fails_for_are_set_aside_however_they_are_fired() throws Exception {
        Cluster cluster = new Cluster("fussy", POSTGRES.dataSource());
        Set<String> bad = Set.of("t42", "t77", "cron-3");
        Queue<String> released = new ConcurrentLinkedQueue<>();
        ExecutionListener fussy = new ExecutionListener() {
            @Override
            public void fired(Connection connection, List<Execution> executions) {
                executions.forEach(one -> {
                    if (bad.contains(one.triggerKey().getName())) {
                        throw new IllegalArgumentException(one.triggerKey().getName() + " is no name to my liking");
                    }
                });
            }

            @Override
            public void released(List<Execution> executions) {
                executions.forEach(one -> released.add(one.triggerKey().getName()));
            }
        };
        try (Node node = cluster.node("a", store -> store.setExecutionListener(fussy))) {
            List<OperableTrigger> triggers = Cluster.oneShots(100, new Date());
            for (int i = 0; i < 20; i++) {
                triggers.add(Cluster.onceByCron("cron-" + i, new Date()));
            }
            cluster.store(node, triggers);
            node.start();
            await().atMost(Duration.ofSeconds(40))
                    .until(() -> cluster.firings().total.sum() == 117
                            && node.postgres().statistics().poisoned() == 3);
            await().until(() -> node.postgres().statistics().inHand() == 0);
            assertThat(released).containsAll(bad);
            for (String name : bad) {
                assertThat(node.scheduler
                                .getTriggerState(new TriggerKey(name, "test"))
                                .name())
                        .isEqualTo("ERROR");
            }
            assertThat(cluster.number("SELECT count(*) FROM qrtz_fired_triggers WHERE sched_name = 'fussy'"))
                    .isZero();
            // And what comes is fired in batches again.
            cluster.store(node, List.of(Cluster.oneShot("next", new Date())));
            await().until(() -> cluster.firings().total.sum() == 118);
        }
    }

    @Test
    void a_due_trigger_whose_calendar_is_no_calendar_is_set_aside() throws Exception {
        Cluster cluster = new Cluster("calendar", POSTGRES.dataSource());
        try (Node node = cluster.node("a")) {
            node.scheduler.addCalendar("bad", new BaseCalendar(), true, false);
            List<OperableTrigger> triggers = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                triggers.add(Cluster.onceByCron("cron-" + i, new Date()));
            }
            triggers.add(repeating("with-calendar", new Date(), "bad", true));
            cluster.store(node, triggers);
            cluster.execute("UPDATE qrtz_calendars SET calendar = 'rubbish' WHERE sched_name = 'calendar'");
            node.start();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> cluster.firings().total.sum() == 5
                            && node.postgres().statistics().poisoned() == 1);
            assertThat(node.scheduler
                            .getTriggerState(new TriggerKey("with-calendar", "test"))
                            .name())
                    .isEqualTo("ERROR");
        }
    }

    @Test
    void misfired_triggers_that_cannot_be_read_stop_no_other() throws Exception {
        Cluster cluster = new Cluster("misfired", POSTGRES.dataSource());
        try (Node node = cluster.node("a", store -> store.setMisfireThreshold(1_000))) {
            node.scheduler.addCalendar("bad", new BaseCalendar(), true, false);
            List<OperableTrigger> triggers = new ArrayList<>();
            Date longAgo = new Date(System.currentTimeMillis() - 3_600_000);
            for (int i = 0; i < 6; i++) {
                triggers.add(repeating("late-" + i, longAgo, null, false));
            }
            triggers.add(repeating("with-calendar", longAgo, "bad", false));
            cluster.store(node, triggers);
            cluster.execute(
                    "UPDATE qrtz_triggers SET job_data = 'rubbish' WHERE sched_name = 'misfired' AND trigger_name = 'late-0'");
            cluster.execute("UPDATE qrtz_calendars SET calendar = 'rubbish' WHERE sched_name = 'misfired'");
            node.start();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> cluster.firings().total.sum() == 5
                            && node.postgres().statistics().poisoned() == 2);
            for (String name : List.of("late-0", "with-calendar")) {
                assertThat(node.scheduler
                                .getTriggerState(new TriggerKey(name, "test"))
                                .name())
                        .isEqualTo("ERROR");
            }
        }
    }

    /** Fires at once where it is late, and then in an hour. */
    private static OperableTrigger repeating(
            String name, Date start, @Nullable String calendar, boolean ignoresMisfires) {
        SimpleScheduleBuilder schedule = SimpleScheduleBuilder.repeatHourlyForever();
        OperableTrigger trigger = (OperableTrigger) TriggerBuilder.newTrigger()
                .withIdentity(name, "test")
                .forJob(Cluster.JOB)
                .startAt(start)
                .withSchedule(
                        ignoresMisfires
                                ? schedule.withMisfireHandlingInstructionIgnoreMisfires()
                                : schedule.withMisfireHandlingInstructionNowWithExistingCount())
                .modifiedByCalendar(calendar)
                .build();
        trigger.computeFirstFireTime(null);
        return trigger;
    }
}
