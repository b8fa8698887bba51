package dev.bide.engine.deliver;

import dev.bide.delivery.DeliveryOutcome;
import dev.bide.delivery.destination.HeldLanes;
import dev.bide.engine.DeliveryObserver;
import dev.bide.engine.quartz.TimerTriggers;
import dev.bide.jobstore.Execution;
import dev.bide.jobstore.ExecutionListener;
import dev.bide.trace.ExportedSpan;
import dev.bide.trace.LogIds;
import dev.bide.trace.SetSpan;
import dev.bide.trace.Traces;
import dev.bide.workflow.Run;
import dev.bide.workflow.TimerOwner;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.Times;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.DueTimer;
import dev.bide.workflow.store.FiredTimer;
import dev.bide.workflow.store.Session;
import dev.bide.workflow.store.UnreadableException;
import dev.bide.workflow.store.WorkflowVersions;
import java.sql.Connection;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what came of many timers in one transaction, the job store's: their attempts and states, their runs, and what comes next. A crash
 * before its commit makes the timers fire again; after it nothing is repeated.
 *
 * <p>The job store hands over only executions whose fired-trigger entry it has just deleted, so nobody else can touch these timers. Their runs
 * are locked here, in order of id, last in the lock order.
 */
public final class Settler implements ExecutionListener {
    private static final Logger LOG = LoggerFactory.getLogger(Settler.class);

    /** Of what is written, in the memory of the driver that sends it. */
    private static final long COPIES = 5;

    private final Database database;
    private final TimerTriggers triggers;
    private final WorkflowVersions versions;
    private final InFlight inFlight;
    private final RoomInHand room;
    private final UnreadTimers unread;
    private final Outcomes outcomes;
    private final InstantSource clock;
    private final DeliveryObserver observer;
    private final Traces traces;

    public Settler(
            Database database,
            TimerTriggers triggers,
            WorkflowVersions versions,
            InFlight inFlight,
            RoomInHand room,
            InstantSource clock,
            DeliveryObserver observer,
            Traces traces) {
        this.database = database;
        this.triggers = triggers;
        this.versions = versions;
        this.inFlight = inFlight;
        this.room = room;
        this.unread = new UnreadTimers(triggers, inFlight, observer);
        this.outcomes = new Outcomes();
        this.clock = clock;
        this.observer = observer;
        this.traces = traces;
    }

    /**
     * Loads the timers of all that fired with one query, but for what is large. The versions of the workflows that their runs go by are read too,
     * unless they are known: whose run can't go on must not be called.
     */
    @Override
    public void fired(Connection connection, List<Execution> executions) {
        Session session = database.on(connection);
        Map<UUID, Execution> byTimer = new HashMap<>();
        for (Execution execution : executions) {
            if (execution.jobKey().equals(TimerTriggers.JOB)) {
                TimerTriggers.timer(execution.triggerKey())
                        .ifPresentOrElse(
                                id -> byTimer.putIfAbsent(id, execution),
                                () -> LOG.error(
                                        "Trigger {} is no timer's, which its name would be the id of; it is removed",
                                        execution.triggerKey()));
            }
        }
        Map<Version, Optional<Workflow>> read = new HashMap<>();
        for (DueTimer due : session.timers().load(byTimer.keySet(), room.small())) {
            Execution execution = Objects.requireNonNull(byTimer.get(due.timer().id()));
            TimerOwner owner = due.timer().owner();
            Integer version = due.runVersion();
            if (owner == null || version == null) {
                inFlight.fired(execution, due, 0);
            } else {
                // Where it can't be read the timer is left out: it is put back to wait, as one that can't be read
                // itself.
                read.computeIfAbsent(new Version(owner.workflowId(), version), key -> readable(session, key))
                        .ifPresent(workflow -> inFlight.fired(execution, due, workflow.largestAction()));
            }
        }
    }

    private Optional<Workflow> readable(Session session, Version version) {
        try {
            return Optional.of(versions.of(session, version.workflow(), version.number()));
        } catch (UnreadableException e) {
            LOG.error("The timers of its runs wait for a version of the program that can read it", e);
            return Optional.empty();
        }
    }

    private record Version(UUID workflow, int number) {}

    /** Of what was answered, and of its run's next timer, which is written with it. */
    @Override
    public long weight(Execution execution) {
        InFlight.Entry entry = inFlight.get(execution);
        if (entry == null) {
            return 0;
        }
        int answer = entry instanceof InFlight.Ended ended ? ended.answer() : 0;
        return COPIES * (entry.next() + answer);
    }

    @Override
    public void settle(Connection connection, List<Execution> standing) {
        try (SetSpan span = traces.set("settle timers", standing, this::traceparent)) {
            write(connection, standing);
        }
    }

    private @Nullable String traceparent(Execution execution) {
        return inFlight.get(execution) instanceof InFlight.Ended ended ? ended.traceparent() : null;
    }

    private void write(Connection connection, List<Execution> standing) {
        Session session = database.on(connection);
        Instant now = Times.now(clock);
        Map<UUID, Run> runs = lockRuns(session, standing);
        SettlementBatch batch = new SettlementBatch();
        for (Execution execution : standing) {
            InFlight.Entry entry = inFlight.get(execution);
            if (entry != null) {
                Outcomes.Change change =
                        outcomes.settle(entry, runOf(entry, runs), run -> versions.of(session, run), now);
                batch.add(execution, change);
            }
        }
        unread.putBack(session, standing, now);
        batch.write(session, triggers, now);
        batch.stored().forEach(inFlight::stored);
    }

