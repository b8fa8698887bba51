package dev.bide.engine.quartz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.delay.DateDelay;
import dev.bide.delay.Delay;
import dev.bide.delay.DueTime;
import dev.bide.delay.PeriodDelay;
import dev.bide.delay.PeriodUnit;
import dev.bide.delay.WeekdaysDelay;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Date;
import java.util.Set;
import java.util.TimeZone;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.quartz.CronTrigger;
import org.quartz.JobKey;
import org.quartz.SimpleTrigger;
import org.quartz.Trigger;
import org.quartz.TriggerKey;
import org.quartz.spi.OperableTrigger;

class TriggerFactoryTest {

    private static final TriggerKey KEY = new TriggerKey("timer-id", "timer");
    private static final JobKey JOB = new JobKey("deliver", "timer");
    private static final int LANE = -1_234_567_890;
    private static final LocalTime NINE = LocalTime.of(9, 0);

    private static OperableTrigger trigger(Delay delay, String from) {
        ZonedDateTime start = ZonedDateTime.parse(from);
        Instant due = ((DueTime.Due) delay.dueTime(start.toInstant(), start.getZone())).at();
        return TriggerFactory.triggerFor(KEY, JOB, LANE, delay, start.toInstant(), start.getZone(), due);
    }

    private static WeekdaysDelay weekdays(@Nullable LocalTime at, DayOfWeek... days) {
        return new WeekdaysDelay(Set.of(days), at, null);
    }

    private static void firesOnceAt(OperableTrigger trigger, String due) {
        assertThat(trigger.getNextFireTime())
                .isEqualTo(Date.from(ZonedDateTime.parse(due).toInstant()));
        trigger.triggered(null);
        assertThat(trigger.getNextFireTime()).isNull();
    }

    @Test
    void weekdays_are_a_cron_trigger_in_the_waits_zone() {
        OperableTrigger trigger = trigger(
                weekdays(NINE, DayOfWeek.FRIDAY, DayOfWeek.WEDNESDAY), "2026-11-24T10:15:30.5+01:00[Europe/Berlin]");

        assertThat(trigger).isInstanceOfSatisfying(CronTrigger.class, cron -> {
            assertThat(cron.getCronExpression()).isEqualTo("0 0 9 ? * WED,FRI");
            assertThat(cron.getTimeZone()).isEqualTo(TimeZone.getTimeZone("Europe/Berlin"));
        });
        firesOnceAt(trigger, "2026-11-25T09:00+01:00[Europe/Berlin]");
    }

    @Test
    void weekdays_are_a_cron_trigger_in_the_delays_own_zone() {
        Delay tokyo = new WeekdaysDelay(Set.of(DayOfWeek.WEDNESDAY), NINE, ZoneId.of("Asia/Tokyo"));
        OperableTrigger trigger = trigger(tokyo, "2026-11-24T10:15+01:00[Europe/Berlin]");

        assertThat(((CronTrigger) trigger).getTimeZone()).isEqualTo(TimeZone.getTimeZone("Asia/Tokyo"));
        firesOnceAt(trigger, "2026-11-25T09:00+09:00[Asia/Tokyo]");
    }

    @Test
    void weekdays_without_a_time_are_a_cron_trigger_at_midnight() {
        OperableTrigger trigger =
                trigger(weekdays(null, DayOfWeek.MONDAY, DayOfWeek.WEDNESDAY), "2026-11-24T10:15Z[UTC]");

        assertThat(((CronTrigger) trigger).getCronExpression()).isEqualTo("0 0 0 ? * MON,WED");
        firesOnceAt(trigger, "2026-11-25T00:00Z");
    }

    @Test
    void weekdays_that_are_due_at_once_are_a_one_shot() {
        OperableTrigger trigger = trigger(weekdays(null, DayOfWeek.TUESDAY), "2026-11-24T10:15:30.123Z[UTC]");

        assertThat(trigger).isInstanceOf(SimpleTrigger.class);
        firesOnceAt(trigger, "2026-11-24T10:15:30.123Z");
    }

