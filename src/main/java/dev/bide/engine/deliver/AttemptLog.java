package dev.bide.engine.deliver;

import dev.bide.delivery.DeliveryOutcome;
import dev.bide.delivery.destination.HeldLanes;
import dev.bide.workflow.TimerOwner;
import dev.bide.workflow.store.FiredTimer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * A line for each call, and for each that was put off, at DEBUG: there are thousands a second. What is in a line stands beside it as key and value too, which costs nothing
 * where the level is off, and is written by formats that have fields.
 */
final class AttemptLog {
    private static final Logger LOG = LoggerFactory.getLogger(AttemptLog.class);

    private AttemptLog() {}

    /** On the thread that called. */
    static void tell(FiredTimer timer, @Nullable String url, DeliveryOutcome outcome) {
        if (!LOG.isDebugEnabled()) {
            return;
        }
        LoggingEventBuilder line =
                about(LOG.atDebug(), timer).addKeyValue("destination", url == null ? null : HeldLanes.destination(url));
        if (outcome instanceof DeliveryOutcome.Attempted attempted) {
            line.addKeyValue("event", "attempt")
                    .addKeyValue("outcome", attempted.error() == null ? "success" : "failure")
                    .addKeyValue("startedAt", attempted.startedAt())
                    .addKeyValue("duration", attempted.duration())
                    .addKeyValue("httpStatus", attempted.httpStatus())
                    .log(
                            "Timer {}: attempt {}: {}",
                            timer.id(),
                            timer.attempt(),
                            attempted.error() == null ? attempted.httpStatus() : attempted.error());
        } else if (outcome instanceof DeliveryOutcome.Deferred deferred) {
            line.addKeyValue("event", "deferral")
                    .addKeyValue("reason", deferred.reason())
                    .log("Timer {} is put off for {}: {}", timer.id(), deferred.retryIn(), deferred.reason());
        }
    }

    /** With its ids. */
    static LoggingEventBuilder about(LoggingEventBuilder line, FiredTimer timer) {
        LoggingEventBuilder named = line.addKeyValue("timer", timer.id()).addKeyValue("attempt", timer.attempt());
        TimerOwner owner = timer.owner();
        return owner == null
                ? named
                : named.addKeyValue("run", owner.runId())
                        .addKeyValue("workflow", owner.workflowId())
                        .addKeyValue("task", owner.taskId());
    }
}
