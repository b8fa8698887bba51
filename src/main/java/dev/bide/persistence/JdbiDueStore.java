package dev.bide.persistence;

import dev.bide.workflow.figures.DueStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** Counts along the indexes of due times, and reads the planner's statistics of {@code timer}. Reads only, no locks. What limits a count stands in its text, for a generic plan. */
final class JdbiDueStore implements DueStore {
    /** Of what an index has in order of due time; by a double, which is exact to the millisecond and quicker than a number of any length. */
    private static final String BUCKET =
            "(CAST(round(date_part('epoch', due_at) * 1000) AS bigint) - :begin) * :buckets / :millis AS bucket, count(*) AS count, max(due_at) AS last";

    private static final String STATISTICS = Sql.of(JdbiDueStore.class, "statistics");
    private static final String SHARES = Sql.of(JdbiDueStore.class, "shares");

    private final Handle handle;

    JdbiDueStore(Handle handle) {
        this.handle = handle;
    }

    /** Index timer_due, without the table where that was vacuumed since. */
    @Override
    public Near near(Buckets buckets, int most) {
        Counting counting = new Counting(buckets, most);
        bind(
                        handle.createQuery("SELECT " + BUCKET
                                + " FROM (SELECT due_at FROM timer WHERE due_at >= :from AND due_at < :to ORDER BY due_at, id LIMIT "
                                + (most + 1) + ") AS near GROUP BY bucket"),
                        buckets)
                .map((row, context) -> counting.add(row))
                .list();
        return counting.near();
    }

    /** Index timer_task, for each. */
    @Override
    public Map<UUID, Near> near(Collection<UUID> tasks, Buckets buckets, int most) {
        Map<UUID, Counting> counting = new LinkedHashMap<>();
        bind(
                        handle.createQuery("SELECT k.task_id, " + BUCKET
                                + " FROM unnest(:tasks) AS k (task_id) CROSS JOIN LATERAL (SELECT due_at FROM timer AS t"
                                + " WHERE t.task_id = k.task_id AND due_at >= :from AND due_at < :to ORDER BY due_at, id LIMIT "
                                + (most + 1) + ") AS near GROUP BY k.task_id, bucket"),
                        buckets)
                .bindArray("tasks", UUID.class, tasks)
                .map((row, context) -> counting.computeIfAbsent(
                                Rows.uuid(row, "task_id"), task -> new Counting(buckets, most))
                        .add(row))
                .list();
        Map<UUID, Near> near = new LinkedHashMap<>();
        counting.forEach((task, counted) -> near.put(task, counted.near()));
        return near;
    }

    private static Query bind(Query query, Buckets buckets) {
        return query.bind("from", buckets.from())
                .bind("to", buckets.to())
                .bind("begin", buckets.from().toEpochMilli())
                .bind("buckets", (long) buckets.count())
                .bind("millis", buckets.millis());
    }

    /** Adds up what was counted; the one beyond the most only tells that there are more. */
    private static final class Counting {
        private final Buckets buckets;
        private final int most;
        private final Map<Integer, Long> counts = new HashMap<>();
        private long seen;
        private @Nullable Instant last;

        Counting(Buckets buckets, int most) {
            this.buckets = buckets;
            this.most = most;
        }

        long add(ResultSet row) throws SQLException {
            long count = row.getLong("count");
            Instant latest = Rows.instant(row, "last");
            counts.put(row.getInt("bucket"), count);
            last = last == null || latest.isAfter(last) ? latest : last;
            return seen += count;
        }

        Near near() {
            return new Near(counts, seen <= most ? null : last);
        }
    }

    /** Index workflow_task_workflow. */
    @Override
    public List<UUID> tasks(UUID workflow, int most) {
        return handle.createQuery(
                        "SELECT task_id FROM workflow_task WHERE workflow_id = :workflow ORDER BY last_version DESC LIMIT "
                                + most)
                .bind("workflow", workflow)
                .mapTo(UUID.class)
                .list();
    }

    @Override
    public Statistics statistics() {
        double rows = handle.createQuery(
                        "SELECT CASE WHEN reltuples < 0 OR relpages = 0 THEN coalesce(pg_stat_get_live_tuples(oid), 0)"
                                + " ELSE reltuples / relpages * (pg_relation_size(oid) / current_setting('block_size')::int) END"
                                + " FROM pg_class WHERE oid = CAST('timer' AS regclass)")
                .mapTo(Double.class)
                .one();
        Map<Instant, Double> common = new HashMap<>();
        List<Instant> steps = new ArrayList<>();
        handle.createQuery(STATISTICS)
                .map((row, context) -> {
                    Instant at = Rows.instant(row, "at");
                    Double share = row.getObject("share", Double.class);
                    return share == null ? steps.add(at) : common.put(at, share);
                })
                .list();
        return new Statistics(
                rows, common, steps, shares("task_id", rows, UUID::fromString), shares("lane", rows, Integer::valueOf));
    }

    private <T> Shares<T> shares(String column, double rows, Function<String, T> value) {
        Map<T, Double> common = new HashMap<>();
        double[] rest = {0, 1};
        handle.createQuery(SHARES)
                .bind("column", column)
                .map((row, context) -> {
                    String text = row.getString("value");
                    if (text != null) {
                        common.put(value.apply(text), row.getDouble("share"));
                    }
                    rest[0] = row.getDouble("known");
                    double distinct = row.getDouble("n_distinct");
                    return rest[1] = distinct < 0 ? -distinct * rows : distinct;
                })
                .list();
        double others = Math.max(
                0,
                rest[0] - common.values().stream().mapToDouble(share -> share).sum());
        return new Shares<>(common, others / Math.max(1, rest[1] - common.size()));
    }
}
