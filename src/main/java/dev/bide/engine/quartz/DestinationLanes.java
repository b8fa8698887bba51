package dev.bide.engine.quartz;

import dev.bide.delivery.destination.HeldLanes;
import dev.bide.jobstore.Lanes;
import java.util.Map;

/** What of the due timers is left where it is, as the delivery room says: the job store asks before it takes. */
public final class DestinationLanes implements Lanes {
    private final HeldLanes lanes;
    private final Runnable beforeTaking;

    /** @param beforeTaking makes sure that the delivery room knows what is paused */
    public DestinationLanes(HeldLanes lanes, Runnable beforeTaking) {
        this.lanes = lanes;
        this.beforeTaking = beforeTaking;
    }

    @Override
    public Map<Integer, Integer> held() {
        return lanes.rooms();
    }

    @Override
    public void beforeTaking() {
        beforeTaking.run();
    }

    @Override
    public void emptied(int lane) {
        lanes.emptied(lane);
    }
}
