package dev.bide.engine.figures;

import dev.bide.workflow.figures.FigureStore;
import dev.bide.workflow.figures.FigureStore.Due;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.Session;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Adds all nodes' slots up to minutes, so that a series of days need not read them. The newest minutes are added up again, since rows may come late; those that no node of
 * role {@code scheduler} was there for are made up for. May run beside itself: both write the same.
 */
final class RollUp {
    static final Duration MINUTE = Duration.ofMinutes(1);

    /** A node writes its last slot a moment after it is over. */
    private static final Duration LATE = Duration.ofSeconds(5);

    /** Minutes that are added up again: a row comes late where the database was away or a table was locked. */
    private static final int AGAIN = 10;

    /** Minutes in one transaction, and in a turn. */
    private static final int AT_ONCE = 50;

    private static final int MOST = 1_000;

    private final Database database;

    RollUp(Database database) {
        this.database = database;
    }

    void run() {
        Instant now = in(FigureStore::now);
        Instant end = now.minus(LATE).truncatedTo(ChronoUnit.MINUTES);
        Instant begin = begin(now, end);
        if (begin == null) {
            return;
        }
        Instant last = earlier(end, begin.plus(MINUTE.multipliedBy(MOST)));
        while (begin.isBefore(last)) {
            Instant from = begin;
            Instant to = earlier(last, from.plus(MINUTE.multipliedBy(AT_ONCE)));
            in(figures -> addUp(figures, from, to));
            begin = to;
        }
    }

    /** Null where no node has written anything. */
    private @Nullable Instant begin(Instant now, Instant end) {
        Instant again = end.minus(MINUTE.multipliedBy(AGAIN));
        Optional<Instant> newest = in(FigureStore::newestMinute);
        Optional<Instant> from = newest.isPresent()
                ? newest.map(minute -> earlier(again, minute.plus(MINUTE)))
                : in(FigureStore::oldestSlot).map(slot -> slot.truncatedTo(ChronoUnit.MINUTES));
        Instant oldest = now.minus(FigureStore.KEPT).truncatedTo(ChronoUnit.MINUTES);
        return from.map(begin -> begin.isBefore(oldest) ? oldest : begin).orElse(null);
    }

    private static int addUp(FigureStore figures, Instant from, Instant to) {
        SortedMap<Instant, Adding> minutes = new TreeMap<>();
        figures.slots(from, to, slot -> minute(minutes, slot.at()).add(slot));
        for (Due due : figures.due(from, to)) {
            minute(minutes, due.at()).due(due.due());
        }
        minutes.forEach((at, sums) -> figures.writeMinute(sums.slot(at)));
        return minutes.size();
    }

    private static Adding minute(SortedMap<Instant, Adding> minutes, Instant at) {
        return minutes.computeIfAbsent(at.truncatedTo(ChronoUnit.MINUTES), minute -> new Adding());
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private <T> T in(Function<FigureStore, T> work) {
        return database.inTransaction((Session session) -> work.apply(session.figures()));
    }
}
