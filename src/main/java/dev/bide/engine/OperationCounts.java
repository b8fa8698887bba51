package dev.bide.engine;

import dev.bide.engine.change.DeadTimers;
import dev.bide.engine.quartz.FiringTimers;
import dev.bide.engine.quartz.TimerTriggers;
import dev.bide.workflow.Ids;
import dev.bide.workflow.RunStatus;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.figures.DeadStore.DeadTimer;
import dev.bide.workflow.figures.Look;
import dev.bide.workflow.figures.Matching;
import dev.bide.workflow.figures.PartialCount;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.Days;
import dev.bide.workflow.store.HistoryStore.History;
import dev.bide.workflow.store.KeyHolder;
import dev.bide.workflow.store.Operation;
import dev.bide.workflow.store.OperationKind;
import dev.bide.workflow.store.RunFilter;
import dev.bide.workflow.store.Session;
import dev.bide.workflow.store.TimerFilter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How many a change would find: in steps, and no longer than somebody should wait for it. Thread-safe. */
public final class OperationCounts {
    /** Beyond it nobody cares how many more. */
    private static final int MOST = 100_000;

    /** Less than a request's client notices. */
    private static final Duration LONGEST = Duration.ofMillis(150);

    /** Of failed runs, which lie in a hundred days or more: a statement for each. */
    private static final Duration LONGEST_OF_DAYS = Duration.ofSeconds(1);

    /** Rows in one step: some milliseconds of waiting timers, more of runs, whose timers are looked up. */
    private static final int TIMERS_AT_ONCE = 10_000;

    private static final int RUNS_AT_ONCE = 2_000;

    private final Database reads;
    private final TimerTriggers triggers;
    private final FiringTimers firing;
    private final InstantSource clock;

    OperationCounts(Database reads, TimerTriggers triggers, FiringTimers firing, InstantSource clock) {
        this.reads = reads;
        this.triggers = triggers;
        this.firing = firing;
        this.clock = clock;
    }

    /** @param complete false where there are more, or may be */
    public record Count(Matching matching, boolean complete) {}

    Count of(OperationKind kind, Operation.Request wanted) {
        int most = wanted.limit() == null ? MOST : Math.min(MOST, wanted.limit());
        Count count =
                switch (kind) {
                    case CANCEL, RESCHEDULE, PAUSE, RESUME, FIRE -> waiting(kind, wanted, most);
                    case REDRIVE, DISMISS -> dead(wanted.filter(), most);
                    case CANCEL_RUNS, PAUSE_RUNS, RESUME_RUNS ->
                        runs(kind, Objects.requireNonNull(wanted.runs()), most);
                    case REDRIVE_RUNS -> failed(Objects.requireNonNull(wanted.runs()), most);
                    case APPLY_VERSION -> throw new IllegalStateException("nobody asks how many");
                };
        // As many as were asked for are all that there will be.
        boolean limited = wanted.limit() != null && count.matching().count() >= wanted.limit();
        return limited ? new Count(count.matching(), true) : count;
    }

    private Count waiting(OperationKind kind, Operation.Request wanted, int most) {
        TimerFilter filter = wanted.filter();
        String host = filter.host();
        Set<Integer> lanes = host == null ? Set.of() : triggers.lanes(host).orElse(Set.of());
        return isByTriggers(kind, filter) ? byTriggers(kind, wanted, lanes, most) : inOrder(kind, filter, lanes, most);
    }

    /** No index has a destination's scheduled timers; but their triggers are found by it, and so are the retrying ones'. */
    private static boolean isByTriggers(OperationKind kind, TimerFilter filter) {
        return filter.ofHostAlone()
                && Stream.of(TimerStatus.SCHEDULED, TimerStatus.RETRYING)
                        .allMatch(status -> kind.from().contains(status) && filter.admits(status));
    }

    /** Where the first so many are asked for: these are in order of id, and triggers are not, so nothing is said of them but how many. */
    private Count byTriggers(OperationKind kind, Operation.Request wanted, Set<Integer> lanes, int most) {
        Matching waiting = reads.inTransaction(session -> byTriggers(session, lanes, most));
        TimerFilter filter = wanted.filter();
        int room = (int) (most - waiting.count());
        Count paused = kind.from().contains(TimerStatus.PAUSED) && filter.admits(TimerStatus.PAUSED) && room > 0
                ? inOrder(kind, filter.in(TimerStatus.PAUSED), lanes, room)
                : new Count(Matching.NONE, true);
        Matching both = waiting.plus(paused.matching());
        return new Count(
                wanted.limit() == null ? both : new Matching(both.count(), null, null, List.of()),
                waiting.count() < most && paused.complete());
    }

