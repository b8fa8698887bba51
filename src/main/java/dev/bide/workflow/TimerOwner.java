package dev.bide.workflow;

import java.util.UUID;

/** The run that a timer belongs to, and the task of which version of which workflow it stands for. */
public record TimerOwner(UUID runId, UUID workflowId, int workflowVersion, UUID taskId) {
    TimerOwner goingBy(int version) {
        return new TimerOwner(runId, workflowId, version, taskId);
    }
}
