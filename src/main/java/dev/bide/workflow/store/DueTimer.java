package dev.bide.workflow.store;

import dev.bide.workflow.JsonText;
import dev.bide.workflow.TimerSpec;
import org.jspecify.annotations.Nullable;

/**
 * A timer that fired, with what its call needs.
 *
 * @param held it is paused, or its run is paused or over: nobody is called for it
 * @param runVersion of the workflow that its run goes by; null where it has none
 * @param bytes of {@code call} as it is stored
 * @param call null where it is too large to be read together with others
 * @param url of a call that is too large, so that its destination is known without it; null otherwise, and where it can't be read
 */
public record DueTimer(
        FiredTimer timer,
        boolean held,
        @Nullable Integer runVersion,
        long bytes,
        @Nullable Call call,
        @Nullable String url) {

    /** @param input of the run, a JSON object */
    public record Call(
            TimerSpec spec,
            @Nullable String runKey,
            @Nullable JsonText input) {}
}
