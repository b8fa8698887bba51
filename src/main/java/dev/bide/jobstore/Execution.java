package dev.bide.jobstore;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.quartz.JobKey;
import org.quartz.TriggerKey;

/** One firing of one trigger, in this node's hands: one object in all that the store says of it. Thread-safe. */
public final class Execution {
    private final String fireInstanceId;
    private final TriggerKey triggerKey;
    private final JobKey jobKey;
    private final Instant scheduledFireTime;
    private final boolean recovering;
    private volatile @Nullable Object part;

    public Execution(
            String fireInstanceId,
            TriggerKey triggerKey,
            JobKey jobKey,
            Instant scheduledFireTime,
            boolean recovering) {
        this.fireInstanceId = Objects.requireNonNull(fireInstanceId, "fireInstanceId");
        this.triggerKey = Objects.requireNonNull(triggerKey, "triggerKey");
        this.jobKey = Objects.requireNonNull(jobKey, "jobKey");
        this.scheduledFireTime = Objects.requireNonNull(scheduledFireTime, "scheduledFireTime");
        this.recovering = recovering;
    }

    /** The id of its fired-trigger entry; unique in the cluster, never used twice. */
    public String fireInstanceId() {
        return fireInstanceId;
    }

    /** The trigger's own key, also when it fires again after a crash. */
    public TriggerKey triggerKey() {
        return triggerKey;
    }

    public JobKey jobKey() {
        return jobKey;
    }

    /** When it was due. */
    public Instant scheduledFireTime() {
        return scheduledFireTime;
    }

    /** True where a node took it before and died before it was settled. */
    public boolean recovering() {
        return recovering;
    }

    /** The listener's own, for as long as this is in the node's hands; null where it keeps nothing. */
    public @Nullable Object part() {
        return part;
    }

    public void part(@Nullable Object kept) {
        part = kept;
    }

    @Override
    public String toString() {
        return fireInstanceId + " of trigger " + triggerKey;
    }
}
