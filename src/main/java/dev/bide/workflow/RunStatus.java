package dev.bide.workflow;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.bide.json.InvalidException;
import java.util.Locale;
import java.util.Set;

/**
 * The states of a run, and the one table of what may follow what. The same five stand in the schema's CHECK constraint and in README.md's
 * diagram.
 */
public enum RunStatus {
    ACTIVE,
    PAUSED,
    COMPLETED,
    FAILED,
    CANCELLED;

    private final String text = name().toLowerCase(Locale.ROOT);

    /** Which states may follow this one. */
    public Set<RunStatus> next() {
        return switch (this) {
            case ACTIVE -> Set.of(PAUSED, COMPLETED, FAILED, CANCELLED);
            case PAUSED -> Set.of(ACTIVE, COMPLETED, FAILED, CANCELLED);
            case FAILED -> Set.of(ACTIVE);
            case COMPLETED, CANCELLED -> Set.of();
        };
    }

    /** Nothing more happens by itself: the run lives in the history. A failed one comes back when its timer is redriven. */
    public boolean finished() {
        return this == COMPLETED || this == FAILED || this == CANCELLED;
    }

    @Override
    @JsonValue
    public String toString() {
        return text;
    }

    /** The status written {@code text}, as JSON and the database have it. */
    public static RunStatus of(String text) {
        for (RunStatus status : values()) {
            if (status.text.equals(text)) {
                return status;
            }
        }
        throw new InvalidException("status", "must be one of active, paused, completed, failed, cancelled");
    }
}
