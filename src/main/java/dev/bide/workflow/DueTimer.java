package dev.bide.workflow;

import org.jspecify.annotations.Nullable;

/**
 * A timer with what of its run fills its call.
 *
 * @param input of the run, a JSON object as text
 */
public record DueTimer(
        Timer timer, @Nullable String input, @Nullable String runKey) {}
