package dev.bide.delay;

import java.time.Duration;
import java.util.Locale;

/** The unit of a period. In JSON its name in lower case. */
public enum PeriodUnit {
    SECONDS(Duration.ofSeconds(1)),
    MINUTES(Duration.ofMinutes(1)),
    HOURS(Duration.ofHours(1)),
    DAYS(Duration.ofDays(1)),
    WEEKS(Duration.ofDays(7));

    private final Duration length;

    PeriodUnit(Duration length) {
        this.length = length;
    }

    /** How long one unit is, a day being 24 hours. */
    public Duration length() {
        return length;
    }

    boolean isCalendarUnit() {
        return this == DAYS || this == WEEKS;
    }

    /** The name in JSON. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
