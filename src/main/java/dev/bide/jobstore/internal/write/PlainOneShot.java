package dev.bide.jobstore.internal.write;

import java.util.Date;
import org.quartz.JobKey;
import org.quartz.SimpleTrigger;
import org.quartz.Trigger;
import org.quartz.TriggerKey;
import org.quartz.impl.triggers.SimpleTriggerImpl;
import org.quartz.spi.OperableTrigger;

/**
 * A trigger that fires once and holds nothing but its key, its job, its priority and its time: all of it fits into a fired-trigger entry. So its own rows can go
 * in the statement that fires it, and be written anew should the node die; that costs less than half of updating them first and deleting them later.
 *
 * <p>Two marks, in columns that Quartz leaves free, say what is what. A row of {@code qrtz_triggers} without an {@code end_time} (Quartz writes 0 for none, also
 * whenever it changes a trigger) is a plain one-shot that {@link TriggerInsert} stored. An entry of {@code qrtz_fired_triggers} without {@code is_nonconcurrent}
 * (Quartz writes false) stands for such a trigger while its job runs.
 */
public final class PlainOneShot {
    private PlainOneShot() {}

    static boolean is(OperableTrigger trigger) {
        return trigger.getClass() == SimpleTriggerImpl.class
                && ((SimpleTrigger) trigger).getRepeatCount() == 0
                && trigger.getMisfireInstruction() == Trigger.MISFIRE_INSTRUCTION_IGNORE_MISFIRE_POLICY
                && trigger.getDescription() == null
                && trigger.getCalendarName() == null
                && trigger.getEndTime() == null
                && trigger.getPreviousFireTime() == null
                && trigger.getJobDataMap().isEmpty()
                && trigger.getStartTime().equals(trigger.getNextFireTime());
    }

    /** Waiting for its time. */
    public static SimpleTriggerImpl of(TriggerKey key, JobKey job, int priority, long due) {
        SimpleTriggerImpl trigger = new SimpleTriggerImpl();
        trigger.setKey(key);
        trigger.setJobKey(job);
        trigger.setPriority(priority);
        trigger.setStartTime(new Date(due));
        trigger.setNextFireTime(new Date(due));
        trigger.setMisfireInstruction(Trigger.MISFIRE_INSTRUCTION_IGNORE_MISFIRE_POLICY);
        return trigger;
    }

    /** Fired for the only time. */
    static SimpleTriggerImpl fired(TriggerKey key, JobKey job, int priority, long due) {
        SimpleTriggerImpl trigger = of(key, job, priority, due);
        trigger.setNextFireTime(null);
        trigger.setPreviousFireTime(new Date(due));
        return trigger;
    }
}
