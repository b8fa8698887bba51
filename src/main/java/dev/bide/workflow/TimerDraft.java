package dev.bide.workflow;

import dev.bide.delay.Delay;
import java.time.Duration;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * A timer without a workflow, as a user asks for it.
 *
 * @param key the user's own name for it, unique among lone timers: the same key again means the same timer
 */
public record TimerDraft(
        @Nullable String key,
        Delay delay,
        Action action,
        RetryPolicy retry,
        Duration timeout,
        @Nullable ZoneId timezone) {

    public TimerDraft {
        if (key != null) {
            RunDraft.checkKey(key);
        }
        TimerSpec.checkTimeout(timeout);
    }

    public TimerSpec spec() {
        return new TimerSpec(delay, action, retry, timeout, null);
    }
}
