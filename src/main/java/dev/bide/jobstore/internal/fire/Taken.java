package dev.bide.jobstore.internal.fire;

import dev.bide.jobstore.Execution;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
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
public final class Taken {
    public final String entryId;
    public final OperableTrigger trigger;
    final String type;
    public final long scheduledFireTime;
    final boolean firedAlready;
    public final boolean recovering;
    public final String rowAddress;
    public final String rowVersion;

    private @Nullable JobDetail job;
    private volatile long lease = Lease.NONE;

    Taken(
            String entryId,
            OperableTrigger trigger,
            String type,
            long scheduledFireTime,
            boolean firedAlready,
            boolean recovering,
            String rowAddress,
            String rowVersion) {
        this.entryId = entryId;
        this.trigger = trigger;
        this.type = type;
        this.scheduledFireTime = scheduledFireTime;
        this.firedAlready = firedAlready;
        this.recovering = recovering;
        this.rowAddress = rowAddress;
        this.rowVersion = rowVersion;
    }

    public TriggerKey key() {
        return trigger.getKey();
    }

    public JobKey jobKey() {
        return trigger.getJobKey();
    }

    void job(JobDetail detail) {
        job = detail;
    }

    /** Under which of this node's leases it was taken: it is begun under no other. */
    void takenUnder(long leaseNumber) {
        lease = leaseNumber;
    }

    long lease() {
        return lease;
    }

    JobDetail job() {
        return Objects.requireNonNull(job, "job");
    }

    public Execution execution() {
        return new Execution(entryId, originalKey(), jobKey(), Instant.ofEpochMilli(scheduledFireTime), recovering);
    }

    /** Quartz recovers an execution under a key of its own making and keeps the original one in the job data. */
    private TriggerKey originalKey() {
        if (!key().getGroup().equals(Scheduler.DEFAULT_RECOVERY_GROUP)) {
            return key();
        }
        Object name = trigger.getJobDataMap().get(Scheduler.FAILED_JOB_ORIGINAL_TRIGGER_NAME);
        Object group = trigger.getJobDataMap().get(Scheduler.FAILED_JOB_ORIGINAL_TRIGGER_GROUP);
        return name instanceof String n && group instanceof String g ? new TriggerKey(n, g) : key();
    }
}
