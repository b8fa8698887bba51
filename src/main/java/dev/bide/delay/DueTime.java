package dev.bide.delay;

import dev.bide.json.FieldError;
import java.time.Instant;

/** What {@link Delay#dueTime} answers. */
public sealed interface DueTime {

    /**
     * The wait is over then.
     *
     * @param at in whole milliseconds, never before the wait begins
     */
    record Due(Instant at) implements DueTime {}

    /** The date has passed and the delay says to leave the call out. */
    record Skipped() implements DueTime {}

    /**
     * The delay can't be used from this moment on.
     *
     * @param error the field at fault, relative to the delay, and what is wrong with it
     */
    record Rejected(FieldError error) implements DueTime {}
}
