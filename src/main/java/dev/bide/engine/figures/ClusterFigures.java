package dev.bide.engine.figures;

import dev.bide.workflow.figures.FigureStore.Cluster;
import dev.bide.workflow.figures.FigureStore.Node;
import dev.bide.workflow.figures.Series;
import dev.bide.workflow.figures.Staffing;
import dev.bide.workflow.figures.Stats;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.Session;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the cluster does and did, from what its nodes have written. Each answer is kept for some seconds. Thread-safe. */
public final class ClusterFigures {
    private static final int MOST_NODES = 500;

    /** Series in memory: some 100 kB each. */
    private static final int MOST_SERIES = 50;

    private final Database reads;
    private final ClusterCounts counts;
    private final InstantSource clock;
    private final Recent<String, Stats> stats = new Recent<>(Duration.ofSeconds(2), 1);
    private final Recent<String, Cluster> counted = new Recent<>(Duration.ofSeconds(10), 1);
    private final Recent<String, List<Node>> nodes = new Recent<>(Duration.ofSeconds(2), 1);
    private final Recent<String, Staffing> staffing = new Recent<>(Duration.ofSeconds(10), 1);
    private final Recent<Span, Series> series = new Recent<>(Duration.ofSeconds(5), MOST_SERIES);

    /** @param clock the database's */
    public ClusterFigures(Database reads, ClusterCounts counts, InstantSource clock) {
        this.reads = reads;
        this.counts = counts;
        this.clock = clock;
    }

    public Stats stats() {
        return stats.answer("stats", all -> {
            Cluster waiting = counted();
            return read(session -> StatsReading.read(session.figures(), waiting));
        });
    }

    /** By name, 500 at most. */
    public List<Node> nodes() {
        return nodes.answer("nodes", all -> read(session -> session.figures().nodes(MOST_NODES)));
    }

    /**
     * Up to but not at {@code to}, for the last 7 days.
     *
     * @param from null means 15 min before {@code to}
     * @param to null means now
     * @param step null means the least that gives no more than 1,000 points
     * @throws dev.bide.json.InvalidException where there would be more, or none
     */
    public Series series(@Nullable Instant from, @Nullable Instant to, @Nullable Duration step) {
        return series.answer(
                Span.of(from, to, step, clock.instant()),
                span -> read(session -> SeriesReading.read(session.figures(), span)));
    }

    /** What was counted last; where that is old, since no node of role {@code scheduler} counts, it is counted now. */
    public Cluster counted() {
        return read(session -> session.figures().cluster().filter(last -> isNew(session, last)))
                .orElseGet(() -> counted.answer("counted", all -> reads.inTransaction(counts::count)));
    }

    public Staffing staffing() {
        return staffing.answer("staffing", all -> read(Warnings::staffing));
    }

    private static boolean isNew(Session session, Cluster last) {
        return last.at().isAfter(session.figures().now().minus(Warnings.UNSEEN));
    }

    private <T> T read(Function<Session, T> work) {
        return reads.inTransaction(session -> {
            session.readBriefly();
            return work.apply(session);
        });
    }
}
