package dev.bide.engine.figures;

import dev.bide.workflow.figures.FigureStore.Slot;
import dev.bide.workflow.figures.FigureStore.Sums;
import dev.bide.workflow.figures.Percentiles;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Sums of several, on the way. For one thread. */
final class Adding {
    private long accepted;
    private long delivered;
    private long retried;
    private long dead;
    private long firsts;
    private long onTime;
    private final long[] lateness = new long[LatenessBuckets.COUNT];
    private @Nullable Integer due;

    void add(Slot slot) {
        add(slot.sums(), 1);
        if (slot.due() != null) {
            due(slot.due());
        }
    }

    /** @param times 1, or -1 to take them off */
    void add(Sums sums, int times) {
        accepted += times * sums.accepted();
        delivered += times * sums.delivered();
        retried += times * sums.retried();
        dead += times * sums.dead();
        firsts += times * sums.firsts();
        onTime += times * sums.onTime();
        LatenessBuckets.add(lateness, sums.lateness(), times);
    }

    /** So many were due at some time of it. */
    void due(int count) {
        due = due == null ? count : Math.max(due, count);
    }

    @Nullable
    Integer due() {
        return due;
    }

    Percentiles percentiles() {
        return LatenessBuckets.percentiles(lateness);
    }

    Sums sums() {
        return new Sums(accepted, delivered, retried, dead, firsts, onTime, LatenessBuckets.kept(lateness));
    }

    Slot slot(Instant at) {
        return new Slot(at, sums(), due);
    }
}
