package dev.bide.workflow;

import java.time.LocalDate;

/** The partitions of what is finished, a day (UTC) each. Part of a {@link Session}. */
public interface HistoryStore {
    /** Makes the partitions from the day before {@code today} up to {@code daysAhead}, where they are not there; returns how many. */
    int makePartitions(LocalDate today, int daysAhead);

    /** Drops whole partitions of days before {@code day}; returns how many. */
    int dropPartitions(LocalDate day);
}
