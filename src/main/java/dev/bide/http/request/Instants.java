package dev.bide.http.request;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/** Instants as clients send them. */
final class Instants {
    static final String RULE = "must be an instant such as 2027-03-01T09:00:00Z, in the years 1 to 9999";

    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999Z");

    private Instants() {}

    /**
     * The instant, rounded up to a whole millisecond, so that what waits for it is never early. Any offset will do. Years that PostgreSQL
     * does not know are refused.
     *
     * @throws DateTimeException if it is none
     */
    static Instant parse(String text) {
        Instant instant = DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(text, Instant::from);
        Instant down = instant.truncatedTo(ChronoUnit.MILLIS);
        Instant up = down.equals(instant) ? down : down.plusMillis(1);
        if (!isKnown(instant) || !isKnown(up)) {
            throw new DateTimeException("out of range");
        }
        return up;
    }

    /** Whether PostgreSQL knows its year. */
    static boolean isKnown(Instant instant) {
        return !instant.isBefore(EARLIEST) && !instant.isAfter(LATEST);
    }
}
