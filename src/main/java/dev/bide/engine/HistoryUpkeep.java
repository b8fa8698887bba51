package dev.bide.engine;

import dev.bide.workflow.Database;
import dev.bide.workflow.HistoryStore;
import dev.bide.workflow.HistoryStore.Partition;
import dev.bide.workflow.Session;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the histories' partitions: makes those of the days to come, drops those that are older than is kept. Each in a transaction of its own, so
 * that one that fails stops no other; the next turn tries again. May run beside itself.
 */
final class HistoryUpkeep {
    private static final Logger LOG = LoggerFactory.getLogger(HistoryUpkeep.class);

    private static final int DAYS_AHEAD = 7;

    private final Database database;
    private final Period retention;
    private final InstantSource clock;

    HistoryUpkeep(Database database, Period retention, InstantSource clock) {
        this.database = database;
        this.retention = retention;
        this.clock = clock;
    }

    /** Throws what the last step that failed threw, once all were tried. */
    void run() {
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        LocalDate oldest = today.minus(retention);
        Instant before = oldest.atStartOfDay(ZoneOffset.UTC).toInstant();
        Faults faults = new Faults();
        faults.keep(() -> make(today, faults));
        faults.keep(() -> drop(oldest, faults));
        faults.keep(() -> deleteRest(before));
        faults.keep(() -> in(session -> session.operations().deleteFinished(before)));
        faults.rethrow();
    }

    private void make(LocalDate today, Faults faults) {
        List<Partition> missing = in(session -> session.history().missing(today, DAYS_AHEAD));
        each(missing, faults, "made", HistoryStore::make);
    }

    private void drop(LocalDate oldest, Faults faults) {
        List<Partition> old = in(session -> session.history().before(oldest));
        each(old, faults, "dropped", (history, partition) -> {
            history.drop(partition);
            return 0L;
        });
    }

    private void each(
            List<Partition> partitions, Faults faults, String done, BiFunction<HistoryStore, Partition, Long> work) {
        for (Partition partition : partitions) {
            faults.keep(() -> {
                long moved = in(session -> work.apply(session.history(), partition));
                LOG.info("Partition {} of {} is {}", partition.day(), partition.history(), done);
                if (moved > 0) {
                    LOG.warn(
                            "{} rows of {} had no partition of their day, {}, and moved into it",
                            moved,
                            partition.history(),
                            partition.day());
                }
            });
        }
    }

    private void deleteRest(Instant before) {
        int deleted = in(session -> session.history().deleteRest(before));
        if (deleted > 0) {
            LOG.warn("{} finished timers and runs of before {} had no partition, and are deleted", deleted, before);
        }
    }

    private <T> T in(Function<Session, T> work) {
        return database.inTransaction(work);
    }

    /** What went wrong on the way. */
    private static final class Faults {
        private @Nullable RuntimeException last;

        void keep(Runnable step) {
            try {
                step.run();
            } catch (RuntimeException e) {
                LOG.warn(
                        "A step of the histories' upkeep failed; the others go on, and the next turn tries it again: {}",
                        e.toString());
                last = e;
            }
        }

        void rethrow() {
            if (last != null) {
                throw last;
            }
        }
    }
}
