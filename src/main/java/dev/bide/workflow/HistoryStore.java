package dev.bide.workflow;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;

/**
 * The partitions of what is finished, a day (UTC) each. Part of a {@link Session}; one that makes or drops a partition does nothing else, so that
 * it holds locks on one history only.
 */
public interface HistoryStore {
    /** The partition of a day of one of the histories. */
    record Partition(String history, LocalDate day) {}

    /** Those that are not there, from the day before {@code today} up to {@code daysAhead}. */
    List<Partition> missing(LocalDate today, int daysAhead);

    /** Makes it, where it is not there, and moves into it what lay in the partition for the rest; returns how many rows that were. */
    long make(Partition partition);

    /** Those of days before {@code day}. */
    List<Partition> before(LocalDate day);

    /** Drops it with all that is in it. */
    void drop(Partition partition);

    /** Deletes what was finished before {@code before} and lies in the partitions for the rest; returns how many rows. */
    int deleteRest(Instant before);
}
