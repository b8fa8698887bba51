package dev.bide.engine;

import dev.bide.workflow.JsonText;
import dev.bide.workflow.Run;
import dev.bide.workflow.Task;
import dev.bide.workflow.Timer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A run with what a person wants to see of it.
 *
 * @param input a JSON object
 * @param task the task it is in, or was in last
 * @param timer the timer of that task
 * @param history all its timers so far, in order, that one included
 */
public record RunView(
        Run run,
        JsonText input,
        @Nullable Task task,
        @Nullable Timer timer,
        List<Timer> history) {}
