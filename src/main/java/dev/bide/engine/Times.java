package dev.bide.engine;

import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/** The time as the contract has it. */
final class Times {
    private Times() {}

    /** Now, in whole milliseconds: what is answered and what is stored are then the same. */
    static Instant now(InstantSource clock) {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /** In whole milliseconds, never earlier. */
    static Instant wholeMillisecond(Instant instant) {
        Instant down = instant.truncatedTo(ChronoUnit.MILLIS);
        return down.equals(instant) ? down : down.plusMillis(1);
    }

    /**
     * A due time that a user names, as it is stored: a past one means now; one that nobody can mean is refused, by the limit that holds for
     * delays too.
     */
    static Instant dueAt(String field, Instant dueAt, Instant now) {
        if (dueAt.isAfter(now.atZone(ZoneOffset.UTC).plusYears(10).toInstant())) {
            throw RefusedException.invalid(field, "must be at most 10 years ahead");
        }
        return dueAt.isAfter(now) ? wholeMillisecond(dueAt) : now;
    }
}
