package dev.bide.workflow.store;

import com.fasterxml.jackson.annotation.JsonFormat;
import dev.bide.workflow.RunStatus;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which runs; null, or no status, means any. Operations are stored with it: what {@link TimerFilter} says of names holds here too. */
public record RunFilter(
        @Nullable UUID workflowId,

        @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
        Set<RunStatus> status,

        @Nullable String key) {
    public RunFilter {
        EnumSet<RunStatus> some = EnumSet.noneOf(RunStatus.class);
        // Null where it is read from JSON without it.
        if (status != null) {
            some.addAll(status);
        }
        status = Collections.unmodifiableSet(some);
    }

    /** Those in one state, or in any. */
    public static RunFilter of(@Nullable UUID workflowId, @Nullable RunStatus status, @Nullable String key) {
        return new RunFilter(workflowId, status == null ? Set.of() : Set.of(status), key);
    }

    /** Whether the states leave this one in. */
    public boolean admits(RunStatus one) {
        return status.isEmpty() || status.contains(one);
    }
}
