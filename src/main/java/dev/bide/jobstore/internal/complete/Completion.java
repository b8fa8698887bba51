package dev.bide.jobstore.internal.complete;

import dev.bide.jobstore.Execution;
import dev.bide.jobstore.internal.sql.TriggerType;
import org.quartz.JobDetail;
import org.quartz.Trigger.CompletedExecutionInstruction;
import org.quartz.TriggerKey;
import org.quartz.spi.OperableTrigger;

/**
 * An execution that has ended and is to be written.
 *
 * @param rowless whether the trigger's rows went when it fired: a {@code PlainOneShot}
 */
public record Completion(
        Execution execution,
        OperableTrigger trigger,
        String type,
        boolean rowless,
        JobDetail job,
        CompletedExecutionInstruction instruction) {

    /** The same, of a trigger that somebody asked for meanwhile, so that it has rows again. */
    Completion withRows() {
        return new Completion(execution, trigger, type, false, job, instruction);
    }

    public String entryId() {
        return execution.fireInstanceId();
    }

    public TriggerKey key() {
        return trigger.getKey();
    }

    /** The trigger has fired for the last time. Its rows go, unless it was given another fire time meanwhile. */
    boolean deletesTrigger() {
        return instruction == CompletedExecutionInstruction.DELETE_TRIGGER;
    }

    boolean deletesRows() {
        return deletesTrigger() && !rowless;
    }

    /**
     * Can be written together with others. What touches other triggers of the job, the job itself, or tables that only a delegate knows, goes Quartz's own
     * way under the cluster's lock.
     */
    boolean isPlain() {
        return TriggerType.of(type) != null
                && !job.isConcurrentExecutionDisallowed()
                && !(job.isPersistJobDataAfterExecution() && job.getJobDataMap().isDirty())
                && (deletesTrigger()
                        ? job.isDurable() && trigger.getNextFireTime() == null
                        : instruction == CompletedExecutionInstruction.NOOP);
    }
}
