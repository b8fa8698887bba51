package dev.bide.workflow;

import dev.bide.delay.Delay;
import dev.bide.json.InvalidException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a timer waits for and then does; a copy, so that changing a workflow does not change the timers of its runs.
 *
 * @param taskName fills {@code {{task.name}}}; null for a lone timer
 */
public record TimerSpec(
        Delay delay,
        Action action,
        RetryPolicy retry,
        Duration timeout,
        @Nullable String taskName) {
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

    private static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(5);

    public static TimerSpec of(Task task) {
        return new TimerSpec(task.delay(), task.action(), task.retry(), task.timeout(), task.name());
    }

    public TimerSpec withDelay(Delay newDelay) {
        return new TimerSpec(newDelay, action, retry, timeout, taskName);
    }

    public static void checkTimeout(Duration timeout) {
        if (timeout.compareTo(Duration.ofMillis(1)) < 0 || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
            throw new InvalidException("timeout", "must be from PT0.001S to PT5M");
        }
    }
}
