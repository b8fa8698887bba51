package dev.bide.workflow.figures;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The dead timers, a narrow row each beside those in the history. {@code TimerStore.settle} adds them. Part of a {@code Session}. Each method is one statement;
 * the reads see no row whose day of the history was dropped.
 */
public interface DeadStore {
    /** One of them, by which all of them are in order. */
    record DeadTimer(UUID id, Instant finishedAt) {}

    /**
     * Which; null or no lanes means any. One of them is chosen by, the others are asked of each row.
     *
     * @param lanes of destinations; two at most
     */
    record DeadFilter(
            @Nullable Long problem,
            Set<Integer> lanes,
            @Nullable UUID workflowId,
            @Nullable UUID taskId) {
        public static final DeadFilter ALL = new DeadFilter(null, Set.of(), null, null);

        public DeadFilter {
            lanes = Set.copyOf(lanes);
        }
    }

    /**
     * A bounded look.
     *
     * @param last the last one that was looked at, whether it matches or not: the next look begins after it; null where there was none
     * @param over nothing comes after it
     */
    record Look(List<DeadTimer> matching, @Nullable DeadTimer last, boolean over) {}

    /** The next {@code limit}, newest death first, before {@code before}; looks at {@code most} at most. */
    Look newest(DeadFilter filter, @Nullable DeadTimer before, int most, int limit);

    /** The next {@code limit}, oldest death first, after {@code after}; none that died after {@code upTo}, so that one which dies again is not met again. */
    Look oldest(DeadFilter filter, Instant upTo, @Nullable DeadTimer after, int most, int limit);

    /** How many there are, up to {@code most}. */
    Counted count(DeadFilter filter, int most);

    /**
     * Those that died alike.
     *
     * @param workflowIds ten at most
     * @param samples three at most, newest first
     */
    record Group(Death death, long count, Instant first, Instant last, List<UUID> workflowIds, List<UUID> samples) {}

    /** @param looked at so many */
    record Groups(List<Group> groups, long looked) {}

    /** The 100 largest groups of the {@code newest} deaths. */
    Groups groups(DeadFilter filter, int newest);

    /** Forgets those that were redriven or dismissed: after their rows of the history, in that transaction. */
    void remove(Collection<DeadTimer> gone);
}
