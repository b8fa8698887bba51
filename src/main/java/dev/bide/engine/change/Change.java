package dev.bide.engine.change;

import dev.bide.workflow.RefusedException;
import java.util.Locale;
import java.util.UUID;

/** What is done to one timer or run, as it reads where it is refused. */
enum Change {
    CANCELLED,
    FIRED,
    PAUSED,
    REDRIVEN,
    RESCHEDULED,
    RESUMED;

    /** It can't be done to what is in this state. */
    RefusedException refused(String what, UUID id, Object state) {
        return RefusedException.conflict(what + " " + id + " is " + state + " and can't be " + this);
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
