package dev.bide.workflow;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Timers: those that wait, and the history of those that are finished. Part of a {@link Session}. Every method is one statement. */
public interface TimerStore {
    /**
     * Inserts waiting timers. A lone timer whose key is taken is left out.
     *
     * @return the ids of those inserted
     */
    Set<UUID> insert(Collection<Timer> timers);

    /** Lone timers that have these keys, by key, finished ones too. */
    Map<String, Timer> findByKeys(Collection<String> keys);

    /** The same by their ids alone: many timers with large bodies are not read for a bulk call. */
    Map<String, UUID> idsByKeys(Collection<String> keys);

    Optional<Timer> find(UUID id);

    /**
     * Those of {@code ids} that wait, with what their calls need, except the calls of more than {@code largest} bytes. One that can't be read is
     * logged and left out.
     */
    List<DueTimer> load(Collection<UUID> ids, long largest);

    /** Those of {@code ids} that wait. One that can't be read is logged and left out. */
    List<Timer> read(Collection<UUID> ids);

    /** When those of {@code ids} are due that wait and have neither a trigger nor an execution, whether they can be read or not. */
    Map<UUID, Instant> dueTimesOfStranded(Collection<UUID> ids);

    /** Those of {@code ids} that wait, locked until the transaction ends, in order of id. */
    List<Timer> lock(Collection<UUID> ids);

    /** Writes status, due times and delay of waiting timers locked before. */
    void update(Collection<Timer> timers);

    /** Holds waiting timers that were about to make an attempt; it is due at these times then. */
    void hold(Map<UUID, Instant> nextAttempts);

    /** Moves waiting timers into the history as {@code status}, without an attempt. */
    Set<UUID> cancel(Collection<UUID> ids, Instant now);

    /** Writes what came of attempts: finished timers move into the history, others wait for their next attempt. */
    void settle(Collection<Settlement> settlements);

    /**
     * Takes dead timers out of the history, as scheduled for {@code now} with a fresh set of attempts. Left out are those that are not dead, and
     * those whose run has not failed.
     */
    List<Timer> redrive(Collection<UUID> ids, Instant now);

    /** A page may hold fewer than were asked for, where their bodies are large. */
    Page<Timer> list(TimerFilter filter, PageRequest page);

    /** How many timers match, of those in the states that {@code kind} changes, with ids up to {@code upTo}. Reads them all. */
    long count(OperationKind kind, TimerFilter filter, UUID upTo);

    /** The next of these, in order of id: fewer than {@code limit} where they are large. */
    Part next(OperationKind kind, TimerFilter filter, UUID upTo, @Nullable UUID after, int limit);

    /** @param last nothing comes after it */
    record Part(List<UUID> ids, boolean last) {}

    /** All timers of a run, in the order in which they were made, but those that can't be read. */
    List<Timer> ofRun(UUID runId);
}
