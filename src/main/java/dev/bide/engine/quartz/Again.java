package dev.bide.engine.quartz;

import dev.bide.workflow.TimerStatus;
import java.time.Instant;
import java.util.UUID;

/** A timer that waits once more, as {@code status}, until {@code at}, in the lane of its destination. */
public record Again(UUID timerId, TimerStatus status, Instant at, int lane) {
    public Again {
        if (!status.waiting()) {
            throw new IllegalStateException("Timer " + timerId + " can't wait and be " + status);
        }
    }
}
