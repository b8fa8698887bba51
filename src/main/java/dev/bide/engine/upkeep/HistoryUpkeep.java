package dev.bide.engine.upkeep;

import dev.bide.workflow.figures.FigureStore;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.HistoryStore;
import dev.bide.workflow.store.HistoryStore.Partition;
import dev.bide.workflow.store.Session;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the histories' partitions: makes those of the days to come, drops those that are older than is kept. Each in a transaction of its own, so
 * that one that fails stops no other; the next turn tries again. May run beside itself.
 *
 * <p>How old something is says the database's clock, and how long it is kept a row in the database: what this node's clock or file say drops nothing.
 */
final class HistoryUpkeep {
    private static final Logger LOG = LoggerFactory.getLogger(HistoryUpkeep.class);

    private static final int DAYS_AHEAD = 7;

    /** Days dropped in a turn, the oldest first. A retention or a clock that is wrong is noticed before all is gone; an upkeep that fell behind catches up within hours. */
    private static final int MOST_DAYS = 7;

    /** Those that died, since they were last seen. */
    private static final Duration NODE_KEPT = Duration.ofHours(1);

    private final Database database;

    HistoryUpkeep(Database database) {
        this.database = database;
    }

    /** Makes the partitions of the days to come, and drops nothing. Throws what the last step that failed threw, once all were tried. */
    void make() {
        Faults faults = new Faults();
        faults.keep(() -> make(today(), faults));
        faults.rethrow();
    }

    /** All of it. Throws what the last step that failed threw, once all were tried. */
    void run() {
        Faults faults = new Faults();
        faults.keep(() -> make(today(), faults));
        faults.keep(() -> drop(faults));
        faults.keep(() -> freeze(faults));
        faults.keep(this::forgetFigures);
        faults.rethrow();
    }

    private LocalDate today() {
        return in(session -> session.history().today());
    }

    private void make(LocalDate today, Faults faults) {
        List<Partition> missing = in(session -> session.history().missing(today, DAYS_AHEAD));
        each(missing, faults, "made", HistoryStore::make);
    }

    private void drop(Faults faults) {
        OptionalInt kept = in(session -> session.history().daysKept());
        if (kept.isEmpty()) {
            LOG.warn("Nobody has said yet how long the history is kept; nothing of it is dropped");
            return;
        }
        LocalDate oldest = today().minusDays(kept.getAsInt());
        List<Partition> old = in(session -> session.history().before(oldest));
        // Of the days: a month of keys goes in a turn after all its days are gone.
        LocalDate bound = old.stream()
                .filter(partition -> !partition.history().ofMonths())
                .map(partition -> partition.day().plusDays(MOST_DAYS))
                .findFirst()
                .filter(oldest::isAfter)
                .orElse(oldest);
        each(in(session -> session.history().before(bound)), faults, "dropped", (history, partition) -> {
            history.drop(partition);
            return 0L;
        });
        Instant before = bound.atStartOfDay(ZoneOffset.UTC).toInstant();
        faults.keep(() -> deleteRest(before));
        faults.keep(() -> in(session -> session.operations().deleteFinished(before)));
        if (bound.isBefore(oldest)) {
            LOG.warn(
                    "The history of before {} is dropped; what is left of before {} follows, {} days in each turn",
                    bound,
                    oldest,
                    MOST_DAYS);
        }
    }

    /**
     * Once, when the day is over and nothing is written to it any more. Else PostgreSQL does it when the rows are so many transactions old, days later,
     * with many days at once.
     */
    private void freeze(Faults faults) {
        List<Partition> partitions =
                in(session -> session.history().unfrozen(session.history().today()));
        for (Partition partition : partitions) {
            faults.keep(() -> {
                database.freeze(partition);
                LOG.info("Partition {} of {} is frozen", partition.day(), partition.history());
            });
        }
    }

    private void forgetFigures() {
        in(session -> session.figures().deleteFigures(session.figures().now().minus(FigureStore.KEPT)));
        in(session -> session.figures().deleteNodes(session.figures().now().minus(NODE_KEPT)));
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
