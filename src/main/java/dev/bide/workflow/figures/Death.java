package dev.bide.workflow.figures;

import dev.bide.json.InvalidException;
import org.jspecify.annotations.Nullable;

/**
 * What a timer died of, so that those that died alike are found together.
 *
 * @param problem the same for all that died alike: of one destination, outcome, status and text
 * @param host with its port
 * @param outcome of the last attempt, {@code failed} or {@code refused}
 * @param text what went wrong, without what differs from one to the next
 */
public record Death(
        long problem,
        int lane,
        String host,
        String outcome,
        @Nullable Integer httpStatus,
        String text) {
    public static final int LONGEST_TEXT = 160;

    public Death {
        if (text.codePointCount(0, text.length()) > LONGEST_TEXT) {
            throw new InvalidException("text", "must have at most " + LONGEST_TEXT + " characters");
        }
    }
}
