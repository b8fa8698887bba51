package dev.bide.workflow.store;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Timers beside their triggers, to see which do not fit. Part of a {@link Session}. */
public interface RepairStore {
    /**
     * A timer that waits, that no node has in its hands, and whose trigger would not fire it, or would although it is paused.
     *
     * @param paused the timer's own state, which counts
     */
    record StrayTimer(UUID id, boolean paused, Instant dueAt, Instant nextAttemptAt, Kind kind) {
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

    /**
     * A bounded look at some of the timers.
     *
     * @param end where the next look begins; null where all were seen
     */
    record Look(List<StrayTimer> strays, @Nullable Cursor end) {}

    /**
     * At the next {@code most} timers, by due time, that were due before {@code before}.
     *
     * @param butLanes of which nothing is said: all that is due waits there, and millions of triggers need not be looked up for that
     */
    Look overdue(@Nullable Cursor after, Instant before, Collection<Integer> butLanes, int most);

    /** At the next {@code most} paused timers, by id. */
    Look paused(@Nullable Cursor after, int most);

    /**
     * Those of {@code ids} that stray still, with their triggers and themselves locked until the transaction ends: whoever had one of them in
     * hand has written what he had to. Those that others hold are left out.
     */
    List<StrayTimer> lock(Collection<UUID> ids);

    /** Lets triggers that were locked, and that have fired and are in no hands, be replaced like those that wait. */
    void release(Collection<UUID> ids);
}
