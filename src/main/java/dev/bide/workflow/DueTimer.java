package dev.bide.workflow;

import org.jspecify.annotations.Nullable;

/**
 * A timer with what of its run fills its call.
 *
 * @param held it is paused, or its run is paused or over: nobody is called for it
 * @param input of the run, a JSON object as text
 */
public record DueTimer(
        Timer timer,
        boolean held,
        @Nullable String input,
        @Nullable String runKey) {}
