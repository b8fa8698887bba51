package dev.bide.workflow;

import dev.bide.json.InvalidException;
import dev.bide.json.PlainText;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The checks that several values share. */
final class Checks {
    private Checks() {}

    static <T> T required(String field, @Nullable T value) {
        if (value == null) {
            throw new InvalidException(field, "is required");
        }
        return value;
    }

    /** Text of 1 to {@code longest} characters that is not blank and holds no control characters. */
    static String text(String field, @Nullable String value, int longest) {
        String text = required(field, value);
        if (text.isBlank()) {
            throw new InvalidException(field, "must not be blank");
        }
        return plain(field, text, longest);
    }

    static String plain(String field, String value, int longest) {
        if (isLonger(value, longest)) {
            throw new InvalidException(field, "must have at most " + longest + " characters");
        }
        if (!PlainText.isPlain(value)) {
            throw new InvalidException(field, "must not hold control characters");
        }
        return Objects.requireNonNull(value);
    }

    /** Lengths are counted in characters as people see them, so in code points, as JSON Schema and PostgreSQL count them. */
    static boolean isLonger(String value, int longest) {
        return value.length() > longest && value.codePointCount(0, value.length()) > longest;
    }
}
