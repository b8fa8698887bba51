package dev.bide.engine.quartz;

import dev.bide.jobstore.TriggerFigures;
import dev.bide.workflow.store.Session;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.quartz.TriggerKey;

/** Which timers fire when, by lanes: those whose triggers wait. Reads only, in the session's transaction. Thread-safe. */
public final class FiringTimers {
    private final TriggerFigures triggers;

    public FiringTimers(TriggerFigures triggers) {
        this.triggers = triggers;
    }

    /** @param timer empty where it is no timer's trigger, but was stored by hand */
    public record Firing(Optional<UUID> timer, Instant at) {}

    /** At {@code from} or later, earliest first, {@code most} at most. @param skip so many from {@code from} on were seen before */
    public List<Firing> next(Session session, Collection<Integer> lanes, Instant from, int skip, int most) {
        try {
            return triggers.names(session.connection(), TimerTriggers.GROUP, lanes, from, skip, most).stream()
                    .map(waiting -> new Firing(
                            TimerTriggers.timer(new TriggerKey(waiting.name(), TimerTriggers.GROUP)), waiting.at()))
                    .toList();
        } catch (SQLException e) {
            throw new StorageException(e);
        }
    }

    /** When they fire, from {@code from} up to but not at {@code to}, earliest first, {@code most} at most. */
    public List<Instant> times(Session session, Collection<Integer> lanes, Instant from, Instant to, int most) {
        try {
            return triggers.times(session.connection(), lanes, from, to, most);
        } catch (SQLException e) {
            throw new StorageException(e);
        }
    }
}
