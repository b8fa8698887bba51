package dev.bide.engine.figures;

import dev.bide.engine.quartz.StorageException;
import dev.bide.jobstore.Backlog;
import dev.bide.workflow.figures.Counts;
import dev.bide.workflow.figures.DestinationRow;
import dev.bide.workflow.figures.FigureStore.Cluster;
import dev.bide.workflow.store.Session;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Counts what waits in the whole cluster. Reads only. Thread-safe. */
public final class ClusterCounts {
    /** Of each statement: they stop by themselves, but tables may be full of what was deleted. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Behind behind;

    /** How far all nodes are behind, but for the triggers of these lanes. */
    public interface Behind {
        Backlog butFor(Connection connection, Collection<Integer> lanes) throws SQLException;
    }

    public ClusterCounts(Behind behind) {
        this.behind = behind;
    }

    Cluster count(Session session) {
        session.giveUpAfter(PATIENCE);
        return with(session.figures().count(), session);
    }

    /** Where the timers can't be counted: as many as were counted last, and how far all are behind now. Empty where nobody has counted yet. */
    Optional<Cluster> behind(Session session) {
        session.giveUpAfter(PATIENCE);
        return session.figures().cluster().map(last -> with(last.counts().roughly(), session));
    }

    private Cluster with(Counts counts, Session session) {
        Instant now = session.figures().now();
        Backlog backlog = backlog(session);
        return new Cluster(
                now,
                counts,
                (int) backlog.due(),
                backlog.due() == 0 ? null : now.minusMillis(Math.round(backlog.oldestSeconds() * 1_000)));
    }

    /** What a pause holds is not late. */
    private Backlog backlog(Session session) {
        List<Integer> paused = session.destinations().all().stream()
                .filter(DestinationRow::paused)
                .map(DestinationRow::lane)
                .toList();
        try {
            return behind.butFor(session.connection(), paused);
        } catch (SQLException e) {
            throw new StorageException(e);
        }
    }
}
