package dev.bide.delivery;

import org.jspecify.annotations.Nullable;

/**
 * What {@code {{run.id}}}, {@code {{run.key}}}, {@code {{run.status}}}, {@code {{run.error}}}, {@code {{task.name}}} and {@code {{input…}}} stand for. What is null is
 * filled in as nothing.
 *
 * @param input the run's input, a JSON object as text; read only where the action asks for it
 * @param status of a run that is over
 * @param error why it failed
 */
public record RunValues(
        String runId,
        @Nullable String runKey,
        @Nullable String taskName,
        @Nullable String input,
        @Nullable String status,
        @Nullable String error) {

    /** Of a run that goes on. */
    public RunValues(String runId, @Nullable String runKey, @Nullable String taskName, @Nullable String input) {
        this(runId, runKey, taskName, input, null, null);
    }
}
