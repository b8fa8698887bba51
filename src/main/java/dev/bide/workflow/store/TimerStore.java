package dev.bide.workflow.store;

import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.figures.DeadStore;
import dev.bide.workflow.figures.Look;
import dev.bide.workflow.figures.PartialCount;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Timers: those that wait, and the history of those that are finished. Part of a {@link Session}. A method is one statement, whatever the number of timers;
 * {@link #insert}, {@link #settle}, {@link #redrive} and {@link #dismiss} are up to three. Whatever makes a timer dead, or takes a dead one out of those, keeps
 * {@link DeadStore} in step.
 */
public interface TimerStore {
    /**
     * Inserts waiting timers. A lone timer whose key is taken is left out.
     *
     * @return the ids of those inserted
     */
    Set<UUID> insert(Collection<Timer> timers);

    /**
     * Gives those of new timers that tell of the end of a run, and need its input, a copy of it, since the run may be forgotten, or redriven, before they are called. Costs nothing where there are no such timers.
     */
    void takeInput(Collection<Timer> timers);

    /** Which lone timers have these keys, by key, finished ones too. */
    Map<String, KeyHolder> findByKeys(Collection<String> keys);

    /** Of those that wait. */
    Optional<Timer> find(UUID id);

    /** Of those that were finished on one of {@code days}. Locks their partitions only; null means those without a partition of their day. */
    Optional<Timer> findFinished(UUID id, @Nullable Days days);

    /**
     * Those of {@code ids} that wait, with what their calls need, except the calls of more than {@code largest} bytes. One that can't be read is
     * logged and left out.
     */
    List<DueTimer> load(Collection<UUID> ids, long largest);

    /** Those of {@code ids} that wait. One that can't be read is logged and left out. */
    List<Timer> read(Collection<UUID> ids);

    /** Those of {@code ids} that wait, whether they can be read or not. */
    Set<UUID> waiting(Collection<UUID> ids);

    /** When those of {@code ids} are due that wait and have neither a trigger nor an execution, whether they can be read or not. */
    Map<UUID, Instant> dueTimesOfStranded(Collection<UUID> ids);

    /** The lanes of those of {@code ids} that wait, whether they can be read or not. */
    Map<UUID, Integer> lanes(Collection<UUID> ids);

    /** Those of {@code ids} that wait, locked until the transaction ends, in order of id. */
    List<Timer> lock(Collection<UUID> ids);

    /** Writes status, due times and delay of waiting timers locked before. */
    void update(Collection<Timer> timers);

    /** Holds waiting timers that were about to make an attempt; it is due at these times then. */
    void hold(Map<UUID, Instant> nextAttempts);

    /** Notes that these, which are paused, were paused by themselves, not with their runs. It is forgotten when they are not paused any more. */
    void markPausedAlone(Collection<UUID> ids);

    /** Which of {@code ids} were paused by themselves. */
    Set<UUID> pausedAlone(Collection<UUID> ids);

    /** Moves waiting timers into the history as {@code status}, without an attempt. */
    Set<UUID> cancel(Collection<UUID> ids, Instant now);

    /** Writes what came of attempts: finished timers move into the history, others wait for their next attempt. */
    void settle(Collection<Settlement> settlements);

    /**
     * Takes dead timers out of the history, as scheduled for {@code now} with a fresh set of attempts. Left out are those that are not dead, and
     * those whose run has not failed. It fails where one's key is another's by now.
     *
     * @param finished when they were finished, by id: only there they are looked for
     */
    List<Timer> redrive(Map<UUID, Instant> finished, Instant now);

    /**
     * Makes dead timers cancelled ones; their runs stay failed.
     *
     * @param finished as above
     * @return those that were dead
     */
    Set<UUID> dismiss(Map<UUID, Instant> finished);

    /** Those that are dead; one that can't be read is logged and left out. @param finished as above */
    List<Timer> dead(Map<UUID, Instant> finished);

    /** Those that were finished at these times; one that can't be read is logged and left out. */
    List<Timer> readFinished(Map<UUID, Instant> finished);

    /**
     * Looks at no more than {@code most} timers that might be in the states which {@code kind} changes, and stops at {@code limit} that match, or
     * before, where they are large.
     *
     * @param kind of timers that wait
     * @param lanes of the filter's host; none where it has none
     * @param upTo no later ids; a cancel takes the later timers of runs that have no later id
     */
    Look<KeyHolder, UUID> look(
            OperationKind kind,
            TimerFilter filter,
            Set<Integer> lanes,
            UUID upTo,
            @Nullable UUID after,
            int most,
            int limit);

    /** Counts those that match among the next {@code most}, up to {@code limit}. */
    PartialCount<UUID> count(
            OperationKind kind,
            TimerFilter filter,
            Set<Integer> lanes,
            UUID upTo,
            @Nullable UUID after,
            int most,
            int limit);

    /** {@code id}, or the greatest that a waiting timer has: a node's clock that is ahead makes later ones. */
    UUID latest(UUID id);

    /** What those of {@code ids} came to that were finished on one of {@code days}. */
    Map<UUID, TimerStatus> finished(Collection<UUID> ids, Days days);

    /** The same. @param finished when they were, by id: only there they are looked for */
    Map<UUID, TimerStatus> finished(Map<UUID, Instant> finished);

    /** Those of a run that wait, but those that can't be read. */
    List<Timer> ofRun(UUID runId);

    /** Those of a run that were finished on one of {@code days}, but those that can't be read; null as above. */
    List<Timer> finishedOfRun(UUID runId, @Nullable Days days);
}
