package dev.bide.workflow.store;

import dev.bide.json.InvalidException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** Days (UTC), from {@code first} to {@code last}, both included. */
public record Days(LocalDate first, LocalDate last) {
    public Days {
        if (last.isBefore(first)) {
            throw new InvalidException("last", "is before first");
        }
    }

    /** The day of {@code instant}. */
    public static Days of(Instant instant) {
        LocalDate day = day(instant);
        return new Days(day, day);
    }

    public static LocalDate day(Instant instant) {
        return LocalDate.ofInstant(instant, ZoneOffset.UTC);
    }
}
