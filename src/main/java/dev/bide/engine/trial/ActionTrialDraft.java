package dev.bide.engine.trial;

import dev.bide.json.InvalidException;
import dev.bide.workflow.Action;
import dev.bide.workflow.JsonText;
import dev.bide.workflow.TimerSpec;
import java.time.Duration;

/**
 * An action as a user wants to try it.
 *
 * @param input a JSON object, as of a run
 * @param timeout of the call, 1 ms to 30 seconds
 */
public record ActionTrialDraft(Action action, JsonText input, Duration timeout) {
    private static final Duration LONGEST_TIMEOUT = Duration.ofSeconds(30);

    public ActionTrialDraft {
        if (!input.isObject()) {
            throw new InvalidException("input", "must be a JSON object");
        }
        TimerSpec.checkTimeout(timeout);
        if (timeout.compareTo(LONGEST_TIMEOUT) > 0) {
            throw new InvalidException("timeout", "must be from PT0.001S to PT30S");
        }
    }
}
