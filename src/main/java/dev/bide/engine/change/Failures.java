package dev.bide.engine.change;

import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.store.Days;
import dev.bide.workflow.store.Operation;
import dev.bide.workflow.store.OperationKind;
import dev.bide.workflow.store.Session;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Why items of an operation could not be changed, for people. Of the first ones alone: whoever has seen twenty knows. */
final class Failures {
    private Failures() {}

    /** @param why by id, to follow the item's name */
    static List<Operation.Failure> of(Operation operation, Map<UUID, String> why) {
        return first(operation, why.keySet()).stream()
                .map(id -> new Operation.Failure(id, String.valueOf(why.get(id))))
                .toList();
    }

    /**
     * Of timers that waited when they were found, by how they are now.
     *
     * @param impossible those for which the delay can't be used
     */
    static List<Operation.Failure> ofTimers(
            Session session, Operation operation, Set<UUID> failed, Set<UUID> impossible, Instant now) {
        List<UUID> ids = first(operation, failed);
        if (ids.isEmpty()) {
            return List.of();
        }
        Map<UUID, Timer> read =
                session.timers().read(ids).stream().collect(Collectors.toMap(Timer::id, Function.identity()));
        Set<UUID> waiting = session.timers().waiting(ids);
        Map<UUID, TimerStatus> finished =
                session.timers().finished(ids, new Days(Days.day(now).minusDays(1), Days.day(now)));
        return ids.stream()
                .map(id -> new Operation.Failure(
                        id,
                        impossible.contains(id)
                                ? "can't wait for this delay: it can't be used in its time zone, or not any more"
                                : why(operation.kind(), read.get(id), waiting.contains(id), finished.get(id))))
                .toList();
    }

    private static String why(
            OperationKind kind, @Nullable Timer timer, boolean waits, @Nullable TimerStatus finished) {
        if (timer != null) {
            return kind == OperationKind.RESUME && timer.status() == TimerStatus.PAUSED
                    ? "belongs to a run that is paused"
                    : "is " + timer.status();
        }
        if (waits) {
            return "can't be read by this version of the program";
        }
        return finished == null ? "is gone" : "is " + finished;
    }

    /** Those that there is room for. */
    private static List<UUID> first(Operation operation, Collection<UUID> ids) {
        int room = Operation.FAILURES - operation.progress().failures().size();
        return ids.stream().sorted().limit(Math.max(0, room)).toList();
    }
}
