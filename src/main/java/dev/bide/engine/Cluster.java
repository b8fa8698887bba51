package dev.bide.engine;

import dev.bide.engine.figures.ClusterFigures;
import dev.bide.engine.figures.DueDensity;
import dev.bide.workflow.figures.Density;
import dev.bide.workflow.figures.FigureStore;
import dev.bide.workflow.figures.Series;
import dev.bide.workflow.figures.Staffing;
import dev.bide.workflow.figures.Stats;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the cluster is and does, for people. Each answer is kept for some seconds, so that many who ask cost what one does. Thread-safe. */
public final class Cluster {
    private final ClusterFigures figures;
    private final DueDensity density;

    Cluster(ClusterFigures figures, DueDensity density) {
        this.figures = figures;
        this.density = density;
    }

    /** @throws dev.bide.json.InvalidException for a host that can't be one */
    public Density density(Density.Asked asked) {
        return density.of(asked);
    }

    /** Over the last five minutes, or since the first node started. */
    public Stats stats() {
        return figures.stats();
    }

    /**
     * In steps that are over, up to but not at {@code to}; of the last seven days.
     *
     * @param from null means 15 min before {@code to}
     * @param to null means now
     * @param step null means the least that gives no more than 1,000 points
     * @throws dev.bide.json.InvalidException where there would be more, or none
     */
    public Series series(@Nullable Instant from, @Nullable Instant to, @Nullable Duration step) {
        return figures.series(from, to, step);
    }

    /** Those seen within the last hour, by name, 500 at most. */
    public List<FigureStore.Node> nodes() {
        return figures.nodes();
    }

    /** What waits, as it was counted some seconds ago. */
    public FigureStore.Cluster counted() {
        return figures.counted();
    }

    /** Who does the work, and how long there is room for what is finished. */
    public Staffing staffing() {
        return figures.staffing();
    }
}
