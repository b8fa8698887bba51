package dev.bide.workflow;

import com.fasterxml.jackson.annotation.JsonProperty;
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
        @JsonProperty("key") @Nullable String key,
        @JsonProperty("delay") Delay delay,
        @JsonProperty("action") Action action,
        @JsonProperty("retry") RetryPolicy retry,
        @JsonProperty("timeout") Duration timeout,
        @JsonProperty("timezone") @Nullable ZoneId timezone) {

    public TimerDraft {
        if (key != null) {
            RunDraft.checkKey(key);
        }
        Checks.required("delay", delay);
        Checks.required("action", action);
        retry = retry == null ? RetryPolicy.DEFAULT : retry;
        timeout = TimerSpec.timeoutOrDefault(timeout);
    }

    public TimerSpec spec() {
        return new TimerSpec(delay, action, retry, timeout, null);
    }
}
