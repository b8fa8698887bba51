package dev.bide.engine.figures;

import dev.bide.engine.quartz.StorageException;
import dev.bide.jobstore.Backlog;
import dev.bide.workflow.figures.FigureStore;
import dev.bide.workflow.figures.FigureStore.Cluster;
import dev.bide.workflow.store.Session;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.function.Supplier;

/** Counts what waits in the whole cluster. Reads only. Thread-safe. */
public final class ClusterCounts {
    /** Of each statement: they stop by themselves, but tables may be full of what was deleted. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final String scheduler;
    private final Supplier<Set<Integer>> pausedLanes;

    /**
     * @param scheduler whose triggers are the timers'
     * @param pausedLanes of which nobody is behind: what is due there waits because somebody wants it to
     */
    public ClusterCounts(String scheduler, Supplier<Set<Integer>> pausedLanes) {
        this.scheduler = scheduler;
        this.pausedLanes = pausedLanes;
    }

    Cluster count(Session session) {
        session.giveUpAfter(PATIENCE);
        FigureStore figures = session.figures();
        Instant now = figures.now();
        Backlog behind = backlog(session);
        return new Cluster(
                now,
                figures.count(),
                (int) behind.due(),
                behind.due() == 0 ? null : now.minusMillis(Math.round(behind.oldestSeconds() * 1_000)));
    }

    private Backlog backlog(Session session) {
        try {
            return Backlog.read(session.connection(), scheduler, pausedLanes.get());
        } catch (SQLException e) {
            throw new StorageException(e);
        }
    }
}
