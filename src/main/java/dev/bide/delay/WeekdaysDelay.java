package dev.bide.delay;

import dev.bide.json.InvalidException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The next of some days of the week: at once if today is one of them, else at the start of the first that is; or, with
 * {@code at}, the first time that it is that time of day on one of them.
 *
 * @param days at least one; kept in week order
 * @param at the local time of day, in whole seconds
 * @param timezone the zone of the days
 */
public record WeekdaysDelay(
        Set<DayOfWeek> days,
        @Nullable LocalTime at,
        @Nullable ZoneId timezone) implements Delay {

    public WeekdaysDelay {
        if (days.isEmpty()) {
            throw new InvalidException("days", "must name at least one day");
        }
        days = Collections.unmodifiableSet(EnumSet.copyOf(days));
        Checks.timeOfDay(at);
        Checks.timezone(timezone);
    }

    @Override
    public DueTime dueTime(Instant from, ZoneId defaultZone) {
        Wait wait = new Wait(from, zoneOr(defaultZone));
        LocalDate today = wait.today();
        if (at == null) {
            return wait.until(includes(today) ? from : wait.moment(nextDay(today), null), "days");
        }
        // Yesterday's time of day may still lie ahead, where a gap has moved it past midnight.
        Instant moment;
        LocalDate day = today.minusDays(2);
        do {
            day = nextDay(day);
            moment = wait.moment(day, at);
        } while (moment.isBefore(from));
        return wait.until(moment, "days");
    }

    /** The first of the days that is later than the given one. */
    private LocalDate nextDay(LocalDate day) {
        LocalDate next = day.plusDays(1);
        while (!includes(next)) {
            next = next.plusDays(1);
        }
        return next;
    }

    private boolean includes(LocalDate day) {
        return days.contains(day.getDayOfWeek());
    }

    @Override
    public Map<String, Object> toJson() {
        return new DelayWriter("weekdays")
                .field("days", days.stream().map(DayOfWeek::name).toList())
                .text("at", at)
                .text("timezone", timezone)
                .fields();
    }
}
