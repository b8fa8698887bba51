package dev.bide.workflow.store;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.bide.json.InvalidException;
import java.util.Locale;

/** The states of an operation; the same stand in the schema. */
public enum OperationStatus {
    RUNNING,
    COMPLETED,
    CANCELLED;

    @Override
    @JsonValue
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The status written {@code text}, as JSON and the database have it. */
    public static OperationStatus of(String text) {
        for (OperationStatus status : values()) {
            if (status.toString().equals(text)) {
                return status;
            }
        }
        throw new InvalidException("status", "must be one of running, completed, cancelled");
    }
}
