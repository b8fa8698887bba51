package dev.bide.engine.change;

import dev.bide.workflow.Timer;
import dev.bide.workflow.figures.Look;
import dev.bide.workflow.store.Days;
import dev.bide.workflow.store.KeyHolder;
import dev.bide.workflow.store.Operation;
import dev.bide.workflow.store.OperationKind;
import dev.bide.workflow.store.OperationStore;
import dev.bide.workflow.store.RunFilter;
import dev.bide.workflow.store.RunStore.FoundRun;
import dev.bide.workflow.store.Session;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs that go on, in order of id: cancel, pause, resume. What it comes back for at the end are runs that have gone on to another timer while it came to them, or
 * that somebody has locked; and timers in some node's hands, of runs that are cancelled or paused by then: it is over when none of them is called any more.
 */
final class RunsWalk implements Walk {
    private static final Logger LOG = LoggerFactory.getLogger(RunsWalk.class);

    private final RunBatches batches;

    RunsWalk(RunBatches batches) {
        this.batches = batches;
    }

    @Override
    public Step further(Session session, Operation operation, Turn turn, List<Timer> changed, Instant now) {
        if (operation.lookedThrough()) {
            return tryAgain(session, operation, turn, changed, now);
        }
        RunFilter filter = Objects.requireNonNull(operation.request().runs(), "which runs");
        int limit = turn.limit(operation);
        Look<FoundRun, UUID> look = session.runs()
                .look(
                        filter,
                        operation.kind().fromRuns(),
                        operation.request().upTo(),
                        operation.position(),
                        LARGEST_LOOK,
                        operation.room(Math.max(1, limit)));
        RunBatches.Dealt dealt = limit == 0
                ? passOver(operation, look.matching())
                : batches.change(session, operation.kind(), look.matching(), now);
        changed.addAll(dealt.changed());
        addRest(session, operation, dealt.rest());
        boolean over = look.over() || look.matching().size() >= operation.room(Integer.MAX_VALUE);
        Operation further = operation.further(
                look.matching().size(),
                dealt.done(),
                dealt.failed().size(),
                over ? Operation.END : look.last(),
                null,
                Failures.of(operation, dealt.failed()),
                now);
        return new Step(further, over && !session.operations().hasRest(operation.id()));
    }

    private static RunBatches.Dealt passOver(Operation operation, List<FoundRun> runs) {
        Set<UUID> ids = runs.stream().map(FoundRun::id).collect(Collectors.toSet());
        LOG.info("Operation {} comes back for what somebody has locked: {}", operation.id(), ids);
        return RunBatches.Dealt.later(ids);
    }

    private Step tryAgain(Session session, Operation operation, Turn turn, List<Timer> changed, Instant now) {
        boolean passOver = turn.limit(operation) == 0;
        OperationStore.Rest rest = turn.rest(session, operation);
        if (passOver) {
            turn.tried(operation, rest);
            return new Step(operation.further(0, 0, 0, Operation.END, now), false);
        }
        Set<UUID> ids = rest.items().stream().map(KeyHolder::id).collect(Collectors.toCollection(HashSet::new));
        List<FoundRun> runs = session.runs().found(ids, operation.kind().fromRuns());
        RunBatches.Dealt dealt = batches.change(session, operation.kind(), runs, now);
        changed.addAll(dealt.changed());
        // Those that are over by now, or were changed meanwhile, are not found, and neither are timers.
        Set<UUID> others = new HashSet<>(ids);
        runs.forEach(run -> others.remove(run.id()));
        Set<UUID> again = new HashSet<>(dealt.rest());
        again.addAll(timersAgain(session, operation.kind(), others, now));
        ids.removeAll(again);
        session.operations().removeRest(operation.id(), ids);
        addRest(session, operation, again);
        turn.tried(operation, rest);
        Map<UUID, String> failed = new HashMap<>(dealt.failed());
        others.removeAll(again);
        runsAmong(session, others, now).forEach(run -> failed.put(run, "is over, or was changed meanwhile"));
        Operation further = operation.further(
                0, dealt.done(), failed.size(), Operation.END, null, Failures.of(operation, failed), now);
        return new Step(further, !session.operations().hasRest(operation.id()));
    }

    private Set<UUID> timersAgain(Session session, OperationKind kind, Set<UUID> ids, Instant now) {
        return switch (kind) {
            case CANCEL_RUNS -> batches.cancelThose(session, ids, now);
            case PAUSE_RUNS -> batches.pauseThose(session, ids);
            // It comes back for runs alone.
            case RESUME_RUNS -> Set.of();
            case CANCEL, RESCHEDULE, REDRIVE, PAUSE, RESUME, FIRE, DISMISS, APPLY_VERSION, REDRIVE_RUNS ->
                throw new IllegalStateException("it changes no runs that go on");
        };
    }

    /** Those that are no timers: they are in nobody's hands any more. */
    private static Set<UUID> runsAmong(Session session, Set<UUID> ids, Instant now) {
        Set<UUID> runs = new HashSet<>(ids);
        if (!runs.isEmpty()) {
            runs.removeAll(session.timers().waiting(runs));
            Days days = new Days(Days.day(now).minusDays(1), Days.day(now));
            runs.removeAll(session.timers().finished(runs, days).keySet());
        }
        return runs;
    }

    private static void addRest(Session session, Operation operation, Set<UUID> ids) {
        session.operations()
                .addRest(
                        operation.id(),
                        ids.stream().map(id -> new KeyHolder(id, null)).toList());
    }
}
