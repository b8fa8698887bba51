package dev.bide.engine.list;

import dev.bide.workflow.Ids;
import dev.bide.workflow.store.Cursor;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.Days;
import dev.bide.workflow.store.HistoryStore.History;
import dev.bide.workflow.store.ListStore;
import dev.bide.workflow.store.ListStore.Looked;
import dev.bide.workflow.store.PageRequest;
import dev.bide.workflow.store.Session;
import dev.bide.workflow.store.TimerFilter.Order;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Looks through a history backwards, some days in each transaction: a statement that names all of it would lock each partition with its indexes, thousands where a year is
 * kept, and some tens of them at once would use up all that PostgreSQL has for locks. Thread-safe.
 */
final class HistoryWalk {
    /** By how much clocks may differ of nodes that made something and finished it. */
    static final Duration SKEW = Duration.ofMinutes(5);

    /** Partitions of the first look, in which most pages end, and of the others: some 60 locks. */
    private static final int FIRST_DAYS = 3;

    private static final int DAYS = 7;

    private final Database database;
    private final InstantSource clock;

    HistoryWalk(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    interface Look {
        /** @param most rows that are looked at */
        List<Looked> at(Session session, @Nullable Days days, int most);
    }

    /**
     * Adds what {@code look} finds to {@code merged}. An id says when it was made, and what it is of was finished then or later: newest first, the walk ends where the page
     * is settled and younger than all that is still to come.
     *
     * @param from nothing of the list was finished before; null where nobody knows
     */
    void walk(History history, Order order, PageRequest page, @Nullable LocalDate from, Look look, Merged merged) {
        List<Days> steps = steps(in(session -> session.history().span(history)), from);
        int most = Math.max(page.limit() + 1, ListStore.LOOKED_AT / (steps.size() + 1));
        in(session -> look.at(session, null, most)).forEach(merged::add);
        for (Days days : steps) {
            if (order == Order.NEWEST && isYounger(merged.settled(), days.last())) {
                return;
            }
            in(session -> look.at(session, days, most)).forEach(merged::add);
        }
    }

    private static boolean isYounger(@Nullable Cursor end, LocalDate day) {
        return end != null
                && Ids.isOurs(end.id())
                && Days.day(Ids.madeAt(end.id()).minus(SKEW)).isAfter(day);
    }

    /** From today back to the first day. */
    private List<Days> steps(List<LocalDate> span, @Nullable LocalDate from) {
        List<Days> steps = new ArrayList<>();
        if (!span.isEmpty()) {
            LocalDate first = from == null || from.isBefore(span.get(0)) ? span.get(0) : from;
            LocalDate today = Days.day(clock.instant().plus(SKEW));
            LocalDate last = span.get(1).isAfter(today) ? today : span.get(1);
            for (int days = FIRST_DAYS; !last.isBefore(first); days = DAYS) {
                LocalDate begin = last.minusDays(days - 1);
                steps.add(new Days(begin.isBefore(first) ? first : begin, last));
                last = last.minusDays(days);
            }
        }
        return steps;
    }

    private <T> T in(Function<Session, T> work) {
        return database.inTransaction(work);
    }
}
