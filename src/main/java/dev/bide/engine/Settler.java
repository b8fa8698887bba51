package dev.bide.engine;

import dev.bide.delivery.DeliveryOutcome;
import dev.bide.jobstore.Execution;
import dev.bide.jobstore.ExecutionListener;
import dev.bide.workflow.Database;
import dev.bide.workflow.DueTimer;
import dev.bide.workflow.Run;
import dev.bide.workflow.Session;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerOwner;
import dev.bide.workflow.TimerStatus;
import java.sql.Connection;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what came of many timers in one transaction, the job store's: their attempts and states, their runs, and what comes next. A crash
 * before its commit makes the timers fire again; after it nothing is repeated.
 *
 * <p>The job store hands over only executions whose fired-trigger entry it has just deleted, so nobody else can touch these timers. Their runs
 * are locked here, in order of id, last in the lock order.
 */
final class Settler implements ExecutionListener {
    private static final Logger LOG = LoggerFactory.getLogger(Settler.class);

    private final Database database;
    private final TimerTriggers triggers;
    private final WorkflowVersions versions;
    private final InFlight inFlight;
    private final UnreadTimers unread;
    private final Outcomes outcomes;
    private final InstantSource clock;
    private final DeliveryObserver observer;

    /** What the transaction under way stores next, by its executions, to be signalled after its commit. */
    private final Map<String, Timer> next = new ConcurrentHashMap<>();

    Settler(
            Database database,
            TimerTriggers triggers,
            WorkflowVersions versions,
            InFlight inFlight,
            InstantSource clock,
            DeliveryObserver observer) {
        this.database = database;
        this.triggers = triggers;
        this.versions = versions;
        this.inFlight = inFlight;
        this.unread = new UnreadTimers(triggers, inFlight, observer);
        this.outcomes = new Outcomes();
        this.clock = clock;
        this.observer = observer;
    }

    /** Loads the timers of all that fired with one query. */
    @Override
    public void fired(Connection connection, List<Execution> executions) {
        Map<UUID, Execution> byTimer = executions.stream()
                .filter(execution -> execution.jobKey().equals(TimerTriggers.JOB))
                .collect(Collectors.toMap(
                        execution -> TimerTriggers.timerId(execution.triggerKey()),
                        Function.identity(),
                        (one, other) -> one));
        for (DueTimer due : database.on(connection).timers().load(byTimer.keySet())) {
            Execution execution = Objects.requireNonNull(byTimer.get(due.timer().id()));
            inFlight.fired(execution.fireInstanceId(), due);
        }
    }

    @Override
    public void settle(Connection connection, List<Execution> standing) {
        Session session = database.on(connection);
        Instant now = Times.now(clock);
        Map<UUID, Run> runs = lockRuns(session, standing);
        SettlementSet set = new SettlementSet();
        for (Execution execution : standing) {
            InFlight.Entry entry = inFlight.get(execution.fireInstanceId());
            if (entry != null) {
                Outcomes.Change change =
                        outcomes.settle(entry, runOf(entry, runs), run -> versions.of(session, run), now);
                set.add(execution.fireInstanceId(), change);
            }
        }
        unread.putBack(session, standing, now);
        set.write(session, triggers, now);
        next.putAll(set.stored());
    }

    private Map<UUID, Run> lockRuns(Session session, List<Execution> standing) {
        List<UUID> ids = standing.stream()
                .map(execution -> inFlight.get(execution.fireInstanceId()))
                .filter(Objects::nonNull)
                .map(entry -> entry.due().timer().owner())
                .filter(Objects::nonNull)
                .map(TimerOwner::runId)
                .distinct()
                .toList();
        return ids.isEmpty()
                ? Map.of()
                : session.runs().lock(ids).stream().collect(Collectors.toMap(Run::id, Function.identity()));
    }

    private static Outcomes.RunState runOf(InFlight.Entry entry, Map<UUID, Run> runs) {
        TimerOwner owner = entry.due().timer().owner();
        if (owner == null) {
            return Outcomes.RunState.NONE;
        }
        Run run = runs.get(owner.runId());
        return run == null ? Outcomes.RunState.OVER : new Outcomes.RunState(run, false);
    }

    @Override
    public void settled(List<Execution> executions) {
        List<Timer> signals = new ArrayList<>();
        for (Execution execution : executions) {
            InFlight.Entry entry = inFlight.get(execution.fireInstanceId());
            inFlight.forget(execution.fireInstanceId());
            Timer stored = next.remove(execution.fireInstanceId());
            if (stored != null) {
                signals.add(stored);
            }
            DeliveryOutcome outcome = entry == null ? null : entry.outcome();
            if (entry != null && outcome != null) {
                log(entry.due().timer(), outcome);
                observer.settled(entry.due().timer(), outcome);
            }
        }
        triggers.signal(signals);
    }

    /** A line for each change of state, at DEBUG: there are thousands a second. Dead letters are for somebody to look at. */
    private static void log(Timer timer, DeliveryOutcome outcome) {
        if (outcome instanceof DeliveryOutcome.Attempted attempted
                && Outcomes.statusAfter(timer, attempted) == TimerStatus.DEAD) {
            LOG.info(
                    "Timer {} is dead after attempt {}: {}",
                    timer.id(),
                    timer.attempts().size() + 1,
                    attempted.error());
        } else if (LOG.isDebugEnabled()) {
            LOG.debug("Timer {}: {}", timer.id(), outcome);
        }
    }

    @Override
    public void released(List<Execution> executions) {
        executions.forEach(this::forget);
    }

    private void forget(Execution execution) {
        inFlight.forget(execution.fireInstanceId());
        next.remove(execution.fireInstanceId());
    }

    @Override
    public void abandoned(List<Execution> executions) {
        for (Execution execution : executions) {
            forget(execution);
            LOG.warn(
                    "Timer {} was taken over by another node while this one delivered it; its outcome here is not written",
                    execution.triggerKey().getName());
        }
    }
}
