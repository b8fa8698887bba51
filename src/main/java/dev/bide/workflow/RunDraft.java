package dev.bide.workflow;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * A run as a user asks for it.
 *
 * @param key the user's own name for it, unique within its workflow: the same key again means the same run
 * @param input a JSON object that fills the bodies and headers of the calls
 */
public record RunDraft(
        @JsonProperty("key") @Nullable String key,
        @JsonProperty("timezone") @Nullable ZoneId timezone,
        @JsonProperty("input") JsonText input) {
    public static final int LONGEST_KEY = 200;

    public RunDraft {
        if (key != null) {
            checkKey(key);
        }
        input = input == null ? JsonText.EMPTY_OBJECT : input;
        if (!input.isObject()) {
            throw new InvalidValueException("input", "must be a JSON object");
        }
    }

    /** Whether {@link #checkKey} takes it. */
    public static boolean isKey(String text) {
        try {
            checkKey(text);
            return true;
        } catch (InvalidValueException e) {
            return false;
        }
    }

    /** The key of a run, or of a timer. */
    public static void checkKey(String key) {
        Checks.text("key", key, LONGEST_KEY);
    }
}
