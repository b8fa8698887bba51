package dev.bide.ops;

import dev.bide.engine.Engine;
import dev.bide.jobstore.Backlog;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many timers there are, by status, and how far the cluster is behind. The same on every node, so one that is a scheduler tells. Thread-safe. */
final class TimerCounts {
    private static final Logger LOG = LoggerFactory.getLogger(TimerCounts.class);
    private static final long VALID_NANOS = 10_000_000_000L;

    /** Of both statements together: half of what Prometheus waits for an answer by default. */
    private static final int PATIENCE_SECONDS = 5;

    /**
     * Reads only, no locks. All waiting and all finished: the planner's estimates, exact below 100,000, where counting is cheap. Retrying, paused, dead, cancelled:
     * the partial indexes timer_unusual and timer_history_unusual, up to 100,000 rows each.
     */
    private static final String QUERY = """
            WITH
              estimate AS (
                SELECT (SELECT greatest(reltuples, 0) FROM pg_class WHERE oid = 'timer'::regclass) AS waiting,
                       (SELECT coalesce(sum(greatest(c.reltuples, 0)), 0)
                        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                        WHERE i.inhparent = 'timer_history'::regclass) AS finished)
            SELECT
              CASE WHEN waiting < 100000 THEN (SELECT count(*) FROM timer) ELSE waiting END AS waiting,
              CASE WHEN finished < 100000 THEN (SELECT count(*) FROM timer_history) ELSE finished END AS finished,
              (SELECT count(*) FROM (SELECT FROM timer WHERE status = 'retrying' LIMIT 100000) AS t) AS retrying,
              (SELECT count(*) FROM (SELECT FROM timer WHERE status = 'paused' LIMIT 100000) AS t) AS paused,
              (SELECT count(*) FROM (SELECT FROM timer_history WHERE status = 'dead' LIMIT 100000) AS t) AS dead,
              (SELECT count(*) FROM (SELECT FROM timer_history WHERE status = 'cancelled' LIMIT 100000) AS t) AS cancelled
            FROM estimate
            """;

    private final DataSource database;
    private @Nullable Counts counts;
    private long readAt = System.nanoTime() - VALID_NANOS;

    record Counts(
            double waiting, double finished, long retrying, long paused, long dead, long cancelled, Backlog backlog) {}

    TimerCounts(DataSource database) {
        this.database = database;
    }

    void register(PrometheusRegistry registry) {
        GaugeWithCallback.builder()
                .name("bide_timers")
                .help("Timers by status; estimates above 100,000. A figure of the cluster, not of this node")
                .labelNames("status")
                .callback(callback -> ifKnown(now -> {
                    callback.call(Math.max(0, now.waiting - now.retrying - now.paused), "scheduled");
                    callback.call(now.retrying, "retrying");
                    callback.call(now.paused, "paused");
                    callback.call(Math.max(0, now.finished - now.dead - now.cancelled), "delivered");
                    callback.call(now.dead, "dead");
                    callback.call(now.cancelled, "cancelled");
                }))
                .register(registry);
        GaugeWithCallback.builder()
                .name("bide_backlog_timers")
                .help("Timers that are due and in no node's hands, at most 100,000. A figure of the cluster")
                .callback(callback -> ifKnown(now -> callback.call(now.backlog.due())))
                .register(registry);
        GaugeWithCallback.builder()
                .name("bide_backlog_seconds")
                .help("How long the oldest of them is due. A figure of the cluster")
                .callback(callback -> ifKnown(now -> callback.call(now.backlog.oldestSeconds())))
                .register(registry);
    }

    private void ifKnown(Consumer<Counts> use) {
        Counts now = current();
        if (now != null) {
            use.accept(now);
        }
    }

    /** Null while the database is away. */
    synchronized @Nullable Counts current() {
        if (System.nanoTime() - readAt >= VALID_NANOS) {
            try {
                counts = read();
            } catch (SQLException e) {
                LOG.warn("Cannot count timers: {}", e.getMessage());
                counts = null;
            }
            readAt = System.nanoTime();
        }
        return counts;
    }

    private Counts read() throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            long begun = System.nanoTime();
            statement.setQueryTimeout(PATIENCE_SECONDS);
            Backlog backlog = Backlog.read(statement, Engine.SCHEDULER);
            int spent = 1 + (int) TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun);
            // A timeout of 0 is none.
            statement.setQueryTimeout(Math.max(1, PATIENCE_SECONDS - spent));
            try (ResultSet row = statement.executeQuery(QUERY)) {
                row.next();
                return new Counts(
                        row.getDouble("waiting"),
                        row.getDouble("finished"),
                        row.getLong("retrying"),
                        row.getLong("paused"),
                        row.getLong("dead"),
                        row.getLong("cancelled"),
                        backlog);
            }
        }
    }
}
