package dev.bide.engine.quartz;

import dev.bide.delivery.destination.HeldLanes;
import dev.bide.jobstore.TransactionalTriggers;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.store.Session;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.quartz.JobKey;
import org.quartz.TriggerKey;
import org.quartz.spi.OperableTrigger;

/** The Quartz triggers of timers: one each, named by the timer's id, written in the transaction that writes the timer. Thread-safe. */
public final class TimerTriggers {
    /** What is wrong with a host that has no lanes. */
    public static final String HOST_RULE = "must be a host, or a host and a port, as in api.example.com:443";

    /** Those of urls that name none. */
    private static final List<Integer> PORTS = List.of(443, 80);

    private static final Pattern HOST =
            Pattern.compile("([^\\s/?#@:\\[\\]\\\\]+|\\[[0-9a-fA-F:.]+\\])(?::(\\d{1,5}))?");

    static final String GROUP = "timer";
    public static final JobKey JOB = new JobKey("deliver", GROUP);

    private final TransactionalTriggers triggers;
    private final HeldLanes lanes;

    public TimerTriggers(TransactionalTriggers triggers, HeldLanes lanes) {
        this.triggers = triggers;
        this.lanes = lanes;
    }

    public static TriggerKey key(UUID timerId) {
        return new TriggerKey(timerId.toString(), GROUP);
    }

    static UUID timerId(TriggerKey key) {
        return UUID.fromString(key.getName());
    }

