package dev.bide.engine.deliver;

import dev.bide.delivery.Deliverer;
import dev.bide.delivery.DeliveryOutcome;
import dev.bide.delivery.DeliveryRequest;
import dev.bide.delivery.RunValues;
import dev.bide.jobstore.Execution;
import dev.bide.trace.FiringSpan;
import dev.bide.trace.Traces;
import dev.bide.workflow.Run;
import dev.bide.workflow.TimerOwner;
import dev.bide.workflow.store.DueTimer;
import dev.bide.workflow.store.FiredTimer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.quartz.Job;
import org.quartz.JobExecutionContext;

/**
 * The one Quartz job: calls the third party for the timer whose trigger fired. It holds no connection while it calls: what it needs was loaded
 * when the trigger fired, or is by {@link LargeCalls}, and what comes of it is written when it is settled. Runs on the scheduler's threads.
 */
public final class DeliverJob implements Job {
    private final InFlight inFlight;
    private final LargeCalls largeCalls;
    private final Deliverer deliverer;
    private final Function<String, @Nullable Execution> executions;
    private final Predicate<String> lease;
    private final Traces traces;

    /**
     * @param executions by their ids, those that are in this node's hands
     * @param lease whether this node may make the call of an execution: nobody can have taken the node for dead and its timers over
     */
    public DeliverJob(
            InFlight inFlight,
            LargeCalls largeCalls,
            Deliverer deliverer,
            Function<String, @Nullable Execution> executions,
            Predicate<String> lease,
            Traces traces) {
        this.inFlight = inFlight;
        this.largeCalls = largeCalls;
        this.deliverer = deliverer;
        this.executions = executions;
        this.lease = lease;
        this.traces = traces;
    }

    @Override
    public void execute(JobExecutionContext context) {
        Execution execution = executions.apply(context.getFireInstanceId());
        int lane = context.getTrigger().getPriority();
        if (execution == null || !(inFlight.begun(execution, lane) instanceof InFlight.Fired fired)) {
            // There was no timer to this trigger; settling it takes the trigger away.
            return;
        }
        if (fired.due().held()) {
            // A trigger that came back after a crash, when nobody could reach it any more: its run was paused or ended
            // meanwhile. Settling holds the timer too, or ends it.
            return;
        }
        try (FiringSpan span = span(fired.timer())) {
            DueTimer.Call call = fired.due().call();
            if (call == null) {
                largeCalls.run(
                        execution,
                        fired,
                        large -> request(fired.timer(), large, lane, span),
                        () -> mayCall(execution),
                        span);
            } else {
                call(execution, fired, call, lane, span);
            }
        }
    }

    private FiringSpan span(FiredTimer timer) {
        if (!traces.on()) {
            return FiringSpan.NONE;
        }
        TimerOwner owner = timer.owner();
        FiringSpan.Of what = owner == null
                ? new FiringSpan.Of(timer.id(), null, null, null, timer.attempt())
                : new FiringSpan.Of(timer.id(), owner.runId(), owner.workflowId(), owner.taskId(), timer.attempt());
        return traces.fire(what, timer.traceparent());
    }

    private void call(Execution execution, InFlight.Fired fired, DueTimer.Call call, int lane, FiringSpan span) {
        DeliveryOutcome outcome = deliverer.deliver(request(fired.timer(), call, lane, span), () -> mayCall(execution));
        inFlight.ended(execution, fired, call.spec(), outcome, span);
    }

    private boolean mayCall(Execution execution) {
        return lease.test(execution.fireInstanceId());
    }

    /** @param lane of its trigger, which one that was stored without its url at hand, or by an earlier version, has none of */
    private static DeliveryRequest request(FiredTimer timer, DueTimer.Call call, int lane, FiringSpan span) {
        return new DeliveryRequest(
                timer.id().toString(),
                timer.attempt(),
                timer.dueAt(),
                Actions.http(call.spec().action()),
                values(timer, call),
                call.spec().timeout(),
                call.spec().retry().maxBackoff(),
                lane,
                span,
                false);
    }

    private static @Nullable RunValues values(FiredTimer timer, DueTimer.Call call) {
        TimerOwner owner = timer.owner();
        String input = call.input() == null ? null : call.input().text();
        String task = call.spec().taskName();
        if (owner != null) {
            return new RunValues(owner.runId().toString(), call.runKey(), task, input);
        }
        Run.End end = call.spec().end();
        return end == null
                ? null
                : new RunValues(
                        end.runId().toString(),
                        end.runKey(),
                        task,
                        input,
                        end.status().toString(),
                        end.error());
    }
}
