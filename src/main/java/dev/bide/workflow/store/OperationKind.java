package dev.bide.workflow.store;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.bide.json.InvalidException;
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
    /** Of runs: to the newest version of their workflow. */
    APPLY_VERSION;

    private final List<TimerStatus> from;

    OperationKind(TimerStatus... from) {
        this.from = List.of(from);
    }

    /** The states of timers that it changes. */
    public List<TimerStatus> from() {
        return from;
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
