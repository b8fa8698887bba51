package dev.bide.workflow;

import dev.bide.json.InvalidException;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * A run as a user asks for it.
 *
 * @param key the user's own name for it, unique within its workflow: the same key again means the same run
 * @param input a JSON object that fills the bodies and headers of the calls
 */
public record RunDraft(@Nullable String key, @Nullable ZoneId timezone, JsonText input) {
    public static final int LONGEST_KEY = 200;

    public RunDraft {
        if (key != null) {
            checkKey(key);
        }
        if (!input.isObject()) {
            throw new InvalidException("input", "must be a JSON object");
        }
    }

    /** Whether {@link #checkKey} takes it. */
    public static boolean isKey(String text) {
        try {
            checkKey(text);
            return true;
        } catch (InvalidException e) {
            return false;
        }
    }

    /** The key of a run, or of a timer. */
    public static void checkKey(String key) {
        Checks.text("key", key, LONGEST_KEY);
    }
}
