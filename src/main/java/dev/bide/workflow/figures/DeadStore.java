package dev.bide.workflow.figures;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The dead timers, a narrow row each beside those in the history. {@code TimerStore} writes them: a settlement adds, a redrive and a dismissal remove, each in its own
 * transaction. Part of a {@code Session}. Each method is one statement, and sees no row whose day of the history was dropped.
 */
public interface DeadStore {
    /** One of them, by which all of them are in order. */
    record DeadTimer(UUID id, Instant finishedAt) {}

    /**
     * Which; null or no lanes means any. One of them is chosen by, the others are asked of each row: a run alone, or due times alone, are asked of all.
     *
     * @param lanes of destinations; two at most
     * @param dueTo not included
     */
    record DeadFilter(
            @Nullable Long problem,
            Set<Integer> lanes,
            @Nullable UUID workflowId,
            @Nullable UUID taskId,
            @Nullable UUID runId,
            @Nullable Instant dueFrom,
            @Nullable Instant dueTo) {
        public DeadFilter {
            lanes = Set.copyOf(lanes);
        }

        public DeadFilter(
                @Nullable Long problem, Set<Integer> lanes, @Nullable UUID workflowId, @Nullable UUID taskId) {
            this(problem, lanes, workflowId, taskId, null, null, null);
        }
    }

    /** The next {@code limit}, oldest death first, after {@code after}; looks at {@code most} at most. None that died after {@code upTo}, so that one which dies again is not met again. */
    Look<DeadTimer, DeadTimer> oldest(DeadFilter filter, Instant upTo, @Nullable DeadTimer after, int most, int limit);

    /** Counts those that match among the next {@code most}, oldest death first, up to {@code limit}. */
    PartialCount<DeadTimer> count(DeadFilter filter, @Nullable DeadTimer after, int most, int limit);

    /**
     * Those that died alike.
     *
     * @param workflowIds ten at most
     * @param samples three at most, newest first
     */
    record Group(Death death, long count, Instant first, Instant last, List<UUID> workflowIds, List<UUID> samples) {
        public Group {
            workflowIds = List.copyOf(workflowIds);
            samples = List.copyOf(samples);
        }
    }

    /** @param matching so many, of all groups @param looked at so many, whether they match or not */
    record Groups(List<Group> groups, long matching, long looked) {
        public Groups {
            groups = List.copyOf(groups);
        }
    }

    /** The 100 largest groups of those that match among the {@code newest} deaths. */
    Groups groups(DeadFilter filter, int newest);

    /**
     * Removes those of these rows whose timers did not die then, or are not dead any more: a node of a version that knows none of them redrives a timer and leaves its row.
     */
    void removeStale(Collection<DeadTimer> doubted);

    /** The first of {@code timers} that are small enough together to be read, changed and written at once: one at least. */
    List<DeadTimer> batch(Collection<DeadTimer> timers);
}
