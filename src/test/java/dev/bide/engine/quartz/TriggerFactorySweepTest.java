package dev.bide.engine.quartz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.delay.DueTime;
import dev.bide.delay.WeekdaysDelay;
import dev.bide.testing.RandomWaits;
import dev.bide.testing.RandomWaits.RandomWait;
import dev.bide.testing.Seed;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.quartz.CronTrigger;
import org.quartz.JobKey;
import org.quartz.TriggerKey;
import org.quartz.spi.OperableTrigger;

/** Quartz against the rule: over all zones, changes of the clock, leap days and ends of months. */
class TriggerFactorySweepTest {

    private static final TriggerKey KEY = new TriggerKey("timer-id", "timer");
    private static final JobKey JOB = new JobKey("deliver", "timer");

    @Test
    void a_trigger_fires_when_the_rule_says_and_never_again() {
        AtomicInteger cases = new AtomicInteger();
        AtomicInteger crons = new AtomicInteger();
        new RandomWaits(Seed.random()).forEachZone(100, wait -> {
            Instant due = ((DueTime.Due) wait.delay().dueTime(wait.from(), wait.zone())).at();
            OperableTrigger trigger =
                    TriggerFactory.triggerFor(KEY, JOB, 17, wait.delay(), wait.from(), wait.zone(), due);
            check(wait, due, trigger);
            cases.incrementAndGet();
            if (trigger instanceof CronTrigger) {
                crons.incrementAndGet();
            }
        });

        assertThat(cases.get()).as("cases").isGreaterThan(20_000);
        assertThat(crons.get()).as("cases that a CronTrigger waits for").isGreaterThan(cases.get() / 4);
    }

    private static void check(RandomWait wait, Instant due, OperableTrigger trigger) {
        // Plain comparisons first: describing each of so many cases costs more than checking it.
        boolean onTime = Date.from(due).equals(trigger.getNextFireTime());
        OperableTrigger read = asAJobStoreReadsIt(trigger);
        read.triggered(null);
        boolean once = read.getNextFireTime() == null && !read.mayFireAgain();
        boolean cronOnlyForWeekdays = !(trigger instanceof CronTrigger) || wait.delay() instanceof WeekdaysDelay;
        assertThat(onTime && once && cronOnlyForWeekdays)
                .withFailMessage(() -> "%s: due %s, but %s fires at %s%s; %s"
                        .formatted(
                                wait,
                                due,
                                trigger.getClass().getSimpleName(),
                                format(trigger.getNextFireTime()),
                                once ? "" : " and again",
                                Seed.hint()))
                .isTrue();
    }

    private static String format(@Nullable Date fireTime) {
        return fireTime == null ? "no time" : fireTime.toInstant().toString();
    }

    /** Built anew from its properties, then told the stored fire time: what a JDBC job store does with a row. */
    private static OperableTrigger asAJobStoreReadsIt(OperableTrigger trigger) {
        OperableTrigger read = (OperableTrigger) trigger.getTriggerBuilder().build();
        read.setNextFireTime(trigger.getNextFireTime());
        return read;
    }
}
