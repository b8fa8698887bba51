package dev.bide.engine.change;

import dev.bide.workflow.RunStatus;
import dev.bide.workflow.Timer;
import dev.bide.workflow.figures.Look;
import dev.bide.workflow.store.Days;
import dev.bide.workflow.store.HistoryStore.History;
import dev.bide.workflow.store.KeyHolder;
import dev.bide.workflow.store.Operation;
import dev.bide.workflow.store.OperationStore;
import dev.bide.workflow.store.RunFilter;
import dev.bide.workflow.store.Session;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Failed runs, day by day as they failed, within a day in order of id: redrive. One that fails again meanwhile is not met again. What lies in no partition of its day
 * comes last.
 */
final class FailedRunsWalk implements Walk {
    /** Some runs need statements of their own. */
    private static final int MOST_RUNS = 100;

    /** Days without any, passed over in one transaction: some 30 locks. */
    private static final int DAYS = 3;

    private static final Logger LOG = LoggerFactory.getLogger(FailedRunsWalk.class);

    private final RunRedrive redrive;

    FailedRunsWalk(RunRedrive redrive) {
        this.redrive = redrive;
    }

    /** @param day that after the last one stands for those without a partition; null before the first @param after the last one dealt with of that day */
    private record Place(@Nullable LocalDate day, @Nullable UUID after) {}

    @Override
    public Step further(Session session, Operation operation, Turn turn, List<Timer> changed, Instant now) {
        if (operation.lookedThrough()) {
            return tryAgain(session, operation, turn, changed, now);
        }
        RunFilter filter = Objects.requireNonNull(operation.request().runs(), "which runs");
        if (!filter.admits(RunStatus.FAILED)) {
            return new Step(operation.further(0, 0, 0, Operation.END, now), true);
        }
        int limit = turn.limit(operation);
        int most = operation.room(Math.max(1, Math.min(MOST_RUNS, limit)));
        LocalDate last = Days.day(operation.life().createdAt());
        Place place = place(session, operation, last);
        Look<KeyHolder, UUID> look = look(session, operation, filter, place, last, most);
        Place next = next(place, look, last);
        for (int i = 1; i < DAYS && look.matching().isEmpty() && next != null; i++) {
            look = look(session, operation, filter, next, last, most);
            next = next(next, look, last);
        }
        RunRedrive.Redriven dealt = limit == 0
                ? passOver(session, operation, look.matching())
                : redrive(session, operation, look.matching(), now);
        changed.addAll(dealt.timers());
        boolean over = next == null || look.matching().size() >= operation.room(Integer.MAX_VALUE);
        Operation further = operation.further(
                look.matching().size(),
                dealt.done().size(),
                dealt.refused().size(),
                over || next == null ? Operation.END : next.after(),
                over || next == null ? null : start(next.day()),
                Failures.of(operation, dealt.refused()),
                now);
        return new Step(further, over && !session.operations().hasRest(operation.id()));
    }

    private static Place place(Session session, Operation operation, LocalDate last) {
        Instant at = operation.progress().positionAt();
        if (at != null) {
            return new Place(Days.day(at), operation.position());
        }
        List<LocalDate> span = session.history().span(History.RUN);
        LocalDate rest = last.plusDays(1);
        return new Place(span.isEmpty() || span.get(0).isAfter(last) ? rest : span.get(0), null);
    }

    private static Look<KeyHolder, UUID> look(
            Session session, Operation operation, RunFilter filter, Place place, LocalDate last, int most) {
        LocalDate day = Objects.requireNonNull(place.day());
        Days days = day.isAfter(last) ? null : new Days(day, day);
        return session.runs().failedOn(days, filter, operation.life().createdAt(), place.after(), LARGEST_LOOK, most);
    }

    /** Where it goes on; null where that was all. */
    private static @Nullable Place next(Place place, Look<KeyHolder, UUID> look, LocalDate last) {
        LocalDate day = Objects.requireNonNull(place.day());
        if (!look.over()) {
            return new Place(day, look.last());
        }
        return day.isAfter(last) ? null : new Place(day.plusDays(1), null);
    }

    private static @Nullable Instant start(@Nullable LocalDate day) {
        return day == null ? null : day.atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    private static RunRedrive.Redriven passOver(Session session, Operation operation, List<KeyHolder> runs) {
        LOG.info("Operation {} comes back for what somebody has locked: {}", operation.id(), runs);
        session.operations().addRest(operation.id(), runs);
        return RunRedrive.Redriven.NONE;
    }

    private RunRedrive.Redriven redrive(Session session, Operation operation, List<KeyHolder> runs, Instant now) {
        Map<UUID, Instant> finished = runs.stream()
                .collect(Collectors.toMap(KeyHolder::id, run -> Objects.requireNonNull(run.finishedAt(), "failed")));
        return redrive.all(
                session, finished, Boolean.TRUE.equals(operation.request().latest()), now);
    }

    private Step tryAgain(Session session, Operation operation, Turn turn, List<Timer> changed, Instant now) {
        boolean passOver = turn.limit(operation) == 0;
        OperationStore.Rest rest = turn.rest(session, operation);
        List<KeyHolder> runs = passOver ? List.of() : rest.items();
        RunRedrive.Redriven dealt = redrive(session, operation, runs, now);
        changed.addAll(dealt.timers());
        session.operations()
                .removeRest(operation.id(), runs.stream().map(KeyHolder::id).toList());
        turn.tried(operation, rest);
        Operation further = operation.further(
                0,
                dealt.done().size(),
                dealt.refused().size(),
                Operation.END,
                null,
                Failures.of(operation, dealt.refused()),
                now);
        return new Step(further, !session.operations().hasRest(operation.id()));
    }
}
