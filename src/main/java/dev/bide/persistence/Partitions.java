package dev.bide.persistence;

import dev.bide.workflow.store.Days;
import dev.bide.workflow.store.HistoryStore.History;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Parts of the histories, as they stand in a statement. PostgreSQL locks each partition that it can't leave out when it plans, and each of that
 * one's indexes: 8 locks a day for all that a statement might touch. So the days are written into the text. As parameters they would be
 * compared when the statement runs, after a generic plan has locked them all.
 */
final class Partitions {
    private Partitions() {}

    /** {@code … WHERE finished_at …}: the rows of these days; null means those in no partition of a day. More conditions may follow. */
    static String of(History history, @Nullable Days days) {
        if (days == null) {
            return history.table() + "_other AS " + history.table() + " WHERE true";
        }
        return history.table() + " WHERE " + between("finished_at", days.first(), days.last());
    }

    /** The same, called {@code alias} in the statement. */
    static String of(History history, String alias, @Nullable Days days) {
        return history.table() + (days == null ? "_other" : "") + " AS " + alias + " WHERE "
                + (days == null ? "true" : between(alias + ".finished_at", days.first(), days.last()));
    }

    /** {@code … WHERE (finished_at …)}: the rows of the days of these times. More conditions may follow. */
    static String of(History history, Collection<Instant> times) {
        return of(history, history.table(), times);
    }

    /** The same, called {@code alias} in the statement. */
    static String of(History history, String alias, Collection<Instant> times) {
        return history.table() + " AS " + alias + " WHERE " + days(alias, times);
    }

    /** {@code (finished_at …)}: the condition alone. */
    static String days(String alias, Collection<Instant> times) {
        return times.stream().map(Days::day).collect(Collectors.toCollection(TreeSet::new)).stream()
                .map(day -> between(alias + ".finished_at", day, day))
                .collect(Collectors.joining(" OR ", "(", ")"));
    }

    private static String between(String column, LocalDate first, LocalDate last) {
        return "(" + column + " >= '" + first + " 00:00:00+00' AND " + column + " < '" + last.plusDays(1)
                + " 00:00:00+00')";
    }
}
