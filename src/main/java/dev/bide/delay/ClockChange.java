package dev.bide.delay;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.LocalDateTime;
import java.util.Locale;

/**
 * What a change of the clock does to the local time that a delay asks for.
 *
 * @param local the time asked for
 */
public record ClockChange(Kind kind, LocalDateTime local) {

    /** In JSON its name in lower case. */
    public enum Kind {
        /** The time is left out that day, so that it means one later by the length of the gap. */
        GAP,
        /** The time comes twice that day, and means the first. */
        OVERLAP;

        /** The name in JSON. */
        @JsonValue
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
