package dev.bide.ops;

import dev.bide.workflow.figures.FigureStore.Cluster;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many timers there are, by status, and how far the cluster is behind. The same on every node, so one that is a scheduler tells. Thread-safe. */
final class TimerCounts {
    private static final Logger LOG = LoggerFactory.getLogger(TimerCounts.class);
    private static final long VALID_NANOS = 10_000_000_000L;

    /** Half of what Prometheus waits for an answer by default; the rest is read in a moment. */
    private static final int PATIENCE_SECONDS = 5;

    /**
     * Reads only, no locks. All finished: the planner's estimate, exact below 100,000, where counting is cheap. Cancelled: the partial index timer_history_unusual. Neither
     * goes on beyond 100,000 rows.
     */
    private static final String QUERY = """
            WITH
              estimate AS (
                SELECT coalesce(sum(greatest(c.reltuples, 0)), 0) AS finished
                FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                WHERE i.inhparent = 'timer_history'::regclass),
              counted AS (
                SELECT CASE WHEN finished < 100000 THEN (SELECT count(*) FROM (SELECT FROM timer_history LIMIT 100000) AS t) ELSE 100000 END AS finished
                FROM estimate)
            SELECT
              CASE WHEN counted.finished < 100000 THEN counted.finished ELSE greatest(estimate.finished, 100000) END AS finished,
              (SELECT count(*) FROM (SELECT FROM timer_history WHERE status = 'cancelled' LIMIT 100000) AS t) AS cancelled
            FROM estimate, counted
            """;

    private final DataSource database;
    private final Supplier<Cluster> waiting;
    private @Nullable Counts counts;
    private long readAt = System.nanoTime() - VALID_NANOS;

    /** @param waiting what the cluster counts once for all who ask, the dead too */
    record Counts(Cluster waiting, double finished, long cancelled) {
        double delivered() {
            return Math.max(0, finished - waiting.counts().dead().count() - cancelled);
        }

        double oldestSeconds() {
            Instant oldest = waiting.oldestDue();
            return oldest == null
                    ? 0
                    : Math.max(0, Duration.between(oldest, waiting.at()).toMillis() / 1e3);
        }
    }

    TimerCounts(DataSource database, Supplier<Cluster> waiting) {
        this.database = database;
        this.waiting = waiting;
    }

    void register(PrometheusRegistry registry) {
        GaugeWithCallback.builder()
                .name("bide_timers")
                .help("Timers by status; estimates above 100,000. A figure of the cluster, not of this node")
                .labelNames("status")
                .callback(callback -> ifKnown(now -> {
                    var counted = now.waiting().counts();
                    callback.call(counted.scheduled().count(), "scheduled");
                    callback.call(counted.retrying().count(), "retrying");
                    callback.call(counted.paused().count(), "paused");
                    callback.call(now.delivered(), "delivered");
                    callback.call(counted.dead().count(), "dead");
                    callback.call(now.cancelled(), "cancelled");
                }))
                .register(registry);
        GaugeWithCallback.builder()
                .name("bide_backlog_timers")
                .help("Timers that are due and in no node's hands, at most 100,000. A figure of the cluster")
                .callback(callback -> ifKnown(now -> callback.call(now.waiting().due())))
                .register(registry);
        GaugeWithCallback.builder()
                .name("bide_backlog_seconds")
                .help("How long the oldest of them is due. A figure of the cluster")
                .callback(callback -> ifKnown(now -> callback.call(now.oldestSeconds())))
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
            } catch (SQLException | RuntimeException e) {
                LOG.warn("Cannot count timers: {}", e.getMessage());
                counts = null;
            }
            readAt = System.nanoTime();
        }
        return counts;
    }

    private Counts read() throws SQLException {
        Cluster counted = waiting.get();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(PATIENCE_SECONDS);
            try (ResultSet row = statement.executeQuery(QUERY)) {
                row.next();
                return new Counts(counted, row.getDouble("finished"), row.getLong("cancelled"));
            }
        }
    }
}
