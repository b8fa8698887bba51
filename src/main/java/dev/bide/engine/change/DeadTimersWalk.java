package dev.bide.engine.change;

import dev.bide.engine.quartz.TimerTriggers;
import dev.bide.workflow.Timer;
import dev.bide.workflow.figures.DeadStore.DeadTimer;
import dev.bide.workflow.figures.Look;
import dev.bide.workflow.store.KeyHolder;
import dev.bide.workflow.store.Operation;
import dev.bide.workflow.store.OperationKind;
import dev.bide.workflow.store.OperationStore;
import dev.bide.workflow.store.Session;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Dead timers, oldest death first: redrive, dismiss. Those that die after the operation began are not met, so that one which is redriven and dies again is not redriven
 * again.
 */
final class DeadTimersWalk implements Walk {
    private static final Logger LOG = LoggerFactory.getLogger(DeadTimersWalk.class);

    private final Redrive redrive;
    private final TimerTriggers triggers;

    DeadTimersWalk(Redrive redrive, TimerTriggers triggers) {
        this.redrive = redrive;
        this.triggers = triggers;
    }

    @Override
    public Step further(Session session, Operation operation, Turn turn, List<Timer> changed, Instant now) {
        if (operation.lookedThrough()) {
            return tryAgain(session, operation, turn, changed, now);
        }
        int limit = turn.limit(operation);
        Look<DeadTimer, DeadTimer> look = look(session, operation, operation.room(Math.max(1, limit)));
        List<DeadTimer> batch =
                operation.kind() == OperationKind.REDRIVE ? session.dead().batch(look.matching()) : look.matching();
        boolean all = batch.size() == look.matching().size();
        DeadTimer last = all ? look.last() : batch.get(batch.size() - 1);
        Dealt dealt =
                limit == 0 ? passOver(session, operation, batch) : change(session, operation, batch, changed, now);
        boolean over = all && look.over() || batch.size() >= operation.room(Integer.MAX_VALUE);
        Operation further = operation.further(
                (int) batch.stream().map(DeadTimer::id).distinct().count(),
                dealt.done(),
                dealt.failed().size(),
                over || last == null ? Operation.END : last.id(),
                over || last == null ? null : last.finishedAt(),
                Failures.of(operation, dealt.failed()),
                now);
        return new Step(further, over && nothingLeft(session, operation));
    }

    private Look<DeadTimer, DeadTimer> look(Session session, Operation operation, int limit) {
        UUID position = operation.position();
        Instant positionAt = operation.progress().positionAt();
        DeadTimer after = position == null || positionAt == null ? null : new DeadTimer(position, positionAt);
        return DeadTimers.look(
                session,
                operation.request().filter(),
                triggers,
                operation.life().createdAt(),
                after,
                limit);
    }

    /** @param failed with why */
    private record Dealt(int done, Map<UUID, String> failed) {
        static final Dealt NOTHING = new Dealt(0, Map.of());
    }

    private static Dealt passOver(Session session, Operation operation, List<DeadTimer> timers) {
        LOG.info("Operation {} comes back for what somebody has locked: {}", operation.id(), timers);
        session.operations()
                .addRest(
                        operation.id(),
                        timers.stream()
                                .map(timer -> new KeyHolder(timer.id(), timer.finishedAt()))
                                .toList());
        return Dealt.NOTHING;
    }

    private Dealt change(
            Session session, Operation operation, List<DeadTimer> timers, List<Timer> changed, Instant now) {
        if (timers.isEmpty()) {
            return Dealt.NOTHING;
        }
        // A row that a node of the version before left has the id of the one that came when its timer died again.
        Map<UUID, Instant> finished = timers.stream()
                .collect(Collectors.toMap(
                        DeadTimer::id, DeadTimer::finishedAt, (one, other) -> one.isBefore(other) ? other : one));
        Dealt dealt = change(session, operation, finished, changed, now);
        session.dead()
                .removeStale(timers.stream()
                        .filter(timer -> dealt.failed().containsKey(timer.id())
                                || !timer.finishedAt().equals(finished.get(timer.id())))
                        .toList());
        return dealt;
    }

    private Dealt change(
            Session session, Operation operation, Map<UUID, Instant> finished, List<Timer> changed, Instant now) {
        if (operation.kind() == OperationKind.REDRIVE) {
            Redrive.Redriven redriven = redrive.all(session, finished, now);
            changed.addAll(redriven.timers());
            return new Dealt(redriven.timers().size(), redriven.refused());
        }
        Set<UUID> dismissed = session.timers().dismiss(finished);
        Map<UUID, String> failed = new HashMap<>();
        finished.keySet().stream()
                .filter(id -> !dismissed.contains(id))
                .forEach(id -> failed.put(id, "is not dead any more"));
        return new Dealt(dismissed.size(), failed);
    }

    /** Those that were locked: free by now, or changed by whoever had locked them, or to be tried once more in the next turn. */
    private Step tryAgain(Session session, Operation operation, Turn turn, List<Timer> changed, Instant now) {
        boolean passOver = turn.limit(operation) == 0;
        OperationStore.Rest rest = turn.rest(session, operation);
        List<DeadTimer> timers = passOver
                ? List.of()
                : rest.items().stream()
                        .map(item -> new DeadTimer(item.id(), died(item.finishedAt())))
                        .toList();
        Dealt dealt = change(session, operation, timers, changed, now);
        session.operations()
                .removeRest(operation.id(), timers.stream().map(DeadTimer::id).toList());
        turn.tried(operation, rest);
        Operation further = operation.further(
                0,
                dealt.done(),
                dealt.failed().size(),
                Operation.END,
                null,
                Failures.of(operation, dealt.failed()),
                now);
        return new Step(further, nothingLeft(session, operation));
    }

    private static Instant died(@Nullable Instant finishedAt) {
        return Objects.requireNonNull(finishedAt, "a dead timer");
    }

    private static boolean nothingLeft(Session session, Operation operation) {
        return !session.operations().hasRest(operation.id());
    }
}
