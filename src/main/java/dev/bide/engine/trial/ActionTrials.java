package dev.bide.engine.trial;

import dev.bide.delivery.Deliverer;
import dev.bide.delivery.DeliveryOutcome;
import dev.bide.delivery.DeliveryRequest;
import dev.bide.delivery.HttpAction;
import dev.bide.delivery.RunValues;
import dev.bide.engine.deliver.Actions;
import dev.bide.json.FieldError;
import dev.bide.json.FieldPath;
import dev.bide.workflow.Action;
import dev.bide.workflow.Ids;
import dev.bide.workflow.RefusedException;
import dev.bide.workflow.Times;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Makes single calls to try actions, through the guard, the limits and the breaker that timers' calls go through. Few at a time: whoever asks can point them at
 * anybody. Thread-safe.
 */
public final class ActionTrials implements AutoCloseable {
    /** Calls under way at once on this node. */
    static final int MOST = 4;

    private static final FieldPath ACTION = FieldPath.ROOT.field("action");

    private final Actions actions;
    private final Deliverer deliverer;
    private final InstantSource clock;
    private final ThreadPoolExecutor threads =
            new ThreadPoolExecutor(0, MOST, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), ActionTrials::thread);

    public ActionTrials(Actions actions, Deliverer deliverer, InstantSource clock) {
        this.actions = actions;
        this.deliverer = deliverer;
        this.clock = clock;
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "try-action");
        thread.setDaemon(true);
        return thread;
    }

    /** Completes once the call has ended, on a thread of this, which must not be held up. */
    public CompletableFuture<ActionTrial> call(ActionTrialDraft draft) {
        List<FieldError> errors =
                Actions.errors(ACTION, actions.problems(List.of(draft.action())).get(0));
        if (!errors.isEmpty()) {
            throw RefusedException.invalid(errors);
        }
        DeliveryRequest request = DeliveryRequest.test(
                Ids.next().toString(),
                Times.now(clock),
                Actions.http(draft.action()),
                new RunValues(Ids.next().toString(), null, null, draft.input().text()),
                draft.timeout());
        Deliverer.Shown shown = deliverer.show(request);
        HttpAction sent = shown.request();
        if (sent == null) {
            throw RefusedException.invalid(List.of(ACTION.error("can't be sent: " + shown.problem())));
        }
        Action written = Actions.of(sent);
        try {
            return CompletableFuture.supplyAsync(() -> trial(written, deliverer.deliver(request)), threads);
        } catch (RejectedExecutionException e) {
            throw RefusedException.busy(
                    "This node makes " + MOST + " calls to try actions already; try again in a moment");
        }
    }

    private static ActionTrial trial(Action request, DeliveryOutcome outcome) {
        if (outcome instanceof DeliveryOutcome.Attempted attempted) {
            return new ActionTrial(
                    request,
                    Actions.word(attempted),
                    attempted.httpStatus(),
                    attempted.duration().toMillis(),
                    attempted.answer(),
                    attempted.error());
        }
        return new ActionTrial(
                request, "not-called", null, 0, null, why(((DeliveryOutcome.Deferred) outcome).reason()));
    }

    private static String why(DeliveryOutcome.Reason reason) {
        return switch (reason) {
            case DESTINATION_FULL -> "As many calls to this destination are under way as it is allowed";
            case RATE_LIMITED -> "The destination's calls per second are used up";
            case BREAKER_OPEN -> "The destination's breaker is open: nearly every call to it fails";
            case ASKED_TO_WAIT -> "The destination has asked to be left alone, and that time is not over";
            case PAUSED -> throw RefusedException.conflict("The destination is paused");
            case NO_THREAD -> "The threads for destinations that don't answer promptly are all taken";
            case LOOKUPS_FULL -> "Too many names are being looked up at once";
            case NO_MEMORY -> "The calls under way leave no room for this one";
            case NODE_FAULT -> "This node has no network, no DNS or no file descriptors";
            case NOT_OURS, INTERRUPTED -> "This node stops";
        };
    }

    /** Ends the calls under way. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
