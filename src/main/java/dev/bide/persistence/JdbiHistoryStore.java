package dev.bide.persistence;

import dev.bide.workflow.HistoryStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;

/** The partitions, by the view and the function that the migrations bring. */
record JdbiHistoryStore(Handle handle) implements HistoryStore {

    @Override
    public List<Partition> missing(LocalDate today, int daysAhead) {
        return handle.createQuery("""
                        SELECT history, day
                        FROM unnest(ARRAY['run_history', 'timer_history']) AS history
                        CROSS JOIN generate_series(-1, :ahead) AS ahead
                        CROSS JOIN LATERAL (SELECT CAST(:today AS date) + ahead AS day) AS days
                        WHERE NOT EXISTS (SELECT FROM bide_partition AS p WHERE p.history = history.history AND p.day = days.day)
                        ORDER BY day, history""")
                .bind("today", today)
                .bind("ahead", daysAhead)
                .map(JdbiHistoryStore::partition)
                .list();
    }

    @Override
    public long make(Partition partition) {
        waitBriefly();
        return handle.createQuery("SELECT coalesce(bide_make_partition(:history, :day), 0)")
                .bind("history", partition.history())
                .bind("day", partition.day())
                .mapTo(Long.class)
                .one();
    }

    @Override
    public List<Partition> before(LocalDate day) {
        return handle.createQuery("SELECT history, day FROM bide_partition WHERE day < :day ORDER BY day, history")
                .bind("day", day)
                .map(JdbiHistoryStore::partition)
                .list();
    }

    /** Locks the history, then the partition. */
    @Override
    public void drop(Partition partition) {
        waitBriefly();
        String table = handle.createQuery(
                        "SELECT quote_ident(partition) FROM bide_partition WHERE history = :history AND day = :day")
                .bind("history", partition.history())
                .bind("day", partition.day())
                .mapTo(String.class)
                .findOne()
                .orElse(null);
        if (table != null) {
            handle.execute("DROP TABLE IF EXISTS " + table);
        }
    }

    /** Reads both partitions for the rest, which should be empty. */
    @Override
    public int deleteRest(Instant before) {
        return handle.createUpdate("DELETE FROM timer_history_other WHERE finished_at < :before")
                        .bind("before", before)
                        .execute()
                + handle.createUpdate("DELETE FROM run_history_other WHERE finished_at < :before")
                        .bind("before", before)
                        .execute();
    }

    /** For a lock on the whole history no longer than this: everybody else would queue behind us. The next turn tries again. */
    private void waitBriefly() {
        handle.execute("SET LOCAL lock_timeout = '2s'");
    }

    private static Partition partition(ResultSet row, StatementContext context) throws SQLException {
        return new Partition(row.getString("history"), row.getObject("day", LocalDate.class));
    }
}
