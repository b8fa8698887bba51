package dev.bide.workflow.figures;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a new version of a workflow makes of a task and of those who wait at it.
 *
 * @param taskId null of one that is added
 * @param waiting in whichever state
 * @param dueAtOnce of them
 * @param earliestDueAt of those who wait, by the new version; null where nobody does
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TaskChange(
        @Nullable UUID taskId,
        String name,
        Kind change,
        Counted waiting,
        Counted dueAtOnce,
        @Nullable Instant earliestDueAt,
        @Nullable Instant latestDueAt) {

    /** In JSON its name in lower case. */
    public enum Kind {
        ADDED,
        REMOVED,
        /** In anything. */
        CHANGED,
        /** To another place among those that are kept, and in nothing else. */
        MOVED,
        SAME;

        /** The name in JSON. */
        @Override
        @JsonValue
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