    /** Whose trigger it is; empty where it is no timer's, but was stored by hand. */
    public static Optional<UUID> timer(TriggerKey key) {
        try {
            UUID id = timerId(key);
            // UUID takes other spellings too.
            return key(id).equals(key) ? Optional.of(id) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Stores the triggers of timers whose wait begins at their creation; those of paused ones paused. */
    public void store(Session session, Collection<Timer> timers) {
        store(session, timers, timer -> trigger(timer, timer.createdAt()));
    }

    /** Stores triggers that fire at the timers' next attempt, whatever their delay says. */
    public void storeForNextAttempt(Session session, Collection<Timer> timers) {
        store(session, timers, this::forNextAttempt);
    }

    /** Stores triggers that fire at these times, in the lanes that are kept beside the timers: nobody knows their destinations here. */
    public void storeAt(Session session, Map<UUID, Instant> times) {
        List<OperableTrigger> stored = at(session, times);
        write(() -> {
            triggers.store(session.connection(), stored);
            return Set.of();
        });
    }

    /** Stores the triggers of timers that wait once more; those of paused ones paused. */
    public void storeAgain(Session session, Collection<Again> timers) {
        store(
                session,
                timers,
                Again::timerId,
                Again::status,
                again -> TriggerFactory.oneShot(key(again.timerId()), JOB, again.lane(), again.at()));
    }

    /** Replaces the triggers that wait by ones that fire at these times; a paused one stays paused. */
    public void replaceAt(Session session, Map<UUID, Instant> times) {
        List<OperableTrigger> replacements = at(session, times);
        write(() -> triggers.replace(session.connection(), replacements));
    }

    private static List<OperableTrigger> at(Session session, Map<UUID, Instant> times) {
        Map<UUID, Integer> lanes = session.timers().lanes(times.keySet());
        return times.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(time -> TriggerFactory.oneShot(
                        key(time.getKey()), JOB, lanes.getOrDefault(time.getKey(), HeldLanes.NONE), time.getValue()))
                .toList();
    }

    private void store(Session session, Collection<Timer> timers, Function<Timer, OperableTrigger> trigger) {
        store(session, timers, Timer::id, Timer::status, trigger);
    }

    private <T> void store(
            Session session,
            Collection<T> timers,
            Function<T, UUID> id,
            Function<T, TimerStatus> status,
            Function<T, OperableTrigger> trigger) {
        Map<Boolean, List<OperableTrigger>> byPaused = timers.stream()
                .sorted(Comparator.comparing(id))
                .collect(Collectors.partitioningBy(
                        timer -> status.apply(timer) == TimerStatus.PAUSED,
                        Collectors.mapping(trigger, Collectors.toList())));
        List<OperableTrigger> waiting = byPaused.getOrDefault(false, List.of());
        List<OperableTrigger> paused = byPaused.getOrDefault(true, List.of());
        try {
            if (!waiting.isEmpty()) {
                triggers.store(session.connection(), waiting);
            }
            if (!paused.isEmpty()) {
                triggers.storePaused(session.connection(), paused);
            }
        } catch (SQLException e) {
            throw new StorageException(e);
        }
    }

    /** Removes the triggers that wait. Whose are not among the answers is being delivered, or has no trigger. */
    public Set<UUID> remove(Session session, Collection<UUID> timerIds) {
        return change(timerIds, keys -> triggers.remove(session.connection(), keys));
    }

    public Set<UUID> pause(Session session, Collection<UUID> timerIds) {
        return change(timerIds, keys -> triggers.pause(session.connection(), keys));
    }

    public Set<UUID> resume(Session session, Collection<UUID> timerIds) {
        return change(timerIds, keys -> triggers.resume(session.connection(), keys));
    }

    /** Replaces the triggers that wait by ones that fire at the timers' next attempt; a paused one stays paused. */
    public Set<UUID> replaceForNextAttempt(Session session, Collection<Timer> timers) {
        List<OperableTrigger> replacements = timers.stream()
                .sorted(Comparator.comparing(Timer::id))
                .map(this::forNextAttempt)
                .toList();
        return ids(write(() -> triggers.replace(session.connection(), replacements)));
    }

    /** After the commit: wakes this node's scheduler where it waits for something later. */
    public void signal(Collection<Timer> timers) {
        timers.stream()
                .map(TimerTriggers::nextAttempt)
                .min(Comparator.naturalOrder())
                .ifPresent(triggers::signal);
    }

    /** After the commit, as above. */
    public void signal(Instant earliest) {
        triggers.signal(earliest);
    }

    /** After the commit, where all are of one lane. */
    public void signal(Instant earliest, int lane) {
        if (lane == HeldLanes.NONE) {
            triggers.signal(earliest);
        } else {
            triggers.signal(earliest, lane);
        }
    }

    private OperableTrigger trigger(Timer timer, Instant from) {
        return TriggerFactory.triggerFor(
                key(timer.id()), JOB, lane(timer), timer.spec().delay(), from, timer.timezone(), nextAttempt(timer));
    }

    private OperableTrigger forNextAttempt(Timer timer) {
        return TriggerFactory.oneShot(key(timer.id()), JOB, lane(timer), nextAttempt(timer));
    }

    /** So that all that is due for one destination can be left where it is while that can't take it. */
    int lane(Timer timer) {
        return lanes.lane(timer.spec().action().url());
    }

    /**
     * The lanes of a destination that somebody names: those of its ports 443 and 80, where no port is named. Empty where it can't be one.
     *
     * @param host {@code host} or {@code host:port}, an IPv6 address in brackets
     */
    public Optional<Set<Integer>> lanes(String host) {
        Matcher parts = HOST.matcher(host);
        if (!parts.matches()) {
            return Optional.empty();
        }
        List<Integer> ports = parts.group(2) == null ? PORTS : List.of(Integer.parseInt(parts.group(2)));
        Set<Integer> found = ports.stream()
                .map(port -> lanes.lane("http://" + parts.group(1) + ":" + port + "/"))
                .collect(Collectors.toSet());
        return found.contains(HeldLanes.NONE) ? Optional.empty() : Optional.of(found);
    }

    private static Instant nextAttempt(Timer timer) {
        Instant next = timer.nextAttemptAt();
        if (next == null) {
            throw new IllegalStateException("Timer " + timer.id() + " is finished and has no trigger");
        }
        return next;
    }

    private Set<UUID> change(Collection<UUID> timerIds, KeyChange change) {
        List<TriggerKey> keys =
                timerIds.stream().sorted().map(TimerTriggers::key).toList();
        return ids(write(() -> change.apply(keys)));
    }

    private static Set<UUID> ids(Set<TriggerKey> keys) {
        return keys.stream().map(TimerTriggers::timerId).collect(Collectors.toSet());
    }

    private static Set<TriggerKey> write(SqlWork work) {
        try {
            return work.run();
        } catch (SQLException e) {
            throw new StorageException(e);
        }
    }

    private interface KeyChange {
        Set<TriggerKey> apply(List<TriggerKey> keys) throws SQLException;
    }

    private interface SqlWork {
        Set<TriggerKey> run() throws SQLException;
    }
}
