package dev.bide.delivery;

import org.jspecify.annotations.Nullable;

/**
 * What {@code {{run.id}}}, {@code {{run.key}}}, {@code {{task.name}}} and {@code {{input…}}} stand for. What is null is
 * filled in as nothing.
 *
 * @param input the run's input, a JSON object as text; read only where the action asks for it
 */
public record RunValues(
        String runId,
        @Nullable String runKey,
        @Nullable String taskName,
        @Nullable String input) {}