    private Map<UUID, Run> lockRuns(Session session, List<Execution> standing) {
        List<UUID> ids = standing.stream()
                .map(inFlight::get)
                .filter(Objects::nonNull)
                .map(entry -> entry.timer().owner())
                .filter(Objects::nonNull)
                .map(TimerOwner::runId)
                .distinct()
                .toList();
        return ids.isEmpty()
                ? Map.of()
                : session.runs().lock(ids).stream().collect(Collectors.toMap(Run::id, Function.identity()));
    }

    private static Outcomes.RunState runOf(InFlight.Entry entry, Map<UUID, Run> runs) {
        TimerOwner owner = entry.timer().owner();
        if (owner == null) {
            return Outcomes.RunState.NONE;
        }
        Run run = runs.get(owner.runId());
        return run == null ? Outcomes.RunState.OVER : new Outcomes.RunState(run, false);
    }

    /**
     * The attempt is recorded by itself, and its timer ends as the attempt says; a run that can't go on has failed, and
     * nobody is called then: what could not be written may be just that. A call that was made is not
     * made again for what can't be written after it.
     */
    @Override
    public boolean settleAlone(Connection connection, Execution execution, Exception failure) {
        Session session = database.on(connection);
        Instant now = Times.now(clock);
        InFlight.Entry entry = inFlight.get(execution);
        if (entry == null) {
            unread.putBack(session, List.of(execution), now);
            return true;
        }
        FiredTimer timer = entry.timer();
        LOG.atError()
                .addKeyValue("timer", timer.id())
                .setCause(failure)
                .log("Timer {} could not be settled with what follows from its outcome", timer.id());
        if (!(entry instanceof InFlight.Ended ended)
                || !(ended.outcome() instanceof DeliveryOutcome.Attempted attempted)) {
            triggers.storeAt(session, Map.of(timer.id(), now.plus(Outcomes.AFTER_FAULT)));
            return true;
        }
        TimerStatus status = Outcomes.statusAfter(ended, attempted);
        Instant again = status.waiting() ? now.plus(Outcomes.AFTER_FAULT) : null;
        session.timers().settle(List.of(Outcomes.settlement(ended, status, attempted, again, now)));
        TimerOwner owner = timer.owner();
        if (again != null) {
            triggers.storeAt(session, Map.of(timer.id(), again));
        } else if (owner != null) {
            session.runs().fail(owner.runId(), Outcomes.CANT_GO_ON, now);
            AttemptLog.about(LOG.atError(), timer)
                    .log("Nobody is told that run {} failed with timer {}", owner.runId(), timer.id());
        }
        return true;
    }

    @Override
    public void settled(List<Execution> executions) {
        Map<Integer, Instant> earliest = new HashMap<>();
        for (Execution execution : executions) {
            InFlight.Entry entry = inFlight.get(execution);
            Instant stored = inFlight.stored(execution);
            inFlight.forget(execution);
            if (stored != null) {
                earliest.merge(heldLane(entry), stored, (one, other) -> one.isBefore(other) ? one : other);
            }
            if (entry instanceof InFlight.Ended ended) {
                tell(ended);
            }
        }
        earliest.forEach((lane, at) -> triggers.signal(at, lane));
    }

    private void tell(InFlight.Ended ended) {
        TimerStatus status = statusAfter(ended);
        ExportedSpan span = ended.span();
        LogIds ids = span == null ? null : span.logged();
        try {
            log(ended, status);
            observer.settled(ended.timer(), ended.outcome(), status);
        } finally {
            if (ids != null) {
                ids.close();
            }
        }
    }

    /** Of one that was put off and keeps its place in its lane, long due: to look from there on among all others would lead through all that is held. */
    private static int heldLane(InFlight.@Nullable Entry entry) {
        if (entry instanceof InFlight.PutOff putOff && putOff.held()) {
            return putOff.lane();
        }
        return entry instanceof InFlight.Ended ended
                        && ended.outcome() instanceof DeliveryOutcome.Deferred deferred
                        && deferred.held()
                ? ended.lane()
                : HeldLanes.NONE;
    }

    private static TimerStatus statusAfter(InFlight.Ended ended) {
        return ended.outcome() instanceof DeliveryOutcome.Attempted attempted
                ? Outcomes.statusAfter(ended, attempted)
                : ended.timer().status();
    }

    /** Dead letters are for somebody to look at. {@link AttemptLog} has the calls. */
    private static void log(InFlight.Ended ended, TimerStatus status) {
        if (status == TimerStatus.DEAD && ended.outcome() instanceof DeliveryOutcome.Attempted attempted) {
            FiredTimer timer = ended.timer();
            AttemptLog.about(LOG.atInfo(), timer)
                    .addKeyValue("event", "death")
                    .addKeyValue("outcome", "failure")
                    .addKeyValue("destination", ended.destination())
                    .addKeyValue("httpStatus", attempted.httpStatus())
                    .log("Timer {} is dead after attempt {}: {}", timer.id(), timer.attempt(), attempted.error());
        }
    }

    @Override
    public void released(List<Execution> executions) {
        executions.forEach(inFlight::forget);
    }

    @Override
    public void abandoned(List<Execution> executions) {
        for (Execution execution : executions) {
            inFlight.forget(execution);
            String timer = execution.triggerKey().getName();
            LOG.atWarn()
                    .addKeyValue("timer", timer)
                    .log(
                            "Timer {} was taken over by another node while this one delivered it; its outcome here is not written",
                            timer);
        }
    }
}
