package dev.bide.engine.quartz;

import dev.bide.jobstore.TriggerFigures;
import dev.bide.workflow.store.Session;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.quartz.TriggerKey;

/** Timers of some destinations that wait, in order of when their triggers fire: neither paused ones nor those in a node's hands. Thread-safe. */
public final class LaneTimers {
    private final TriggerFigures figures;

    public LaneTimers(TriggerFigures figures) {
        this.figures = figures;
    }

    /** A timer, and when its trigger fires. */
    public record Firing(UUID id, Instant at) {}

    /** When the first {@code most} fire. */
    public List<Instant> times(Session session, Collection<Integer> lanes, int most) {
        try {
            return figures.times(session.connection(), lanes, Instant.EPOCH, Instant.MAX, most);
        } catch (SQLException e) {
            throw new StorageException(e);
        }
    }

    /** The first {@code most}. */
    public List<Firing> first(Session session, Collection<Integer> lanes, int most) {
        try {
            return figures.names(session.connection(), TimerTriggers.GROUP, lanes, Instant.EPOCH, 0, most).stream()
                    .flatMap(waiting -> TimerTriggers.timer(new TriggerKey(waiting.name(), TimerTriggers.GROUP))
                            .map(id -> new Firing(id, waiting.at()))
                            .stream())
                    .toList();
        } catch (SQLException e) {
            throw new StorageException(e);
        }
    }
}
