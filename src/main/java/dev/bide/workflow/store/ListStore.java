package dev.bide.workflow.store;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which timers and runs a page of a list might hold, in places that are read one by one. Part of a {@link Session}. Each look goes along one index, in the list's order, finds
 * one more than a page holds, and stops after a bounded number of rows, however few of them match.
 */
public interface ListStore {
    /**
     * An item of a list, before it is read.
     *
     * @param at the time by which the list is in order; null where it is by id alone
     * @param finishedAt null where it waits, or goes on
     */
    record Place(UUID id, @Nullable Instant at, @Nullable Instant finishedAt) {
        public Cursor cursor() {
            return new Cursor(at, id);
        }
    }

    /**
     * What a look found in one of the places that a list is read from.
     *
     * @param found those that match, in the list's order
     * @param upTo the last one that was looked at, whether it matches or not; null where none comes after it
     */
    record Looked(List<Place> found, @Nullable Cursor upTo) {
        public Looked {
            found = List.copyOf(found);
        }
    }

    /** Rows that are looked at for a page in one place. */
    int LOOKED_AT = 10_000;

    /** Of those that wait, by {@link TimerFilter.Order#NEWEST} or {@link TimerFilter.Order#DUE}. @param lanes those of the filter's host */
    List<Looked> waitingTimers(TimerFilter filter, Set<Integer> lanes, PageRequest page);

    /** Of those that were finished on one of {@code days}, in the same orders; null means those without a partition of their day. @param most rows looked at */
    List<Looked> finishedTimers(TimerFilter filter, PageRequest page, @Nullable Days days, int most);

    /** Of the dead, by {@link TimerFilter.Order#DEATH}. @param lanes those of the filter's host */
    List<Looked> deadTimers(TimerFilter filter, Set<Integer> lanes, PageRequest page);

    /** Those of {@code ids} that wait and match, whatever the filter says of a host. */
    Set<UUID> matching(TimerFilter filter, Collection<UUID> ids);

    /** Of those that go on, newest first. */
    List<Looked> activeRuns(RunFilter filter, PageRequest page);

    /** Of those that were finished on one of {@code days}, newest first; null as above. */
    List<Looked> finishedRuns(RunFilter filter, PageRequest page, @Nullable Days days, int most);

    /** Those that have the filter's key, newest first, in whichever state. */
    List<Looked> runsOfKey(RunFilter filter, PageRequest page);
}
