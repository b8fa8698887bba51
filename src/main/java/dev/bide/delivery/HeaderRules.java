package dev.bide.delivery;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Which headers a user may send. */
final class HeaderRules {

    static final String IDEMPOTENCY_KEY = "Idempotency-Key";
    static final String ATTEMPT = "Bide-Attempt";
    static final String DUE_AT = "Bide-Due-At";
    static final String TEST = "Bide-Test";

    /** W3C Trace Context, section 3.2. A user may set another. */
    static final String TRACE = "traceparent";

    private static final int NAME_LENGTH = 128;

    /** About the connection and the message, not the request: RFC 9110 section 7.6.1, RFC 9112. */
    private static final Set<String> OF_THE_CONNECTION = Set.of(
            "connection",
            "keep-alive",
            "transfer-encoding",
            "te",
            "trailer",
            "upgrade",
            "http2-settings",
            "host",
            "content-length",
            "expect");

    private static final Set<String> OURS =
            Set.of("idempotency-key", "user-agent", "webhook-id", "webhook-timestamp", "webhook-signature");

    private HeaderRules() {}

    static Optional<String> nameProblem(String name) {
        if (name.isEmpty() || name.length() > NAME_LENGTH || !name.chars().allMatch(HeaderRules::tokenCharacter)) {
            return Optional.of("must have a name of 1 to " + NAME_LENGTH + " letters, digits or !#$%&'*+-.^_`|~");
        }
        String lower = name.toLowerCase(Locale.ROOT);
        if (OF_THE_CONNECTION.contains(lower) || lower.startsWith("proxy-")) {
            return Optional.of("must not be set: it belongs to the connection");
        }
        if (OURS.contains(lower) || lower.startsWith("bide-")) {
            return Optional.of("must not be set: Bide sets it");
        }
        return Optional.empty();
    }

    /**
     * What is wrong with a name when an action is stored, though it could be sent: bodies are sent as they are, so that no coding is true of them
     * (RFC 9110 section 8.4).
     */
    static Optional<String> storedNameProblem(String name) {
        return name.equalsIgnoreCase("Content-Encoding")
                ? Optional.of("must not be set: bodies are sent as they are, and never packed")
                : nameProblem(name);
    }

    static Optional<String> valueProblem(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || (c >= 0x7f && c < 0xa0) || c == '\u2028' || c == '\u2029') {
                return Optional.of("must not hold control characters or line breaks");
            }
            if (Character.isSurrogate(c)) {
                if (!Character.isHighSurrogate(c)
                        || i + 1 == value.length()
                        || !Character.isLowSurrogate(value.charAt(i + 1))) {
                    return Optional.of("must not hold half a surrogate pair");
                }
                i++;
            }
        }
        return Optional.empty();
    }

    /** RFC 9110 section 5.6.2. */
    private static boolean tokenCharacter(int c) {
        return (c >= '0' && c <= '9')
                || (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }
}
