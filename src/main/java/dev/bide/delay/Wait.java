package dev.bide.delay;

import dev.bide.json.FieldError;
import dev.bide.json.Instants;
import dev.bide.json.InvalidException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import org.jspecify.annotations.Nullable;

/** One wait: when and in which zone it begins, and what local days and times mean in it. */
record Wait(Instant from, ZoneId zone) {
    /** No ten years are longer than this; with three leap days among them. */
    static final Duration LONGEST = Duration.ofDays(Delay.LONGEST_YEARS * 365 + 3);

    Wait {
        if (!Instants.isKnown(from)) {
            throw new InvalidException("from", "must be in the years 1 to 9999");
        }
    }

    /** The local date on which the wait begins. */
    LocalDate today() {
        return LocalDate.ofInstant(from, zone);
    }

    /** The one instant that a time of day on a date means; without a time, the first instant of the date. */
    Instant moment(LocalDate date, @Nullable LocalTime at) {
        return (at == null ? date.atStartOfDay(zone) : ZonedDateTime.of(date, at, zone)).toInstant();
    }

    /**
     * The answer for a wait that is over at the given moment, or at once if that lies before the wait began: a clock
     * set back across midnight can put tomorrow's first minute before now.
     *
     * @param field the delay's field to blame if that is too far ahead
     */
    DueTime until(Instant moment, String field) {
        if (moment.isAfter(from.atZone(zone).plusYears(Delay.LONGEST_YEARS).toInstant())) {
            return tooFar(field, "makes the wait end more than " + Delay.LONGEST_YEARS + " years after it begins");
        }
        Instant at = Instants.up(moment.isBefore(from) ? from : moment);
        return Instants.isKnown(at) ? new DueTime.Due(at) : tooFar(field, "makes the wait end after the year 9999");
    }

    private static DueTime tooFar(String field, String rule) {
        return new DueTime.Rejected(new FieldError(field, rule));
    }
}
