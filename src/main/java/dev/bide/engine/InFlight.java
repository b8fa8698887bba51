package dev.bide.engine;

import dev.bide.delivery.DeliveryOutcome;
import dev.bide.delivery.HeldLanes;
import dev.bide.workflow.DueTimer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What this node has in its hands, from firing to settling, by fire instance id. Bounded by the scheduler's threads and the job store's
 * buffer. Thread-safe.
 */
final class InFlight {
    private final Map<String, Entry> entries = new ConcurrentHashMap<>();
    private final HeldLanes lanes;

    /** @param outcome null until the call has ended */
    record Entry(DueTimer due, @Nullable DeliveryOutcome outcome) {}

    /** @param lanes are told what is taken and has not begun */
    InFlight(HeldLanes lanes) {
        this.lanes = lanes;
    }

    void fired(String fireInstanceId, DueTimer due) {
        lanes.taken(fireInstanceId, due.timer().spec().action().url());
        entries.put(fireInstanceId, new Entry(due, null));
    }

    /** Its job runs. */
    void begun(String fireInstanceId) {
        lanes.begun(fireInstanceId);
    }

    void ended(String fireInstanceId, DueTimer due, DeliveryOutcome outcome) {
        entries.put(fireInstanceId, new Entry(due, outcome));
    }

    @Nullable
    Entry get(String fireInstanceId) {
        return entries.get(fireInstanceId);
    }

    void forget(String fireInstanceId) {
        lanes.begun(fireInstanceId);
        entries.remove(fireInstanceId);
    }

    int size() {
        return entries.size();
    }
}
