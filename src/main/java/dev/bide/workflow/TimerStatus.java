package dev.bide.workflow;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.bide.json.InvalidException;
import java.util.Locale;
import java.util.Set;

/**
 * The states of a timer, and the one table of what may follow what. The same states stand in the schema's CHECK constraints and in
 * README.md's diagram.
 */
public enum TimerStatus {
    /** Waits for its first attempt. */
    SCHEDULED,
    /** Waits for its next attempt. */
    RETRYING,
    /** Waits, and does not fire until it is resumed. */
    PAUSED,
    DELIVERED,
    /** Of no more use as it is: it is redriven, or dismissed. */
    DEAD,
    CANCELLED;

    private final String text = name().toLowerCase(Locale.ROOT);

    /** Which states may follow this one. */
    public Set<TimerStatus> next() {
        return switch (this) {
            case SCHEDULED -> Set.of(RETRYING, PAUSED, DELIVERED, DEAD, CANCELLED);
            case RETRYING -> Set.of(PAUSED, DELIVERED, DEAD, CANCELLED);
            case PAUSED -> Set.of(SCHEDULED, RETRYING, CANCELLED);
            case DEAD -> Set.of(SCHEDULED, CANCELLED);
            case DELIVERED, CANCELLED -> Set.of();
        };
    }

    /** It has a trigger; the others live in the history. */
    public boolean waiting() {
        return this == SCHEDULED || this == RETRYING || this == PAUSED;
    }

    @Override
    @JsonValue
    public String toString() {
        return text;
    }

    /** The status written {@code text}, as JSON and the database have it. */
    public static TimerStatus of(String text) {
        for (TimerStatus status : values()) {
            if (status.text.equals(text)) {
                return status;
            }
        }
        throw new InvalidException("status", "must be one of scheduled, retrying, paused, delivered, dead, cancelled");
    }
}
