package dev.bide.engine.change;

import dev.bide.engine.quartz.TimerTriggers;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.figures.DeadStore.DeadFilter;
import dev.bide.workflow.figures.DeadStore.DeadTimer;
import dev.bide.workflow.figures.Look;
import dev.bide.workflow.figures.Matching;
import dev.bide.workflow.figures.PartialCount;
import dev.bide.workflow.store.KeyHolder;
import dev.bide.workflow.store.Session;
import dev.bide.workflow.store.TimerFilter;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The dead timers that a filter matches, oldest death first. */
public final class DeadTimers {
    private static final Look<DeadTimer, DeadTimer> NONE = new Look<>(List.of(), null, true);
    private static final PartialCount<DeadTimer> NO_COUNT = new PartialCount<>(Matching.NONE, null, true);

    private DeadTimers() {}

    /** The next {@code limit}; none that died after {@code upTo}. */
    static Look<DeadTimer, DeadTimer> look(
            Session session,
            TimerFilter filter,
            TimerTriggers triggers,
            Instant upTo,
            @Nullable DeadTimer after,
            int limit) {
        if (!filter.admits(TimerStatus.DEAD)) {
            return NONE;
        }
        if (filter.key() != null) {
            return new Look<>(
                    withKey(session, filter.key()).stream()
                            .map(timer -> new DeadTimer(timer.id(), finishedAt(timer)))
                            .filter(timer -> !timer.finishedAt().isAfter(upTo))
                            .toList(),
                    null,
                    true);
        }
        return filter(filter, triggers)
                .map(which -> session.dead().oldest(which, upTo, after, Walk.LARGEST_LOOK, limit))
                .orElse(NONE);
    }

    /** The first {@code limit} that match among the next {@code most}. */
    public static PartialCount<DeadTimer> count(
            Session session,
            TimerFilter filter,
            TimerTriggers triggers,
            @Nullable DeadTimer after,
            int most,
            int limit) {
        if (!filter.admits(TimerStatus.DEAD)) {
            return NO_COUNT;
        }
        if (filter.key() != null) {
            return withKey(session, filter.key())
                    .map(timer -> new Matching(
                            1, timer.dueAt(), timer.dueAt(), List.of(new Matching.Sample(timer.id(), timer.dueAt()))))
                    .map(one -> new PartialCount<DeadTimer>(one, null, true))
                    .orElse(NO_COUNT);
        }
        return filter(filter, triggers)
                .map(which -> session.dead().count(which, after, most, limit))
                .orElse(NO_COUNT);
    }

    /** One at most, which is found by its key and not among the dead. */
    private static Optional<Timer> withKey(Session session, String key) {
        KeyHolder holder = session.timers().findByKeys(Set.of(key)).get(key);
        Instant finishedAt = holder == null ? null : holder.finishedAt();
        return holder == null || finishedAt == null
                ? Optional.empty()
                : session.timers().dead(Map.of(holder.id(), finishedAt)).stream()
                        .findFirst();
    }

    private static Instant finishedAt(Timer dead) {
        Instant at = dead.finishedAt();
        if (at == null) {
            throw new IllegalStateException("Timer " + dead.id() + " is not finished");
        }
        return at;
    }

    /** Empty where its host can't be one. */
    private static Optional<DeadFilter> filter(TimerFilter filter, TimerTriggers triggers) {
        String host = filter.host();
        Optional<Set<Integer>> lanes = host == null ? Optional.of(Set.of()) : triggers.lanes(host);
        return lanes.map(known -> new DeadFilter(
                filter.problem(),
                known,
                filter.workflowId(),
                filter.taskId(),
                filter.runId(),
                filter.dueFrom(),
                filter.dueTo()));
    }
}
