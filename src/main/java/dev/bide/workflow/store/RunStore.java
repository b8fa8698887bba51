package dev.bide.workflow.store;

import dev.bide.workflow.Run;
import dev.bide.workflow.RunStatus;
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

/** Runs: those that go on, and the history of those that are finished. Part of a {@link Session}. */
public interface RunStore {
    /**
     * Inserts runs: active ones among those that go on, completed ones into the history. A run whose key is taken is left out.
     *
     * @return the ids of those inserted
     */
    Set<UUID> insert(Collection<RunWithInput> runs);

    /** Which of one workflow's runs have these keys, by key, finished ones too. */
    Map<String, KeyHolder> findByKeys(UUID workflowId, Collection<String> keys);

    /** Of those that go on. */
    Optional<Run> find(UUID id);

    /** The same with what it was started with. */
    Optional<RunWithInput> findWithInput(UUID id);

    /** Of those that were finished on one of {@code days}. Locks their partitions only; null means those without a partition of their day. */
    Optional<Run> findFinished(UUID id, @Nullable Days days);

    /** The same with what it was started with. */
    Optional<RunWithInput> findFinishedWithInput(UUID id, @Nullable Days days);

    /** Those of {@code ids} that are not finished, locked until the transaction ends, in order of id. */
    List<Run> lock(Collection<UUID> ids);

    /** Which of {@code ids} are paused. Not locked. */
    Set<UUID> paused(Collection<UUID> ids);

    /** Writes runs locked before, but for their versions: what has finished moves into the history. */
    void update(Collection<Run> runs);

    /** Writes the versions that runs locked before go by from now on, and what they have passed. */
    void changeVersions(Collection<Run> runs);

    /** Moves a run that is not finished into the history as failed, whatever else its row holds; false where it is finished already. */
    boolean fail(UUID id, String why, Instant now);

    /**
     * Brings failed runs back as active ones; returns those that were. It fails where one's key is another's by now.
     *
     * @param finished when they failed, by id: only there they are looked for
     */
    Set<UUID> revive(Map<UUID, Instant> finished, Instant now);

    /** Those that have failed; one that can't be read is logged and left out. @param finished as above */
    List<Run> failed(Map<UUID, Instant> finished);

    /** Those of {@code ids} that go on. */
    List<RunWithInput> read(Collection<UUID> ids);

    /** Those that were finished at these times. */
    List<RunWithInput> readFinished(Map<UUID, Instant> finished);

    /** A run that goes on, and the timer that it is at. */
    record FoundRun(UUID id, @Nullable UUID timerId) {}

    /** In order of id: looks at no more than {@code most} runs, and stops at {@code limit} that match and are in one of these states. */
    Look<FoundRun, UUID> look(
            RunFilter filter, Collection<RunStatus> from, UUID upTo, @Nullable UUID after, int most, int limit);

    /** Counts those that match among the next {@code most}, up to {@code limit}, with when their timers are due. */
    PartialCount<UUID> count(
            RunFilter filter, Collection<RunStatus> from, UUID upTo, @Nullable UUID after, int most, int limit);

    /** Those of {@code ids} that go on, in one of these states. */
    List<FoundRun> found(Collection<UUID> ids, Collection<RunStatus> from);

    /** {@code id}, or the greatest that a run has which goes on. */
    UUID latest(UUID id);

    /**
     * The same of failed runs, each with when it failed: those of {@code days}; null means those in no partition of a day.
     *
     * @param until none that failed later
     */
    Look<KeyHolder, UUID> failedOn(
            @Nullable Days days, RunFilter filter, Instant until, @Nullable UUID after, int most, int limit);

    /**
     * Active and paused runs of {@code workflowId} that go by a version before {@code version}, after {@code after} in order of id: fewer than
     * {@code limit} where their timers are large.
     */
    Behind behind(UUID workflowId, int version, @Nullable UUID after, int limit);

    /** @param last none comes after them */
    record Behind(List<Run> runs, boolean last) {}
}
