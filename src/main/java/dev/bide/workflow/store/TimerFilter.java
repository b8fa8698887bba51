package dev.bide.workflow.store;

import com.fasterxml.jackson.annotation.JsonFormat;
import dev.bide.json.InvalidException;
import dev.bide.workflow.TimerStatus;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which timers; null, or no status, means any. Due times from {@code dueFrom} up to but not at {@code dueTo}. Operations are stored with it, and nodes of two versions may
 * read them: so a name that stands here keeps its meaning, and a reader refuses names that it does not know, for it would change more than was asked for.
 *
 * @param status one of these; JSON of before has a single one
 * @param key of a lone timer
 * @param host {@code host:port}, or a host for its ports 443 and 80
 * @param problem that dead timers have in common
 */
public record TimerFilter(
        @Nullable UUID workflowId,
        @Nullable UUID taskId,
        @Nullable UUID runId,

        @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
        Set<TimerStatus> status,

        @Nullable Instant dueFrom,
        @Nullable Instant dueTo,
        @Nullable String key,
        @Nullable String host,
        @Nullable Long problem) {
    public static final TimerFilter ALL = new TimerFilter(null, null, null, null, null, null);

    public TimerFilter {
        if (dueFrom != null && dueTo != null && dueTo.isBefore(dueFrom)) {
            throw new InvalidException("dueTo", "must not be before dueFrom");
        }
        EnumSet<TimerStatus> some = EnumSet.noneOf(TimerStatus.class);
        // Null where it is read from JSON without it.
        if (status != null) {
            some.addAll(status);
        }
        status = Collections.unmodifiableSet(some);
    }

    public TimerFilter(
            @Nullable UUID workflowId,
            @Nullable UUID taskId,
            @Nullable UUID runId,
            @Nullable TimerStatus status,
            @Nullable Instant dueFrom,
            @Nullable Instant dueTo) {
        this(workflowId, taskId, runId, status == null ? Set.of() : Set.of(status), dueFrom, dueTo, null, null, null);
    }

    /** Those of them that are of one run. */
    public TimerFilter ofRun(UUID run) {
        return new TimerFilter(workflowId, taskId, run, status, dueFrom, dueTo, key, host, problem);
    }

    /** Whether the states leave this one in. */
    public boolean admits(TimerStatus one) {
        return status.isEmpty() || status.contains(one);
    }

    /** The list is in order of due time then, else newest first. */
    public boolean byDueTime() {
        return dueFrom != null || dueTo != null;
    }
}
