package dev.bide.engine.change;

import dev.bide.engine.quartz.TimerTriggers;
import dev.bide.workflow.store.OperationKind;

/** Which walk an operation goes, by its kind. */
public final class Walks {
    private final Walk waitingTimers;
    private final Walk deadTimers;
    private final Walk runs;
    private final Walk failedRuns;
    private final Walk versions;

    public Walks(
            TimerTriggers triggers, TimerBatches batches, Redrive redrive, RunRedrive runRedrive, VersionMove move) {
        this.waitingTimers = new WaitingTimersWalk(batches, triggers);
        this.deadTimers = new DeadTimersWalk(redrive, triggers);
        this.runs = new RunsWalk(new RunBatches(triggers));
        this.failedRuns = new FailedRunsWalk(runRedrive);
        this.versions = new VersionWalk(move);
    }

    Walk of(OperationKind kind) {
        return switch (kind) {
            case CANCEL, RESCHEDULE, PAUSE, RESUME, FIRE -> waitingTimers;
            case REDRIVE, DISMISS -> deadTimers;
            case CANCEL_RUNS, PAUSE_RUNS, RESUME_RUNS -> runs;
            case REDRIVE_RUNS -> failedRuns;
            case APPLY_VERSION -> versions;
        };
    }
}
