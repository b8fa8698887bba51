package dev.bide.workflow.store;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.bide.json.InvalidException;
import dev.bide.workflow.RunStatus;
import dev.bide.workflow.TimerStatus;
import java.util.List;
import java.util.Locale;

/** What may be done to many at once. */
public enum OperationKind {
    CANCEL(TimerStatus.SCHEDULED, TimerStatus.RETRYING, TimerStatus.PAUSED),
    RESCHEDULE(TimerStatus.SCHEDULED, TimerStatus.RETRYING, TimerStatus.PAUSED),
    REDRIVE(TimerStatus.DEAD),
    PAUSE(TimerStatus.SCHEDULED, TimerStatus.RETRYING),
    RESUME(TimerStatus.PAUSED),
    /** Makes them due now, but those that are paused: they are found, and can't be. */
    FIRE(TimerStatus.SCHEDULED, TimerStatus.RETRYING, TimerStatus.PAUSED),
    /** A cancel of dead ones: nobody wants to see them any more. */
    DISMISS(TimerStatus.DEAD),
    /** Of runs: to the newest version of their workflow. */
    APPLY_VERSION(RunStatus.ACTIVE, RunStatus.PAUSED),
    CANCEL_RUNS(RunStatus.ACTIVE, RunStatus.PAUSED),
    PAUSE_RUNS(RunStatus.ACTIVE),
    RESUME_RUNS(RunStatus.PAUSED),
    REDRIVE_RUNS(RunStatus.FAILED);

    private final List<TimerStatus> from;
    private final List<RunStatus> fromRuns;

    OperationKind(TimerStatus... from) {
        this.from = List.of(from);
        this.fromRuns = List.of();
    }

    OperationKind(RunStatus... from) {
        this.from = List.of();
        this.fromRuns = List.of(from);
    }

    /** The states of timers that it changes; none where it is of runs. */
    public List<TimerStatus> from() {
        return from;
    }

    /** The states of runs that it changes; none where it is of timers. */
    public List<RunStatus> fromRuns() {
        return fromRuns;
    }

    @Override
    @JsonValue
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The kind written {@code text}, as JSON and the database have it. */
    public static OperationKind of(String text) {
        for (OperationKind kind : values()) {
            if (kind.toString().equals(text)) {
                return kind;
            }
        }
        throw new InvalidException("kind", "is not known: " + text);
    }
}
