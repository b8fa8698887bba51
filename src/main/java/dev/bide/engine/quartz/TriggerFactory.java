package dev.bide.engine.quartz;

import dev.bide.delay.Delay;
import dev.bide.delay.WeekdaysDelay;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.TimeZone;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import org.quartz.CronExpression;
import org.quartz.JobKey;
import org.quartz.Trigger;
import org.quartz.TriggerKey;
import org.quartz.impl.triggers.CronTriggerImpl;
import org.quartz.impl.triggers.SimpleTriggerImpl;
import org.quartz.spi.OperableTrigger;

/**
 * Turns a delay into the Quartz trigger that waits for it.
 *
 * <p>The rule wins: the trigger's next fire time is the due time to the millisecond, it fires exactly once, and no
 * misfire rule touches it. Where Quartz's own arithmetic would answer otherwise (a CronTrigger skips a local time
 * inside a DST gap and takes the second of two equal ones), the trigger is a one-shot at the due time.
 *
 * <p>A trigger's priority is the lane of its destination: see {@link dev.bide.jobstore.Lanes}. Stateless; any thread may use it.
 */
@NullMarked
final class TriggerFactory {

    /**
     * How long a CronTrigger's end lies behind its only fire time. {@link CronTriggerImpl#setStartTime} rounds in the
     * JVM's own zone, which moves a start in a repeated hour to the second pass; a start behind the end would be
     * refused, and so the row never be read again. Shorter than any day, so nothing else fits in.
     */
    private static final Duration END_AFTER_DUE = Duration.ofHours(3);

    private TriggerFactory() {}

    /**
     * The trigger of a wait. Days of the week become a CronTrigger in the delay's zone wherever Quartz finds the same
     * time, everything else a one-shot.
     *
     * @param from when the wait began
     * @param zone the zone that counts where the delay has none of its own
     * @param due what the delay's rule answered for {@code from} and {@code zone}, in whole milliseconds
     */
    static OperableTrigger triggerFor(
            TriggerKey key, JobKey job, int lane, Delay delay, Instant from, ZoneId zone, Instant due) {
        if (delay instanceof WeekdaysDelay weekdays && isWholeSecond(due)) {
            CronTriggerImpl trigger = weekdays(weekdays, from, weekdays.zoneOr(zone), due);
            if (firesOnlyAt(due, trigger)) {
                return common(trigger, key, job, lane);
            }
        }
        return oneShot(key, job, lane, due);
    }

    /** A trigger that fires once, then: for periods, dates, retries and timers that were moved by hand. */
    static OperableTrigger oneShot(TriggerKey key, JobKey job, int lane, Instant due) {
        SimpleTriggerImpl trigger = new SimpleTriggerImpl();
        trigger.setStartTime(Date.from(due));
        trigger.computeFirstFireTime(null);
        return common(trigger, key, job, lane);
    }

    private static CronTriggerImpl weekdays(WeekdaysDelay delay, Instant from, ZoneId zone, Instant due) {
        CronTriggerImpl trigger = new CronTriggerImpl();
        trigger.setCronExpression(cron(delay, zone));
        // Up to the next second: Quartz drops the milliseconds, and a match just before `from` would be early.
        Instant start = isWholeSecond(from)
                ? from
                : from.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
        trigger.setStartTime(Date.from(start));
        trigger.setEndTime(Date.from(due.plus(END_AFTER_DUE)));
        trigger.computeFirstFireTime(null);
        return trigger;
    }

    private static CronExpression cron(WeekdaysDelay delay, ZoneId zone) {
        LocalTime at = delay.at() == null ? LocalTime.MIDNIGHT : delay.at();
        String days =
                delay.days().stream().map(day -> day.name().substring(0, 3)).collect(Collectors.joining(","));
        try {
            CronExpression expression =
                    new CronExpression(at.getSecond() + " " + at.getMinute() + " " + at.getHour() + " ? * " + days);
            expression.setTimeZone(TimeZone.getTimeZone(zone));
            return expression;
        } catch (ParseException impossible) {
            throw new IllegalStateException("no cron expression for " + delay, impossible);
        }
    }

    private static boolean firesOnlyAt(Instant due, CronTriggerImpl trigger) {
        Date first = trigger.getNextFireTime();
        return first != null && first.getTime() == due.toEpochMilli() && trigger.getFireTimeAfter(first) == null;
    }

    private static OperableTrigger common(OperableTrigger trigger, TriggerKey key, JobKey job, int lane) {
        trigger.setKey(key);
        trigger.setJobKey(job);
        trigger.setPriority(lane);
        trigger.setMisfireInstruction(Trigger.MISFIRE_INSTRUCTION_IGNORE_MISFIRE_POLICY);
        return trigger;
    }

    private static boolean isWholeSecond(Instant instant) {
        return instant.getNano() == 0;
    }
}
