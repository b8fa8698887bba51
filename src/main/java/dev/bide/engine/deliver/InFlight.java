package dev.bide.engine.deliver;

import dev.bide.delivery.DeliveryOutcome;
import dev.bide.delivery.destination.HeldLanes;
import dev.bide.workflow.RetryPolicy;
import dev.bide.workflow.TimerSpec;
import dev.bide.workflow.store.DueTimer;
import dev.bide.workflow.store.FiredTimer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What this node has in its hands, from firing to settling, by fire instance id. Bounded by the scheduler's threads and the job store's
 * buffer; what a call needs is kept no longer than until its end. Thread-safe.
 */
public final class InFlight {
    private final Map<String, Entry> entries = new ConcurrentHashMap<>();
    private final HeldLanes lanes;

    /** A timer in hand, and how far it is. */
    sealed interface Entry {
        FiredTimer timer();

        /** Characters that storing the run's next timer can take. */
        long next();

        /** That its trigger is stored in. */
        int lane();
    }

    /** Not called yet, or right now. */
    record Fired(DueTimer due, long next, int lane) implements Entry {
        @Override
        public FiredTimer timer() {
            return due.timer();
        }
    }

    /**
     * Its call was not read: it comes again {@code in} so long, without an attempt.
     *
     * @param held as of {@link DeliveryOutcome.Deferred}: it is due again as it was
     */
    record PutOff(FiredTimer timer, Duration in, boolean held, long next, int lane) implements Entry {}

    record Ended(FiredTimer timer, RetryPolicy retry, DeliveryOutcome outcome, long next, int lane) implements Entry {}

    /** @param lanes are told what is taken and has not begun */
    public InFlight(HeldLanes lanes) {
        this.lanes = lanes;
    }

    /** @param next characters that storing the run's next timer can take */
    void fired(String fireInstanceId, DueTimer due, long next) {
        DueTimer.Call call = due.call();
        String url = call == null ? due.url() : call.spec().action().url();
        if (url != null) {
            lanes.taken(fireInstanceId, url);
        }
        entries.put(fireInstanceId, new Fired(due, next, HeldLanes.NONE));
    }

    /**
     * Its job runs.
     *
     * @param lane of its trigger
     * @return null where there is none
     */
    @Nullable
    Entry begun(String fireInstanceId, int lane) {
        lanes.begun(fireInstanceId);
        return entries.computeIfPresent(
                fireInstanceId,
                (id, entry) -> entry instanceof Fired fired ? new Fired(fired.due(), fired.next(), lane) : entry);
    }

    void putOff(String fireInstanceId, Fired entry, Duration in) {
        putOff(fireInstanceId, entry, new DeliveryOutcome.Deferred(in, DeliveryOutcome.Reason.NO_MEMORY));
    }

    /** A call that was not read; it is stored again in the lane of its url too. */
    void putOff(String fireInstanceId, Fired entry, DeliveryOutcome.Deferred deferred) {
        String url = entry.due().url();
        int lane = url == null ? entry.lane() : lanes.lane(url);
        entries.put(fireInstanceId, new PutOff(entry.timer(), deferred.retryIn(), deferred.held(), entry.next(), lane));
    }

    /** It is stored again in the lane of its url, whatever it had. */
    void ended(String fireInstanceId, Fired entry, TimerSpec spec, DeliveryOutcome outcome) {
        int lane = lanes.lane(spec.action().url());
        entries.put(fireInstanceId, new Ended(entry.timer(), spec.retry(), outcome, entry.next(), lane));
    }

    @Nullable
    Entry get(String fireInstanceId) {
        return entries.get(fireInstanceId);
    }

    void forget(String fireInstanceId) {
        lanes.begun(fireInstanceId);
        entries.remove(fireInstanceId);
    }

    public int size() {
        return entries.size();
    }
}
