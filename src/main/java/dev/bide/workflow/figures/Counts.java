package dev.bide.workflow.figures;

/** How many timers there are in the states that somebody looks after. */
public record Counts(Counted scheduled, Counted retrying, Counted paused, Counted dead) {}
