package dev.bide.workflow.store;

import dev.bide.workflow.Workflow;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Workflows and all their versions. Part of a {@link Session}. */
public interface WorkflowStore {
    void insert(Workflow workflow);

    /** Adds {@code workflow} as the newest version, if the newest is still the one before and it is not archived. */
    boolean insertVersion(Workflow workflow);

    /** Locks it until the transaction ends; what is found after that is not changed meanwhile. Waits for those who start runs of it. */
    void lock(UUID id);

    /** Keeps these from being changed until the transaction ends: a run that is started by what is found after this goes by the newest version. Many may at once. */
    void lockForRuns(Collection<UUID> ids);

    /** The same for those whose lock is to be had at once, and these are answered; it waits for nobody. */
    Set<UUID> tryLockForRuns(Collection<UUID> ids);

    /** The newest version, archived or not. */
    Optional<Workflow> find(UUID id);

    /** One version; it never changes, so it may be kept in memory. {@link UnreadableException} where it can't be read. */
    Optional<Workflow> find(UUID id, int version);

    /** The newest versions of those that are not archived, newest workflow first. */
    Page<Workflow> list(PageRequest page);

    /** Marks it archived, if it is not yet and its newest version is still {@code version}. */
    boolean archive(UUID id, int version, Instant now);
}
