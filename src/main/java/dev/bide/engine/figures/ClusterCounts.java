package dev.bide.engine.figures;

import dev.bide.engine.quartz.StorageException;
import dev.bide.jobstore.Backlog;
import dev.bide.workflow.figures.FigureStore;
import dev.bide.workflow.figures.FigureStore.Cluster;
import dev.bide.workflow.store.Session;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;

/** Counts what waits in the whole cluster. Reads only. Thread-safe. */
public final class ClusterCounts {
    /** Of each statement: they stop by themselves, but tables may be full of what was deleted. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final String scheduler;

    /** @param scheduler whose triggers are the timers' */
    public ClusterCounts(String scheduler) {
        this.scheduler = scheduler;
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
        try (Statement statement = session.connection().createStatement()) {
            return Backlog.read(statement, scheduler);
        } catch (SQLException e) {
            throw new StorageException(e);
        }
    }
}
