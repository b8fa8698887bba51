package dev.bide.delay;

import dev.bide.json.FieldError;
import dev.bide.json.InvalidException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A date: its start, or at once if it is today; or, with {@code at}, that time of day on it.
 *
 * @param date in the years 0 to 9999
 * @param at the local time of day, in whole seconds
 * @param ifPast what to do if the date has passed; null counts as {@link IfPast#FIRE}
 * @param timezone the zone of the date
 */
public record DateDelay(
        LocalDate date,
        @Nullable LocalTime at,
        @Nullable IfPast ifPast,
        @Nullable ZoneId timezone) implements Delay {

    public DateDelay {
        if (date.getYear() < 0 || date.getYear() > 9999) {
            throw new InvalidException("date", "must be in the years 0000 to 9999");
        }
        Checks.timeOfDay(at);
        Checks.timezone(timezone);
    }

    @Override
    public DueTime dueTime(Instant from, ZoneId defaultZone) {
        Wait wait = new Wait(from, zoneOr(defaultZone));
        if (at == null) {
            LocalDate today = wait.today();
            return date.isBefore(today)
                    ? passed(wait)
                    : wait.until(date.equals(today) ? from : wait.moment(date, null), "date");
        }
        Instant moment = wait.moment(date, at);
        return moment.isBefore(from) ? passed(wait) : wait.until(moment, "date");
    }

    private DueTime passed(Wait wait) {
        return switch (ifPast == null ? IfPast.FIRE : ifPast) {
            case FIRE -> wait.until(wait.from(), "date");
            case SKIP -> new DueTime.Skipped();
            case REJECT -> new DueTime.Rejected(new FieldError("date", "has passed"));
        };
    }

    @Override
    public Map<String, Object> toJson() {
        return new DelayWriter("date")
                .text("date", date)
                .text("at", at)
                .text("ifPast", ifPast)
                .text("timezone", timezone)
                .fields();
    }
}
