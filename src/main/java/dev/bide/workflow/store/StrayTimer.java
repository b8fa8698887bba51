package dev.bide.workflow.store;

import java.time.Instant;
import java.util.Locale;
import java.util.UUID;

/**
 * A timer that waits, that no node has in its hands, and whose trigger would not fire it, or would although it is paused.
 *
 * @param paused the timer's own state, which counts
 */
public record StrayTimer(UUID id, boolean paused, Instant dueAt, Instant nextAttemptAt, Kind kind) {
    /** What is wrong with its trigger. */
    public enum Kind {
        /** There is none. */
        TIMER_WITHOUT_TRIGGER,
        /** The job store has set it aside. */
        TRIGGER_IN_ERROR,
        /** It says that a node has it, or has had it, and none has. */
        TRIGGER_IN_NO_HANDS,
        /** It is paused, and the timer is not. */
        TRIGGER_PAUSED_ALONE,
        /** The timer is paused, and it is not. */
        TIMER_PAUSED_ALONE;

        /** As metrics have it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
