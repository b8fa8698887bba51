package dev.bide.engine.trial;

import dev.bide.delay.Explanation;
import dev.bide.workflow.Action;
import dev.bide.workflow.Task;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A run on paper, each of its calls taken to succeed as soon as it is due.
 *
 * @param steps the tasks that it comes to, in order
 * @param endsAt null where a delay can't be used
 */
public record Simulation(List<Step> steps, @Nullable Instant endsAt) {
    public Simulation {
        steps = List.copyOf(steps);
    }

    /**
     * @param from when the wait begins
     * @param request the call, filled; null where none is made or it can't be shown
     * @param error why the delay can't be used, or the call not be shown
     */
    public record Step(
            Task task,
            Instant from,
            Explanation explained,
            @Nullable Action request,
            @Nullable String error) {}
}
