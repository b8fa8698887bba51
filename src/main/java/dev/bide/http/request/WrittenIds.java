package dev.bide.http.request;

import dev.bide.json.InvalidException;
import dev.bide.workflow.RefusedException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** Ids as they stand in urls and bodies. */
public final class WrittenIds {
    private static final Pattern ID = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    private static final Pattern PROBLEM = Pattern.compile("[0-9a-f]{16}");

    private WrittenIds() {}

    /** The id of a problem, as answers have it. */
    public static String problem(long id) {
        return HexFormat.of().toHexDigits(id);
    }

    /** The id of a problem that a field or a parameter holds. */
    public static long problem(String name, String text) {
        if (!PROBLEM.matcher(text).matches()) {
            throw new InvalidException(name, "must be 16 hexadecimal digits, in small letters");
        }
        return HexFormat.fromHexDigitsToLong(text);
    }

    /** The id of the path; 404 for what can't be one, as for one that isn't there. */
    public static UUID path(String what, String text) {
        return parse(text).orElseThrow(() -> RefusedException.notFound(what, text));
    }

    /** The id that a field or a parameter holds. */
    static UUID field(String name, String text) {
        return parse(text).orElseThrow(() -> new InvalidException(name, "must be a UUID"));
    }

    /** Only the 36 characters of RFC 9562; {@link UUID#fromString} takes {@code 1-1-1-1-1} too. */
    public static Optional<UUID> parse(String text) {
        return ID.matcher(text).matches() ? Optional.of(UUID.fromString(text)) : Optional.empty();
    }
}
