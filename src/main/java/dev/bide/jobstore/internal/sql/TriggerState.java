package dev.bide.jobstore.internal.sql;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Quartz's column trigger_state, by the names that are in it. (A statement has them as literals: the indexes are partial.) */
public enum TriggerState {
    WAITING,
    ACQUIRED,

    /** It has fired for the last time, and executes. */
    COMPLETE,

    /** It waits for an execution of its job, which must not run concurrently. */
    BLOCKED,
    ERROR,
    PAUSED,
    PAUSED_BLOCKED;

    private static final Map<String, TriggerState> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toMap(TriggerState::name, Function.identity()));

    /** Null for one that nobody knows any more. */
    public static @Nullable TriggerState of(String column) {
        return BY_NAME.get(column);
    }

    public boolean isPaused() {
        return this == PAUSED || this == PAUSED_BLOCKED;
    }
}
