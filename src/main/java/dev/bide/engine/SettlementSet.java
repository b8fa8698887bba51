package dev.bide.engine;

import dev.bide.workflow.Run;
import dev.bide.workflow.Session;
import dev.bide.workflow.Settlement;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** All that one settlement writes, gathered into one statement of each kind. */
final class SettlementSet {
    private final List<Settlement> settlements = new ArrayList<>();
    private final List<Timer> again = new ArrayList<>();
    private final List<Timer> held = new ArrayList<>();
    private final List<UUID> cancelled = new ArrayList<>();
    private final List<Timer> nextTimers = new ArrayList<>();
    private final List<Run> runs = new ArrayList<>();
    private final Map<String, Timer> stored = new HashMap<>();

    void add(String fireInstanceId, Outcomes.Change change) {
        Settlement settlement = change.settlement();
        if (settlement != null) {
            settlements.add(settlement);
        }
        Timer waits = change.again();
        if (waits != null) {
            again.add(waits);
            stored.put(fireInstanceId, waits);
            if (settlement == null && waits.status() == TimerStatus.PAUSED) {
                held.add(waits);
            }
        }
        if (change.cancelled() != null) {
            cancelled.add(change.cancelled().id());
        }
        Timer nextTimer = change.nextTimer();
        if (nextTimer != null) {
            nextTimers.add(nextTimer);
            stored.put(fireInstanceId, nextTimer);
        }
        if (change.run() != null) {
            runs.add(change.run());
        }
    }

    void write(Session session, TimerTriggers triggers, Instant now) {
        session.timers().settle(settlements);
        session.timers().update(held);
        if (!cancelled.isEmpty()) {
            session.timers().cancel(cancelled, now);
        }
        session.timers().insert(nextTimers);
        session.runs().update(runs);
        triggers.store(session, nextTimers);
        triggers.storeForNextAttempt(session, again);
    }

    /** The timers whose triggers were stored, by the execution that led to them. */
    Map<String, Timer> stored() {
        return stored;
    }
}
