package dev.bide.jobstore;

import org.quartz.JobDetail;
import org.quartz.Trigger.CompletedExecutionInstruction;
import org.quartz.TriggerKey;
import org.quartz.spi.OperableTrigger;

/** An execution that has ended and is to be written. */
record Completion(
        Execution execution,
        OperableTrigger trigger,
        String type,
        JobDetail job,
        CompletedExecutionInstruction instruction) {

    String entryId() {
        return execution.fireInstanceId();
    }

    TriggerKey key() {
        return trigger.getKey();
    }

    /** The trigger has fired for the last time. Its row goes, unless it was given another fire time meanwhile. */
    boolean deletesTrigger() {
        return instruction == CompletedExecutionInstruction.DELETE_TRIGGER;
    }

    /**
     * Can be written together with others. What touches other triggers of the job, or the job itself, goes Quartz's own way under the cluster's lock.
     */
    boolean isPlain() {
        return !job.isConcurrentExecutionDisallowed()
                && !(job.isPersistJobDataAfterExecution() && job.getJobDataMap().isDirty())
                && (deletesTrigger()
                        ? job.isDurable() && trigger.getNextFireTime() == null
                        : instruction == CompletedExecutionInstruction.NOOP);
    }
}
