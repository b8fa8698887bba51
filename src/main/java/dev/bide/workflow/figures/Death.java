package dev.bide.workflow.figures;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bide.json.InvalidException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
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

    /** Of the rules that make the text and the id: those of other rules are other problems. */
    private static final int RULES = 1;

    public Death {
        if (text.codePointCount(0, text.length()) > LONGEST_TEXT) {
            throw new InvalidException("text", "must have at most " + LONGEST_TEXT + " characters");
        }
    }

    /** @param error of the last attempt, as it is told there */
    public static Death of(
            String host, int lane, String outcome, @Nullable Integer httpStatus, @Nullable String error) {
        String text = FailureText.of(error == null ? "" : error);
        String alike = String.join(
                "\n", String.valueOf(RULES), host, outcome, String.valueOf(httpStatus == null ? 0 : httpStatus), text);
        return new Death(digest(alike), lane, host, outcome, httpStatus, text);
    }

    /** The first 64 bits: among a million problems two are the same by a chance of one in 37 million. */
    private static long digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
            return ByteBuffer.wrap(digest).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("each Java has SHA-256", e);
        }
    }
}
