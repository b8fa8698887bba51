package dev.bide.json;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/** Instants as they are sent and kept: in whole milliseconds, in years that PostgreSQL knows. */
public final class Instants {
    public static final String RULE = "must be an instant such as 2027-03-01T09:00:00Z, in the years 1 to 9999";

    public static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999Z");

    private Instants() {}

    /**
     * The instant, rounded up to a whole millisecond. Any offset will do. Years that PostgreSQL does not know are refused.
     *
     * @throws DateTimeException if it is none
     */
    public static Instant parse(String text) {
        Instant instant = DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(text, Instant::from);
        Instant up = up(instant);
        if (!isKnown(instant) || !isKnown(up)) {
            throw new DateTimeException("out of range");
        }
        return up;
    }

    /** In whole milliseconds, never earlier: what waits for it is never early. */
    public static Instant up(Instant instant) {
        Instant down = instant.truncatedTo(ChronoUnit.MILLIS);
        return down.equals(instant) ? down : down.plusMillis(1);
    }

    /** Whether PostgreSQL knows its year. */
    public static boolean isKnown(Instant instant) {
        return !instant.isBefore(EARLIEST) && !instant.isAfter(LATEST);
    }
}
