package dev.bide.engine.figures;

import dev.bide.workflow.figures.FigureStore.Faults;
import dev.bide.workflow.figures.FigureStore.Sums;

/** What a node has done since it started: never less than before. */
public record Totals(Sums sums, Faults faults) {
    static final Totals NONE = new Totals(new Adding().sums(), new Faults(0, 0, 0));

    /** What was done since {@code before}. */
    Totals since(Totals before) {
        Adding difference = new Adding();
        difference.add(sums, 1);
        difference.add(before.sums, -1);
        return new Totals(
                difference.sums(),
                new Faults(
                        faults.repaired() - before.faults.repaired(),
                        faults.unreadable() - before.faults.unreadable(),
                        faults.poisoned() - before.faults.poisoned()));
    }
}
