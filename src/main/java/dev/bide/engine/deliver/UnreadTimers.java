package dev.bide.engine.deliver;

import dev.bide.engine.DeliveryObserver;
import dev.bide.engine.quartz.TimerTriggers;
import dev.bide.jobstore.Execution;
import dev.bide.workflow.store.Session;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Timers whose triggers fired but whose rows, or whose runs' workflows, could not be read, as after an upgrade that was taken back, or with older time zones than they were
 * made with. They are put back to wait, longer each time, so that a version that can read them delivers them without anybody's help.
 */
public final class UnreadTimers {
    private static final Duration SHORTEST_WAIT = Duration.ofMinutes(1);
    private static final Duration LONGEST_WAIT = Duration.ofHours(1);

    private final TimerTriggers triggers;
    private final InFlight inFlight;
    private final DeliveryObserver observer;

    UnreadTimers(TimerTriggers triggers, InFlight inFlight, DeliveryObserver observer) {
        this.triggers = triggers;
        this.inFlight = inFlight;
        this.observer = observer;
    }

    /** Of what is being settled, and has no trigger and no entry any more. */
    void putBack(Session session, List<Execution> standing, Instant now) {
        List<UUID> unread = standing.stream()
                .filter(execution -> execution.jobKey().equals(TimerTriggers.JOB))
                .filter(execution -> inFlight.get(execution) == null)
                .map(execution -> TimerTriggers.timer(execution.triggerKey()))
                .flatMap(Optional::stream)
                .toList();
        if (unread.isEmpty()) {
            return;
        }
        Map<UUID, Instant> again = session.timers().dueTimesOfStranded(unread).entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, due -> now.plus(waitAfter(due.getValue(), now))));
        if (!again.isEmpty()) {
            triggers.storeAt(session, again);
            observer.unreadable(again.size());
        }
    }

    /** As long again as it has waited since it was due. */
    public static Duration waitAfter(Instant due, Instant now) {
        Duration late = Duration.between(due, now);
        if (late.compareTo(SHORTEST_WAIT) < 0) {
            return SHORTEST_WAIT;
        }
        return late.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : late;
    }
}
