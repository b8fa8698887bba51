package dev.bide.workflow;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.bide.delay.Delay;
import dev.bide.json.InvalidException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a timer waits for and then does; a copy, so that changing a workflow does not change the timers of its runs.
 *
 * @param taskName fills {@code {{task.name}}}; null for a lone timer
 * @param end of the run that it tells of; null for all others
 */
public record TimerSpec(
        Delay delay,
        Action action,
        RetryPolicy retry,
        Duration timeout,
        @Nullable String taskName,
        @JsonInclude(JsonInclude.Include.NON_NULL) Run.@Nullable End end) {
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

    private static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(5);

    public TimerSpec(Delay delay, Action action, RetryPolicy retry, Duration timeout, @Nullable String taskName) {
        this(delay, action, retry, timeout, taskName, null);
    }

    public static TimerSpec of(Task task) {
        return new TimerSpec(task.delay(), task.action(), task.retry(), task.timeout(), task.name());
    }

    public TimerSpec withDelay(Delay newDelay) {
        return new TimerSpec(newDelay, action, retry, timeout, taskName, end);
    }

    public static void checkTimeout(Duration timeout) {
        if (timeout.compareTo(Duration.ofMillis(1)) < 0 || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
            throw new InvalidException("timeout", "must be from PT0.001S to PT5M");
        }
    }
}
