package dev.bide.jobstore;

import java.time.Instant;
import java.util.Objects;
import org.quartz.JobKey;
import org.quartz.TriggerKey;

/**
 * One firing of one trigger, in this node's hands.
 *
 * @param fireInstanceId the id of its fired-trigger entry; unique in the cluster, never used twice
 * @param triggerKey the trigger's own key, also when it fires again after a crash
 * @param scheduledFireTime when it was due
 * @param recovering true where a node took it before and died before it was settled
 */
public record Execution(
        String fireInstanceId, TriggerKey triggerKey, JobKey jobKey, Instant scheduledFireTime, boolean recovering) {
    public Execution {
        Objects.requireNonNull(fireInstanceId, "fireInstanceId");
        Objects.requireNonNull(triggerKey, "triggerKey");
        Objects.requireNonNull(jobKey, "jobKey");
        Objects.requireNonNull(scheduledFireTime, "scheduledFireTime");
    }
}