    @Test
    void a_fire_time_just_before_the_wait_is_not_taken_for_it() {
        OperableTrigger trigger = trigger(weekdays(NINE, DayOfWeek.TUESDAY), "2026-11-24T09:00:00.001Z[UTC]");

        assertThat(trigger).isInstanceOf(CronTrigger.class);
        firesOnceAt(trigger, "2026-12-01T09:00Z");
    }

    @Test
    void weekdays_whose_time_falls_into_a_gap_are_a_one_shot() {
        OperableTrigger trigger =
                trigger(weekdays(LocalTime.of(2, 30), DayOfWeek.SUNDAY), "2026-03-28T12:00+01:00[Europe/Berlin]");

        assertThat(trigger).isInstanceOf(SimpleTrigger.class);
        firesOnceAt(trigger, "2026-03-29T03:30+02:00[Europe/Berlin]");
    }

    @Test
    void weekdays_whose_time_occurs_twice_are_a_one_shot() {
        OperableTrigger trigger =
                trigger(weekdays(LocalTime.of(2, 30), DayOfWeek.SUNDAY), "2026-10-24T12:00+02:00[Europe/Berlin]");

        assertThat(trigger).isInstanceOf(SimpleTrigger.class);
        firesOnceAt(trigger, "2026-10-25T02:30+02:00[Europe/Berlin]");
    }

    @Test
    void periods_and_dates_are_a_one_shot() {
        String from = "2026-11-24T10:15:30.123Z[UTC]";
        OperableTrigger period = trigger(new PeriodDelay(90, PeriodUnit.MINUTES, null, null), from);
        OperableTrigger periodAt = trigger(new PeriodDelay(3, PeriodUnit.DAYS, NINE, null), from);
        OperableTrigger date = trigger(new DateDelay(LocalDate.of(2027, 3, 1), NINE, null, null), from);

        assertThat(period).isInstanceOf(SimpleTrigger.class);
        firesOnceAt(period, "2026-11-24T11:45:30.123Z");
        assertThat(periodAt).isInstanceOf(SimpleTrigger.class);
        firesOnceAt(periodAt, "2026-11-27T09:00Z");
        assertThat(date).isInstanceOf(SimpleTrigger.class);
        firesOnceAt(date, "2027-03-01T09:00Z");
    }

    @Test
    void no_trigger_is_ever_skipped_as_misfired() {
        OperableTrigger cron = trigger(weekdays(NINE, DayOfWeek.FRIDAY), "2026-11-24T10:15Z[UTC]");
        OperableTrigger oneShot = TriggerFactory.oneShot(KEY, JOB, LANE, Instant.parse("2026-11-24T10:15:30.123Z"));

        for (OperableTrigger trigger : new OperableTrigger[] {cron, oneShot}) {
            assertThat(trigger.getMisfireInstruction()).isEqualTo(Trigger.MISFIRE_INSTRUCTION_IGNORE_MISFIRE_POLICY);
            assertThat(trigger.getKey()).isEqualTo(KEY);
            assertThat(trigger.getJobKey()).isEqualTo(JOB);
            assertThat(trigger.getPriority()).as("its lane").isEqualTo(LANE);
        }
        firesOnceAt(oneShot, "2026-11-24T10:15:30.123Z");
    }

    /** Quartz rounds a start in the JVM's zone, which puts 13:25 UTC an hour later where that hour is repeated. */
    @Test
    void a_trigger_can_be_read_by_a_node_whose_own_clock_is_set_back() {
        TimeZone here = TimeZone.getDefault();
        try {
            TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
            OperableTrigger trigger =
                    trigger(weekdays(LocalTime.of(13, 30), DayOfWeek.SATURDAY), "2027-04-03T13:25Z[UTC]");
            assertThat(trigger).isInstanceOf(CronTrigger.class);

            TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Chatham"));
            OperableTrigger read = (OperableTrigger) trigger.getTriggerBuilder().build();
            assertThat(read.getStartTime()).isEqualTo(Date.from(Instant.parse("2027-04-03T14:25:00Z")));
            read.setNextFireTime(trigger.getNextFireTime());
            firesOnceAt(read, "2027-04-03T13:30Z");
        } finally {
            TimeZone.setDefault(here);
        }
    }
}
