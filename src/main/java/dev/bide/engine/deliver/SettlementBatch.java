package dev.bide.engine.deliver;

import dev.bide.engine.quartz.Again;
import dev.bide.engine.quartz.TimerTriggers;
import dev.bide.jobstore.Execution;
import dev.bide.workflow.Run;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.store.Session;
import dev.bide.workflow.store.Settlement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/** All that one settlement writes, gathered into one statement of each kind. */
final class SettlementBatch {
    private final List<Settlement> settlements = new ArrayList<>();
    private final List<Again> again = new ArrayList<>();
    private final Map<UUID, Instant> held = new HashMap<>();
    private final List<UUID> cancelled = new ArrayList<>();
    private final List<Timer> nextTimers = new ArrayList<>();
    private final List<Run> runs = new ArrayList<>();
    private final Map<Execution, Instant> stored = new HashMap<>();

    void add(Execution execution, Outcomes.Change change) {
        Settlement settlement = change.settlement();
        if (settlement != null) {
            settlements.add(settlement);
        }
        Again waits = change.again();
        if (waits != null) {
            again.add(waits);
            stored.put(execution, waits.at());
            if (settlement == null && waits.status() == TimerStatus.PAUSED) {
                held.put(waits.timerId(), waits.at());
            }
        }
        if (change.cancelled() != null) {
            cancelled.add(change.cancelled());
        }
        Timer nextTimer = change.nextTimer();
        if (nextTimer != null) {
            nextTimers.add(nextTimer);
            stored.put(execution, Objects.requireNonNull(nextTimer.nextAttemptAt()));
        }
        if (change.run() != null) {
            runs.add(change.run());
        }
    }

    void write(Session session, TimerTriggers triggers, Instant now) {
        session.timers().settle(settlements);
        session.timers().hold(held);
        if (!cancelled.isEmpty()) {
            session.timers().cancel(cancelled, now);
        }
        session.timers().insert(nextTimers);
        session.timers().takeInput(nextTimers);
        session.runs().update(runs);
        triggers.store(session, nextTimers);
        triggers.storeAgain(session, again);
    }

    /** When the triggers fire that were stored, by the execution that led to them. */
    Map<Execution, Instant> stored() {
        return stored;
    }
}
