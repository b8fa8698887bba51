package dev.bide.workflow.store;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * The partitions of what is finished, a day (UTC) each, and of its keys and the dead, a month each. Part of a {@link Session}; one that makes or drops a
 * partition does nothing else, so that it holds locks on one history only.
 */
public interface HistoryStore {
    /** What is finished, the keys of it, and a narrow row for each timer that is dead. */
    enum History {
        RUN("run_history"),
        TIMER("timer_history"),
        RUN_KEY("run_key_history"),
        TIMER_KEY("timer_key_history"),
        TIMER_DEAD("timer_dead");

        private final String table;

        History(String table) {
            this.table = table;
        }

        /** @param table its name */
        public static History of(String table) {
            return Arrays.stream(values())
                    .filter(history -> history.table.equals(table))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("there is no history " + table));
        }

        /** The name of its table. */
        public String table() {
            return table;
        }

        /** A month in each partition: it goes with the days of another one. */
        public boolean ofMonths() {
            return switch (this) {
                case RUN, TIMER -> false;
                case RUN_KEY, TIMER_KEY, TIMER_DEAD -> true;
            };
        }

        /** Those by month that go with the days of this one. */
        public List<History> monthly() {
            return switch (this) {
                case RUN -> List.of(RUN_KEY);
                case TIMER -> List.of(TIMER_KEY, TIMER_DEAD);
                case RUN_KEY, TIMER_KEY, TIMER_DEAD -> List.of();
            };
        }

        @Override
        public String toString() {
            return table;
        }
    }

    /** The partition of one of the histories that begins with {@code day}. */
    record Partition(History history, LocalDate day) {}

    /** Today (UTC) by the database's clock: the one that says how old something is. */
    LocalDate today();

    /** How many days are kept, as all nodes have it; empty before a node of role {@code scheduler} has started. */
    OptionalInt daysKept();

    /** Has {@code days} kept, where nothing was said before; answers what holds. */
    int keepUnlessKept(int days);

    /** Has {@code days} kept from now on, whatever was said before. */
    void keep(int days);

    /** Those that are not there, from the day before {@code today} up to {@code daysAhead}. */
    List<Partition> missing(LocalDate today, int daysAhead);

    /** Makes it, where it is not there, and moves into it what lay in the partition for the rest; returns how many rows that were. */
    long make(Partition partition);

    /** Those that hold nothing of {@code day} or later, oldest first; of months only those whose days are gone. */
    List<Partition> before(LocalDate day);

    /** Those of the last days before {@code today} that were not frozen yet. */
    List<Partition> unfrozen(LocalDate today);

    /** The first and the last day of the partitions of {@code history}, which has one for each day; empty where it has none. */
    List<LocalDate> span(History history);

    /** Drops it with all that is in it. The keys of what was in it are free from then on. */
    void drop(Partition partition);

    /** Deletes what was finished before {@code before} and lies in the partitions for the rest; returns how many rows. */
    int deleteRest(Instant before);
}
