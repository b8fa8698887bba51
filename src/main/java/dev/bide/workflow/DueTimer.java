package dev.bide.workflow;

import org.jspecify.annotations.Nullable;

/**
 * A timer that fired, with what its call needs.
 *
 * @param held it is paused, or its run is paused or over: nobody is called for it
 * @param runVersion of the workflow that its run goes by; null where it has none
 * @param bytes of {@code call} as it is stored
 * @param call null where it is too large to be read together with others
 */
public record DueTimer(
        FiredTimer timer,
        boolean held,
        @Nullable Integer runVersion,
        long bytes,
        @Nullable Call call) {

    /** @param input of the run, a JSON object */
    public record Call(
            TimerSpec spec,
            @Nullable String runKey,
            @Nullable JsonText input) {}
}
