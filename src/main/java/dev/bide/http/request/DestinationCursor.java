package dev.bide.http.request;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bide.json.InvalidException;
import dev.bide.workflow.figures.HostPort;
import java.util.Base64;
import java.util.zip.CRC32;

/** The place in the list of destinations as clients carry it: the last one's name, with a checksum that tells a cursor which was cut, changed, or taken from another list. */
public final class DestinationCursor {
    private static final char BETWEEN = ' ';
    private static final int LONGEST = 1_000;

    private DestinationCursor() {}

    /** Text that can stand in a url. */
    public static String text(HostPort last) {
        String place = last.host() + BETWEEN + last.port();
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((place + BETWEEN + checksum(place)).getBytes(UTF_8));
    }

    /** What {@link #text} wrote; {@link InvalidException} for anything else. */
    public static HostPort parse(String text) {
        if (text.length() <= LONGEST) {
            try {
                String[] parts = new String(Base64.getUrlDecoder().decode(text), UTF_8).split(" ", -1);
                if (parts.length == 3) {
                    HostPort last = new HostPort(parts[0], Integer.parseInt(parts[1]));
                    if (text(last).equals(text)) {
                        return last;
                    }
                }
            } catch (IllegalArgumentException e) {
                // Below, as all others.
            }
        }
        throw new InvalidException("cursor", "is not one that this list has answered with");
    }

    private static String checksum(String place) {
        CRC32 checksum = new CRC32();
        checksum.update(("DESTINATIONS" + place).getBytes(UTF_8));
        return Long.toHexString(checksum.getValue());
    }
}
