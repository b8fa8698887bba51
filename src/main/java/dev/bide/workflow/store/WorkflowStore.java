package dev.bide.workflow.store;

import dev.bide.json.InvalidException;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.figures.WaitingTask;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

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

    /**
     * Which.
     *
     * @param query what the newest version's name holds, in small letters or capitals; null means any
     * @param archived only those that are, or only those that are not
     */
    record Filter(@Nullable String query, boolean archived) {
        public static final int LONGEST_QUERY = 200;
        public static final Filter CURRENT = new Filter(null, false);

        public Filter {
            if (query != null && query.codePointCount(0, query.length()) > LONGEST_QUERY) {
                throw new InvalidException("query", "must have at most " + LONGEST_QUERY + " characters");
            }
        }
    }

    /** The newest versions of those that match, newest workflow first. It looks at a bounded number of workflows: a page may be short and not the last. */
    Page<Workflow> list(Filter filter, PageRequest page);

    /** One of a workflow's versions, without its tasks. */
    record Version(int version, String name, Instant createdAt) {}

    /** All of one workflow, newest first; none where there is no such workflow. The cursor holds the number. */
    Page<Version> versions(UUID id, PageRequest page);

    /** Tasks that {@link #waiting} knows of one workflow. */
    int MOST_TASKS_WAITING = 200;

    /** Who waits at each of the tasks that the workflow has or had, those of the newest versions first. It counts so far that the answer takes a bounded time. */
    List<WaitingTask> waiting(UUID id);

    /** Marks it archived, if it is not yet and its newest version is still {@code version}. */
    boolean archive(UUID id, int version, Instant now);
}
