package dev.bide.persistence;

import dev.bide.workflow.store.Days;
import dev.bide.workflow.store.HistoryStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;

/** The partitions, by the view and the function that the migrations bring. */
record JdbiHistoryStore(Handle handle) implements HistoryStore {
    private static final String MISSING = Sql.of(JdbiHistoryStore.class, "missing");

    @Override
    public LocalDate today() {
        return handle.createQuery("SELECT (now() AT TIME ZONE 'UTC')::date")
                .mapTo(LocalDate.class)
                .one();
    }

    @Override
    public OptionalInt daysKept() {
        return handle.createQuery("SELECT days FROM history_retention").mapTo(Integer.class).stream()
                .mapToInt(Integer::intValue)
                .findFirst();
    }

    @Override
    public int keepUnlessKept(int days) {
        // Where another node writes it at the same time, this waits for it, and the next statement sees what it wrote.
        handle.createUpdate("INSERT INTO history_retention (days) VALUES (:days) ON CONFLICT DO NOTHING")
                .bind("days", days)
                .execute();
        return daysKept().orElse(days);
    }

    @Override
    public void keep(int days) {
        handle.createUpdate("""
                        INSERT INTO history_retention (days) VALUES (:days)
                        ON CONFLICT (one) DO UPDATE SET days = excluded.days, changed_at = now()""").bind("days", days).execute();
    }

    @Override
    public List<Partition> missing(LocalDate today, int daysAhead) {
        return handle.createQuery(MISSING)
                .bind("today", today)
                .bind("ahead", daysAhead)
                .map(JdbiHistoryStore::partition)
                .list();
    }

    @Override
    public long make(Partition partition) {
        waitBriefly();
        return handle.createQuery("SELECT coalesce(bide_make_partition(:history, :day), 0)")
                .bind("history", partition.history().table())
                .bind("day", partition.day())
                .mapTo(Long.class)
                .one();
    }

    /** Not a month of keys as long as one of its days is there: what was finished on it would find its key taken by another when it is redriven. */
    @Override
    public List<Partition> before(LocalDate day) {
        return handle.createQuery("""
                        SELECT history, day
                        FROM bide_partition AS p
                        WHERE beyond <= :day
                          AND NOT EXISTS (SELECT FROM bide_partition AS d
                                          WHERE d.history = p.belongs_to AND d.day < p.beyond)
                        ORDER BY day, history""")
                .bind("day", day)
                .map(JdbiHistoryStore::partition)
                .list();
    }

    /** By when they were last vacuumed by hand. Where the statistics are lost that is done once more, which is cheap. */
    @Override
    public List<Partition> unfrozen(LocalDate today) {
        return handle.createQuery("""
                        SELECT history, day
                        FROM bide_partition AS p
                        JOIN pg_stat_all_tables AS s ON s.relid = to_regclass(quote_ident(p.partition))
                        WHERE history IN ('run_history', 'timer_history') AND day >= CAST(:today AS date) - 3 AND beyond <= :today
                          AND last_vacuum IS NULL
                        ORDER BY day, history""")
                .bind("today", today)
                .map(JdbiHistoryStore::partition)
                .list();
    }

    /** For the name in a statement; empty where it is not there. */
    static Optional<String> table(Handle handle, Partition partition) {
        return handle.createQuery(
                        "SELECT quote_ident(partition) FROM bide_partition WHERE history = :history AND day = :day")
                .bind("history", partition.history().table())
                .bind("day", partition.day())
                .mapTo(String.class)
                .findOne();
    }

    /** Asked for on the way of a read: not the view, whose names are taken apart for all histories. */
    @Override
    public List<LocalDate> span(History history) {
        return handle.createQuery("""
                        SELECT to_date(unnest(ARRAY[min(right(relname, 8)), max(right(relname, 8))]), 'YYYYMMDD')
                        FROM pg_inherits
                        JOIN pg_class ON pg_class.oid = inhrelid
                        WHERE inhparent = CAST(:history AS regclass) AND relname <> :history || '_other'
                        HAVING count(*) > 0""")
                .bind("history", history.table())
                .mapTo(LocalDate.class)
                .list();
    }

    /** Locks the history, then the partition; before them the day's keys and dead, where an older day is still there. */
    @Override
    public void drop(Partition partition) {
        waitBriefly();
        table(handle, partition).ifPresent(table -> {
            if (!partition.history().ofMonths() && olderIsThere(partition)) {
                leaveMonths(partition);
            }
            handle.execute("DROP TABLE IF EXISTS " + table);
            moveEdge(partition.history(), partition.day().plusDays(1) + "T00:00:00Z");
        });
    }

    private boolean olderIsThere(Partition partition) {
        return handle.createQuery("SELECT EXISTS (SELECT FROM bide_partition WHERE history = :history AND day < :day)")
                .bind("history", partition.history().table())
                .bind("day", partition.day())
                .mapTo(Boolean.class)
                .one();
    }

    /** One by one, as the edge can't say it. Reads a month of them, before anybody waits for a lock of ours: it is for once, where the older day could not be dropped. */
    private void leaveMonths(Partition day) {
        for (History monthly : day.history().monthly()) {
            handle.execute("DELETE FROM " + Partitions.of(monthly, new Days(day.day(), day.day())));
        }
    }

    /** Reads both partitions for the rest, which should be empty. Of the dead their narrow rows go too, by the index timer_dead_finished. */
    @Override
    public int deleteRest(Instant before) {
        int timers = handle.createQuery("""
                        WITH gone AS (DELETE FROM timer_history_other WHERE finished_at < :before RETURNING id, finished_at, status),
                        forgotten AS (
                            DELETE FROM timer_dead AS d
                            USING gone
                            WHERE gone.status = 'dead' AND d.finished_at = gone.finished_at AND d.id = gone.id)
                        SELECT count(*) FROM gone""")
                .bind("before", before)
                .mapTo(Integer.class)
                .one();
        int runs = handle.createUpdate("DELETE FROM run_history_other WHERE finished_at < :before")
                .bind("before", before)
                .execute();
        if (timers > 0) {
            moveEdge(History.TIMER, before.toString());
        }
        if (runs > 0) {
            moveEdge(History.RUN, before.toString());
        }
        return timers + runs;
    }

    /** In the transaction that deletes: a key is free as soon as what had it is gone, and not before. So it stays before the first day that is still there. */
    private void moveEdge(History history, String to) {
        handle.createUpdate("""
                        UPDATE history_edge
                        SET kept_from = greatest(kept_from, least(
                            CAST(:to AS timestamptz),
                            (SELECT min(day) FROM bide_partition AS p WHERE p.history = :history)::timestamp AT TIME ZONE 'UTC'))
                        WHERE history = :history""").bind("history", history.table()).bind("to", to).execute();
    }

    /** For a lock on the whole history no longer than this: everybody else would queue behind us. The next turn tries again. */
    private void waitBriefly() {
        handle.execute("SET LOCAL lock_timeout = '2s'");
    }

    private static Partition partition(ResultSet row, StatementContext context) throws SQLException {
        return new Partition(History.of(row.getString("history")), row.getObject("day", LocalDate.class));
    }
}
