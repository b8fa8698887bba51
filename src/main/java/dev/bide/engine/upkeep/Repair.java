package dev.bide.engine.upkeep;

import dev.bide.engine.DeliveryObserver;
import dev.bide.engine.deliver.UnreadTimers;
import dev.bide.engine.quartz.TimerTriggers;
import dev.bide.workflow.Times;
import dev.bide.workflow.store.Cursor;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.RepairStore;
import dev.bide.workflow.store.RepairStore.StrayTimer;
import dev.bide.workflow.store.RepairStore.StrayTimer.Kind;
import dev.bide.workflow.store.Session;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds timers whose triggers do not fit, mends and counts them. There should be none, but triggers that the job store has set aside.
 *
 * <p>It walks over the overdue and the paused timers in bounded looks, and goes on in the next turn where it stopped: after an outage millions
 * are overdue, and nothing is wrong with them. What it finds is looked at again under locks before it is changed.
 */
final class Repair {
    private static final Logger LOG = LoggerFactory.getLogger(Repair.class);

    /** Longer than a failover takes, so that what another node is about to recover is not mended here. */
    private static final Duration OVERDUE = Duration.ofMinutes(1);

    /** Timers in one look, which holds no locks. */
    private static final int LARGEST_LOOK = 10_000;

    /** Looks of each kind in a turn. */
    private static final int LOOKS = 10;

    /** Timers mended in one transaction: it holds their locks until it ends. */
    private static final int LARGEST_BATCH = 500;

    /** Triggers in error put back in a turn: what made them fail may not have passed. */
    private static final int MOST_IN_ERROR = 1_000;

    private final Database database;
    private final TimerTriggers triggers;
    private final DeliveryObserver observer;
    private final InstantSource clock;
    private final Supplier<Set<Integer>> pausedLanes;

    /** Where this node's walks go on; null at the beginning. Another node begins anew, which does no harm. */
    private @Nullable Cursor overdue;

    private @Nullable Cursor paused;

    /** @param pausedLanes where everything is overdue, and is looked at when that is over */
    Repair(
            Database database,
            TimerTriggers triggers,
            DeliveryObserver observer,
            InstantSource clock,
            Supplier<Set<Integer>> pausedLanes) {
        this.database = database;
        this.triggers = triggers;
        this.observer = observer;
        this.clock = clock;
        this.pausedLanes = pausedLanes;
    }

    /** One turn. */
    synchronized void run() {
        Instant now = Times.now(clock);
        Instant before = now.minus(OVERDUE);
        Set<Integer> left = pausedLanes.get();
        Budget inError = new Budget(MOST_IN_ERROR);
        overdue = walk(overdue, now, inError, (store, after) -> store.overdue(after, before, left, LARGEST_LOOK));
        paused = walk(paused, now, inError, (store, after) -> store.paused(after, LARGEST_LOOK));
    }

    private @Nullable Cursor walk(@Nullable Cursor from, Instant now, Budget inError, Look look) {
        Cursor position = from;
        for (int i = 0; i < LOOKS; i++) {
            Cursor after = position;
            RepairStore.Look found = database.inTransaction(session -> look.at(session.repairs(), after));
            List<UUID> ids = found.strays().stream()
                    .filter(stray -> stray.kind() != Kind.TRIGGER_IN_ERROR || inError.take())
                    .map(StrayTimer::id)
                    .toList();
            for (int first = 0; first < ids.size(); first += LARGEST_BATCH) {
                mend(ids.subList(first, Math.min(first + LARGEST_BATCH, ids.size())), now);
            }
            position = found.end();
            if (position == null) {
                return null;
            }
        }
        return position;
    }

    /** A batch that fails is left for the next turn, and holds up no other. */
    private void mend(List<UUID> ids, Instant now) {
        try {
            database.inTransaction(session -> mend(session, ids, now)).forEach(this::report);
        } catch (RuntimeException e) {
            LOG.error(
                    "{} timers whose triggers do not fit could not be mended, among them {}",
                    ids.size(),
                    ids.get(0),
                    e);
        }
    }

    private Map<Kind, List<StrayTimer>> mend(Session session, List<UUID> ids, Instant now) {
        Map<Kind, List<StrayTimer>> strays = session.repairs().lock(ids).stream()
                .collect(Collectors.groupingBy(StrayTimer::kind, () -> new EnumMap<>(Kind.class), Collectors.toList()));
        strays.forEach((kind, timers) -> mend(session, kind, timers, now));
        return strays;
    }

    private void mend(Session session, Kind kind, List<StrayTimer> timers, Instant now) {
        switch (kind) {
            case TIMER_WITHOUT_TRIGGER -> triggers.storeAt(session, times(timers, StrayTimer::nextAttemptAt));
            case TRIGGER_IN_ERROR ->
                triggers.replaceAt(
                        session, times(timers, stray -> now.plus(UnreadTimers.waitAfter(stray.dueAt(), now))));
            case TRIGGER_IN_NO_HANDS -> {
                session.repairs().release(ids(timers));
                triggers.replaceAt(session, times(timers, StrayTimer::nextAttemptAt));
            }
            case TRIGGER_PAUSED_ALONE -> triggers.resume(session, ids(timers));
            case TIMER_PAUSED_ALONE -> {
                // Below.
            }
        }
        triggers.pause(session, ids(timers.stream().filter(StrayTimer::paused).toList()));
    }

    private void report(Kind kind, List<StrayTimer> timers) {
        LOG.error(
                "{} timers were mended that nothing would have fired, or that would have fired though they are paused ({}), among them {}",
                timers.size(),
                kind.text(),
                timers.get(0).id());
        observer.repaired(kind.text(), timers.size());
        timers.stream()
                .filter(stray -> !stray.paused() && kind != Kind.TRIGGER_IN_ERROR)
                .map(StrayTimer::nextAttemptAt)
                .min(Instant::compareTo)
                .ifPresent(triggers::signal);
    }

    private static Map<UUID, Instant> times(Collection<StrayTimer> timers, Function<StrayTimer, Instant> time) {
        return timers.stream().collect(Collectors.toMap(StrayTimer::id, time));
    }

    private static List<UUID> ids(Collection<StrayTimer> timers) {
        return timers.stream().map(StrayTimer::id).toList();
    }

    private interface Look {
        RepairStore.Look at(RepairStore store, @Nullable Cursor after);
    }

    /** How many more may be had. For one thread. */
    private static final class Budget {
        private int left;

        Budget(int most) {
            left = most;
        }

        boolean take() {
            return left-- > 0;
        }
    }
}
