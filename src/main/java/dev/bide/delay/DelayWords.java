package dev.bide.delay;

import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.Month;
import java.time.ZoneId;
import java.time.format.TextStyle;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The rule of a delay as half a sentence of English. It names the time zone where that counts. */
final class DelayWords {

    /** From so many on, days in a row are called by the first and the last. */
    private static final int ROW = 3;

    private DelayWords() {}

    /** @param zone that the delay is counted in */
    static String of(Delay delay, ZoneId zone) {
        if (delay instanceof PeriodDelay period) {
            return period(period, zone);
        }
        if (delay instanceof WeekdaysDelay weekdays) {
            return day("the first " + days(List.copyOf(weekdays.days())), weekdays.at(), "on such a day", zone);
        }
        if (delay instanceof DayOfYearDelay dayOfYear) {
            String date =
                    date(dayOfYear.date().getDayOfMonth(), dayOfYear.date().getMonth());
            return day("the next " + date, dayOfYear.at(), "on that day", zone);
        }
        DateDelay date = (DateDelay) delay;
        return day(
                        date(date.date().getDayOfMonth(), date.date().getMonth()) + " "
                                + date.date().getYear(),
                        date.at(),
                        "on that day",
                        zone)
                + ifPast(date.ifPast());
    }

    private static String period(PeriodDelay period, ZoneId zone) {
        LocalTime at = period.at();
        long amount = period.amount();
        if (at == null) {
            return amount == 0 ? "at once" : length(amount, period.unit()) + " after the wait begins";
        }
        String day = amount == 1 && period.unit() == PeriodUnit.DAYS
                ? "the next day"
                : count(amount, period.unit()) + " later";
        return day + " at " + at + ", " + zone;
    }

    /** Without a time of day a day is 24 hours, whatever the clock does meanwhile. */
    private static String length(long amount, PeriodUnit unit) {
        String count = count(amount, unit);
        return unit.isCalendarUnit() ? count + " (" + amount * unit.length().toHours() + " hours)" : count;
    }

    private static String count(long amount, PeriodUnit unit) {
        String units = unit.toString();
        return amount + " " + (amount == 1 ? units.substring(0, units.length() - 1) : units);
    }

    /** Without a time of day a wait for a day is over when the day begins, or at once where it has begun. */
    private static String day(String day, @Nullable LocalTime at, String onIt, ZoneId zone) {
        return at == null
                ? "when " + day + " begins, or at once " + onIt + ", " + zone
                : day + " at " + at + ", " + zone;
    }

    private static String days(List<DayOfWeek> days) {
        DayOfWeek last = days.get(days.size() - 1);
        if (days.size() >= ROW && last.getValue() - days.get(0).getValue() == days.size() - 1) {
            return "day from " + name(days.get(0)) + " to " + name(last);
        }
        String before =
                days.subList(0, days.size() - 1).stream().map(DelayWords::name).collect(Collectors.joining(", "));
        return before.isEmpty() ? name(last) : before + " or " + name(last);
    }

    private static String name(DayOfWeek day) {
        return day.getDisplayName(TextStyle.FULL, Locale.ENGLISH);
    }

    private static String date(int day, Month month) {
        return day + " " + month.getDisplayName(TextStyle.FULL, Locale.ENGLISH);
    }

    private static String ifPast(@Nullable IfPast ifPast) {
        return switch (ifPast == null ? IfPast.FIRE : ifPast) {
            case FIRE -> "; at once if that has passed";
            case SKIP -> "; skipped if that has passed";
            case REJECT -> "; refused if that has passed";
        };
    }
}
