package dev.bide.engine.figures;

import dev.bide.workflow.figures.FigureStore.Cluster;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.Session;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What is found once for the whole cluster, and read by whoever asks. One turn each 10 s, never beside itself; if it were, both would write the same. */
public final class FigureUpkeep {
    private final Database database;
    private final ClusterCounts counts;
    private final RollUp rollUp;
    private final Warnings warnings;

    public FigureUpkeep(Database database, ClusterCounts counts) {
        this.database = database;
        this.counts = counts;
        this.rollUp = new RollUp(database);
        this.warnings = new Warnings(database);
    }

    /** Each step in transactions of its own: one that fails stops no other. Throws what the last that failed threw. */
    public void run() {
        RuntimeException fault = null;
        for (Runnable step : new Runnable[] {this::count, rollUp::run, warnings::run}) {
            try {
                step.run();
            } catch (RuntimeException e) {
                fault = after(fault, e);
            }
        }
        if (fault != null) {
            throw fault;
        }
    }

    /** Where the timers can't be counted in time, how far all are behind is written all the same; or it would seem that no scheduler is there. */
    private void count() {
        try {
            write(session -> Optional.of(counts.count(session)));
        } catch (RuntimeException e) {
            try {
                write(counts::behind);
            } catch (RuntimeException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    private void write(Function<Session, Optional<Cluster>> counting) {
        database.inTransaction(session -> {
            counting.apply(session).ifPresent(session.figures()::write);
            return session;
        });
    }

    private static RuntimeException after(@Nullable RuntimeException before, RuntimeException fault) {
        if (before != null) {
            fault.addSuppressed(before);
        }
        return fault;
    }
}
