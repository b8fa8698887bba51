package dev.bide.engine;

import dev.bide.delivery.DeliveryOutcome;
import dev.bide.workflow.store.FiredTimer;

/** Told what was settled, for metrics. Called on the job store's completion threads; must be quick. What it does not care for it need not implement. */
public interface DeliveryObserver {
    /**
     * @param timer as it was when it fired: without this attempt
     * @param outcome of the attempt, or why there was none
     */
    default void settled(FiredTimer timer, DeliveryOutcome outcome) {}

    /** Timers fired that can't be read by this version of the program. They wait for one that can; meanwhile they fire again and again. */
    default void unreadable(int count) {}

    /** A timer was found that nothing would ever have fired, or the like, and was mended. Should never happen. */
    default void repaired(String kind, int count) {}
}
