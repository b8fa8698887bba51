package dev.bide.jobstore.internal.fire;

import dev.bide.jobstore.Execution;
import dev.bide.jobstore.internal.fire.TakeStatement.TakenRow;
import java.time.Instant;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.Scheduler;
import org.quartz.TriggerKey;
import org.quartz.spi.OperableTrigger;

/**
 * A trigger in this node's hands, from the commit that takes it to the commit that completes it.
 *
 * <p>{@code rowAddress} and {@code rowVersion} (ctid and xmin) name the version of the trigger's row that the acquisition wrote. Anybody who changes the
 * trigger afterwards makes another version; so the pair proves, without any lock held meanwhile, that the acquisition still stands (no ABA).
 */
final class Taken {
    final String entryId;
    final OperableTrigger trigger;
    final JobDetail job;
    final String type;
    final long scheduledFireTime;
    final boolean firedAlready;
    final boolean recovering;
    final String rowAddress;
    final String rowVersion;

    /** What the listener is told of it, and keeps its part of. */
    final Execution execution;

    private volatile long lease = Lease.NONE;
    private volatile boolean handedOut;

    /** Keeps of the row what the trigger does not have. */
    Taken(TakenRow row, OperableTrigger trigger, JobDetail job) {
        this.entryId = row.entryId();
        this.trigger = trigger;
        this.job = job;
        this.type = row.type();
        this.scheduledFireTime = row.due();
        this.firedAlready = row.fired();
        this.recovering = row.recovering() || row.key().getGroup().equals(Scheduler.DEFAULT_RECOVERY_GROUP);
        this.rowAddress = row.rowAddress();
        this.rowVersion = row.rowVersion();
        this.execution = new Execution(
                entryId,
                originalKey(trigger),
                trigger.getJobKey(),
                Instant.ofEpochMilli(scheduledFireTime),
                recovering);
    }

    TriggerKey key() {
        return trigger.getKey();
    }

    JobKey jobKey() {
        return trigger.getJobKey();
    }

    /** Under which of this node's leases it was taken: it is begun under no other. */
    void takenUnder(long leaseNumber) {
        lease = leaseNumber;
    }

    long lease() {
        return lease;
    }

    /** Quartz has it, and runs its job. */
    void handOut() {
        handedOut = true;
    }

    boolean isHandedOut() {
        return handedOut;
    }

    /** Quartz recovers an execution under a key of its own making and keeps the original one in the job data. */
    private static TriggerKey originalKey(OperableTrigger trigger) {
        TriggerKey key = trigger.getKey();
        if (!key.getGroup().equals(Scheduler.DEFAULT_RECOVERY_GROUP)) {
            return key;
        }
        Object name = trigger.getJobDataMap().get(Scheduler.FAILED_JOB_ORIGINAL_TRIGGER_NAME);
        Object group = trigger.getJobDataMap().get(Scheduler.FAILED_JOB_ORIGINAL_TRIGGER_GROUP);
        return name instanceof String n && group instanceof String g ? new TriggerKey(n, g) : key;
    }
}
