package dev.bide.engine;

import dev.bide.delivery.DeliveryOutcome;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.store.FiredTimer;

/**
 * Told what was stored and what was settled, after the commit, for figures. Called on the threads that do it; must be quick, and may not throw. What it does not care for it
 * need not implement.
 */
public interface DeliveryObserver {
    /** Requests stored so many timers, lone ones or first ones of runs. */
    default void accepted(int count) {}

    /**
     * @param timer as it was when it fired: without this attempt
     * @param outcome of the attempt, or why there was none
     * @param status what an attempt made of the timer, whatever became of its run meanwhile; as before where there was none
     */
    default void settled(FiredTimer timer, DeliveryOutcome outcome, TimerStatus status) {}

    /** Timers fired that can't be read by this version of the program. They wait for one that can; meanwhile they fire again and again. */
    default void unreadable(int count) {}

    /** A timer was found that nothing would ever have fired, or the like, and was mended. Should never happen. */
    default void repaired(String kind, int count) {}

    /** Tells both. */
    default DeliveryObserver and(DeliveryObserver other) {
        DeliveryObserver first = this;
        return new DeliveryObserver() {
            @Override
            public void accepted(int count) {
                first.accepted(count);
                other.accepted(count);
            }

            @Override
            public void settled(FiredTimer timer, DeliveryOutcome outcome, TimerStatus status) {
                first.settled(timer, outcome, status);
                other.settled(timer, outcome, status);
            }

            @Override
            public void unreadable(int count) {
                first.unreadable(count);
                other.unreadable(count);
            }

            @Override
            public void repaired(String kind, int count) {
                first.repaired(kind, count);
                other.repaired(kind, count);
            }
        };
    }
}
