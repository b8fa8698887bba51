package dev.bide.engine;

import dev.bide.delivery.Deliverer;
import dev.bide.delivery.DeliveryRequest;
import dev.bide.delivery.RunValues;
import dev.bide.workflow.DueTimer;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerOwner;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.quartz.Job;
import org.quartz.JobExecutionContext;

/**
 * The one Quartz job: calls the third party for the timer whose trigger fired. It holds no connection: what it needs was loaded when the
 * trigger fired, and what comes of it is written when it is settled. Runs on the scheduler's threads.
 */
final class DeliverJob implements Job {
    private final InFlight inFlight;
    private final Deliverer deliverer;
    private final BooleanSupplier lease;

    /** @param lease whether this node may call: nobody can have taken it for dead and its timers over */
    DeliverJob(InFlight inFlight, Deliverer deliverer, BooleanSupplier lease) {
        this.inFlight = inFlight;
        this.deliverer = deliverer;
        this.lease = lease;
    }

    @Override
    public void execute(JobExecutionContext context) {
        String fireInstanceId = context.getFireInstanceId();
        inFlight.begun(fireInstanceId);
        InFlight.Entry entry = inFlight.get(fireInstanceId);
        if (entry == null) {
            // There was no timer to this trigger; settling it takes the trigger away.
            return;
        }
        if (entry.due().held()) {
            // A trigger that came back after a crash, when nobody could reach it any more: its run was paused or ended
            // meanwhile. Settling holds the timer too, or ends it.
            return;
        }
        DeliveryRequest request = request(entry.due(), context.getTrigger().getPriority());
        inFlight.ended(fireInstanceId, entry.due(), deliverer.deliver(request, lease));
    }

    /** @param lane of its trigger, which one that was stored without its url at hand, or by an earlier version, has none of */
    private static DeliveryRequest request(DueTimer due, int lane) {
        Timer timer = due.timer();
        return new DeliveryRequest(
                timer.id().toString(),
                timer.attempts().size() + 1,
                timer.dueAt(),
                Actions.http(timer.spec().action()),
                values(due),
                timer.spec().timeout(),
                lane);
    }

    private static @Nullable RunValues values(DueTimer due) {
        TimerOwner owner = due.timer().owner();
        return owner == null
                ? null
                : new RunValues(
                        owner.runId().toString(),
                        due.runKey(),
                        due.timer().spec().taskName(),
                        due.input());
    }
}
