package dev.bide.delay;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.ZoneId;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The next time that a day of the year comes round, by the rules of a date; 29 February waits for a leap year. In JSON
 * a {@code date} without a year: {@code --12-24}.
 *
 * @param date the month and day
 * @param at the local time of day, in whole seconds
 * @param ifPast allowed as for a date, but without effect: the next such day is never past
 * @param timezone the zone of the day
 */
public record DayOfYearDelay(
        MonthDay date,
        @Nullable LocalTime at,
        @Nullable IfPast ifPast,
        @Nullable ZoneId timezone) implements Delay {

    public DayOfYearDelay {
        Checks.timeOfDay(at);
        Checks.timezone(timezone);
    }

    @Override
    public DueTime dueTime(Instant from, ZoneId defaultZone) {
        Wait wait = new Wait(from, zoneOr(defaultZone));
        LocalDate today = wait.today();
        if (at == null) {
            LocalDate day = nextDay(today.minusDays(1));
            return wait.until(day.equals(today) ? from : wait.moment(day, null), "date");
        }
        // Yesterday's time of day may still lie ahead, where a gap has moved it past midnight.
        Instant moment;
        LocalDate day = today.minusDays(2);
        do {
            day = nextDay(day);
            moment = wait.moment(day, at);
        } while (moment.isBefore(from));
        return wait.until(moment, "date");
    }

    /** The first such day that is later than the given one. */
    private LocalDate nextDay(LocalDate day) {
        int year = day.getYear();
        while (!date.isValidYear(year) || !date.atYear(year).isAfter(day)) {
            year++;
        }
        return date.atYear(year);
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