    private Matching byTriggers(Session session, Set<Integer> lanes, int most) {
        List<Instant> times = firing.times(session, lanes, Instant.EPOCH, Instant.MAX, most);
        List<Matching.Sample> sample = firing.next(session, lanes, Instant.EPOCH, 0, Matching.SAMPLES).stream()
                .flatMap(next -> next.timer().map(id -> new Matching.Sample(id, next.at())).stream())
                .toList();
        return times.isEmpty()
                ? Matching.NONE
                : new Matching(times.size(), times.get(0), times.get(times.size() - 1), sample);
    }

    private Count inOrder(OperationKind kind, TimerFilter filter, Set<Integer> lanes, int most) {
        UUID upTo = reads.inTransaction(session -> session.timers().latest(Ids.next()));
        return this.<UUID>inSteps(most, (session, after, limit) -> session.timers()
                .count(kind, filter, lanes, upTo, after, TIMERS_AT_ONCE, limit));
    }

    private Count dead(TimerFilter filter, int most) {
        return this.<DeadTimer>inSteps(
                most,
                (session, after, limit) -> DeadTimers.count(session, filter, triggers, after, TIMERS_AT_ONCE, limit));
    }

    private Count runs(OperationKind kind, RunFilter filter, int most) {
        UUID upTo = reads.inTransaction(session -> session.runs().latest(Ids.next()));
        return this.<UUID>inSteps(most, (session, after, limit) -> session.runs()
                .count(filter, kind.fromRuns(), upTo, after, RUNS_AT_ONCE, limit));
    }

    private interface Step<P> {
        PartialCount<P> count(Session session, @Nullable P after, int limit);
    }

    private <P> Count inSteps(int most, Step<P> step) {
        Instant end = clock.instant().plus(LONGEST);
        Matching matching = Matching.NONE;
        P after = null;
        do {
            P from = after;
            int limit = (int) (most - matching.count());
            PartialCount<P> counted = reads.inTransaction(session -> step.count(session, from, limit));
            matching = matching.plus(counted.matching());
            if (counted.over()) {
                return new Count(matching, counted.matching().count() < limit);
            }
            after = counted.last();
        } while (matching.count() < most && clock.instant().isBefore(end));
        return new Count(matching, false);
    }

    /** Day by day, each in a transaction of its own; those without a partition of their day come last. */
    private Count failed(RunFilter filter, int most) {
        if (!filter.admits(RunStatus.FAILED)) {
            return new Count(Matching.NONE, true);
        }
        Instant now = clock.instant();
        Instant end = now.plus(LONGEST_OF_DAYS);
        List<LocalDate> span = reads.inTransaction(session -> session.history().span(History.RUN));
        LocalDate last = Days.day(now);
        LocalDate day = span.isEmpty() || span.get(0).isAfter(last) ? last.plusDays(1) : span.get(0);
        Matching matching = Matching.NONE;
        UUID after = null;
        do {
            Days days = day.isAfter(last) ? null : new Days(day, day);
            UUID from = after;
            int limit = (int) Math.min(TIMERS_AT_ONCE, most - matching.count());
            Look<KeyHolder, UUID> look = reads.inTransaction(
                    session -> session.runs().failedOn(days, filter, now, from, TIMERS_AT_ONCE, limit));
            matching = matching.plus(failed(look.matching()));
            after = look.over() ? null : look.last();
            if (look.over() && days == null) {
                return new Count(matching, matching.count() < most);
            }
            day = look.over() ? day.plusDays(1) : day;
        } while (matching.count() < most && clock.instant().isBefore(end));
        return new Count(matching, false);
    }

    private static Matching failed(List<KeyHolder> runs) {
        return new Matching(
                runs.size(),
                null,
                null,
                runs.stream()
                        .limit(Matching.SAMPLES)
                        .map(run -> new Matching.Sample(run.id(), (@Nullable Instant) null))
                        .toList());
    }
}
