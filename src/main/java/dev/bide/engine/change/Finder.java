package dev.bide.engine.change;

import dev.bide.workflow.Ids;
import dev.bide.workflow.Run;
import dev.bide.workflow.Timer;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.Days;
import dev.bide.workflow.store.HistoryStore.History;
import dev.bide.workflow.store.KeyHolder;
import dev.bide.workflow.store.RunWithInput;
import dev.bide.workflow.store.Session;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds one timer or run by its id, waiting or finished. Thread-safe.
 *
 * <p>A statement that names the history as a whole locks each of its partitions and their indexes, thousands where a year is kept, and some
 * tens of them at once use up all that PostgreSQL has for locks. So it is looked through a few days at a time, each in a transaction of its own:
 * locks are held until that ends. An id says when it was made, and what it is of was finished then or later. Most are found at the first look.
 *
 * <p>What moves between the looks is not missed: it goes from the waiting ones into the history, which is read after them; and back by a
 * redrive, for which the waiting ones are read once more.
 */
public final class Finder {
    /** Partitions in one look: some 30 locks. */
    private static final int DAYS = 3;

    /** By how much clocks may differ of nodes that made something and finished it. */
    private static final Duration SKEW = Duration.ofMinutes(5);

    private final Database database;

    public Finder(Database database) {
        this.database = database;
    }

    public Optional<Timer> timer(UUID id) {
        return timer(new KeyHolder(id, null));
    }

    /** @param holder when it was finished, where that is known, saves the search */
    public Optional<Timer> timer(KeyHolder holder) {
        UUID id = holder.id();
        return find(holder, History.TIMER, session -> session.timers().find(id), (session, days) -> session.timers()
                .findFinished(id, days));
    }

    Optional<Run> run(UUID id) {
        return find(
                new KeyHolder(id, null),
                History.RUN,
                session -> session.runs().find(id),
                (session, days) -> session.runs().findFinished(id, days));
    }

    public Optional<RunWithInput> runWithInput(UUID id) {
        return runWithInput(new KeyHolder(id, null));
    }

    public Optional<RunWithInput> runWithInput(KeyHolder holder) {
        UUID id = holder.id();
        return find(holder, History.RUN, session -> session.runs().findWithInput(id), (session, days) -> session.runs()
                .findFinishedWithInput(id, days));
    }

    private <T> Optional<T> find(
            KeyHolder holder,
            History history,
            Function<Session, Optional<T>> waiting,
            BiFunction<Session, @Nullable Days, Optional<T>> finished) {
        Optional<T> found = in(waiting);
        Instant at = holder.finishedAt();
        if (found.isEmpty() && at != null) {
            found = in(session -> finished.apply(session, Days.of(at)));
        }
        if (found.isEmpty()) {
            found = search(holder.id(), history, finished);
        }
        return found.isPresent() ? found : in(waiting);
    }

    /** From the day on which it was made. What is no id of ours was never stored. */
    private <T> Optional<T> search(
            UUID id, History history, BiFunction<Session, @Nullable Days, Optional<T>> finished) {
        if (!Ids.isOurs(id)) {
            return Optional.empty();
        }
        LocalDate made = Days.day(Ids.madeAt(id).minus(SKEW));
        Days first = new Days(made, made.plusDays(DAYS - 1));
        Optional<T> found = in(session -> finished.apply(session, first));
        if (found.isPresent()) {
            return found;
        }
        List<LocalDate> span = in(session -> session.history().span(history));
        if (!span.isEmpty()) {
            LocalDate day = later(made.plusDays(DAYS), span.get(0));
            for (; !day.isAfter(span.get(1)); day = day.plusDays(DAYS)) {
                Days days = new Days(day, earlier(day.plusDays(DAYS - 1), span.get(1)));
                found = in(session -> finished.apply(session, days));
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return in(session -> finished.apply(session, null));
    }

    /**
     * All timers of a run, in the order in which they were made. It is looked through backwards, from the end of the run: one timer begins when the
     * one before it ends, so that the days of a long wait are passed over.
     */
    public List<Timer> ofRun(Run run) {
        Map<UUID, Timer> found = new LinkedHashMap<>();
        add(found, in(session -> session.timers().ofRun(run.id())));
        LocalDate first = Days.day(run.createdAt().minus(SKEW));
        Instant ended = run.finishedAt() == null ? run.updatedAt() : run.finishedAt();
        // A call that was under way when its run was cancelled ends after it.
        LocalDate last = Days.day(later(ended, newest(found, ended)).plus(SKEW)).plusDays(1);
        boolean spanned = false;
        while (!last.isBefore(first)) {
            Days days = new Days(later(last.minusDays(DAYS - 1), first), last);
            List<Timer> some = in(session -> session.timers().finishedOfRun(run.id(), days));
            add(found, some);
            LocalDate next = days.first().minusDays(1);
            last = some.isEmpty() ? next : earlier(next, Days.day(oldest(some).plus(SKEW)));
            if (!spanned && !last.isBefore(first)) {
                // It may be older than all that is kept.
                List<LocalDate> span = in(session -> session.history().span(History.TIMER));
                first = span.isEmpty() ? last.plusDays(1) : later(first, span.get(0));
                spanned = true;
            }
        }
        add(found, in(session -> session.timers().finishedOfRun(run.id(), null)));
        return found.values().stream()
                .sorted(Comparator.comparing(Timer::createdAt).thenComparing(Timer::id))
                .toList();
    }

    /** What is read later is newer. */
    private static void add(Map<UUID, Timer> found, List<Timer> timers) {
        timers.forEach(timer -> found.put(timer.id(), timer));
    }

    private static Instant newest(Map<UUID, Timer> timers, Instant otherwise) {
        return timers.values().stream()
                .map(Timer::createdAt)
                .max(Comparator.naturalOrder())
                .orElse(otherwise);
    }

    private static Instant oldest(List<Timer> timers) {
        return timers.stream()
                .map(Timer::createdAt)
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    private static <T extends Comparable<? super T>> T later(T one, T other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    private static <T extends Comparable<? super T>> T earlier(T one, T other) {
        return one.compareTo(other) <= 0 ? one : other;
    }

    private <T> T in(Function<Session, T> work) {
        return database.inTransaction(work);
    }
}
