package dev.bide.workflow.figures;

/** How many timers there are in the states that somebody looks after. */
public record Counts(Counted scheduled, Counted retrying, Counted paused, Counted dead) {
    /** Where they were counted some time ago. */
    public Counts roughly() {
        return new Counts(scheduled.roughly(), retrying.roughly(), paused.roughly(), dead.roughly());
    }
}
