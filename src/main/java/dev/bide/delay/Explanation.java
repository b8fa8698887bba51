package dev.bide.delay;

import dev.bide.json.Instants;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * What the rule of a delay answers, and why. The answer is the rule's own; nothing here decides it.
 *
 * @param due what the rule answers
 * @param local the same in the zone, with its offset; null where nothing becomes due
 * @param zone that the delay is counted in
 * @param rule in words
 * @param clockChange what the local time asked for meets; null where it is one as any other
 */
public record Explanation(
        DueTime due,
        @Nullable OffsetDateTime local,
        ZoneId zone,
        String rule,
        @Nullable ClockChange clockChange) {

    /**
     * When a wait that begins at {@code from} is over, explained.
     *
     * @param defaultZone as for {@link Delay#dueTime}, which may refuse {@code from} too
     */
    public static Explanation of(Delay delay, Instant from, ZoneId defaultZone) {
        Wait wait = new Wait(from, delay.zoneOr(defaultZone));
        ZoneId zone = wait.zone();
        String rule = DelayWords.of(delay, zone);
        DueTime due = delay.dueTime(from, defaultZone);
        return due instanceof DueTime.Due moment
                ? new Explanation(
                        due, moment.at().atZone(zone).toOffsetDateTime(), zone, rule, change(delay, wait, moment.at()))
                : new Explanation(due, null, zone, rule, null);
    }

    /**
     * A delay asks for a local time on a day; which day it was, its answer tells. That is the answer's own local day, or the one before, where a
     * gap has moved the time past midnight, or the one after, where that had begun once and the clock was set back.
     */
    private static @Nullable ClockChange change(Delay delay, Wait wait, Instant due) {
        Predicate<LocalDate> picks = picks(delay, wait);
        LocalDate answered = LocalDate.ofInstant(due, wait.zone());
        return LongStream.of(0, -1, 1)
                .mapToObj(answered::plusDays)
                .filter(picks)
                .filter(day -> isAnswer(day, delay.at(), wait, due))
                .findFirst()
                .map(day -> change(asked(day, delay.at()), wait.zone()))
                .orElse(null);
    }

    /** Whether the time asked for on that day is what became {@code due}: as it is, or at once where it comes again but its first is over. */
    private static boolean isAnswer(LocalDate day, @Nullable LocalTime at, Wait wait, Instant due) {
        Instant moment = wait.moment(day, at);
        if (!moment.isBefore(wait.from())) {
            return moment.equals(due);
        }
        return due.equals(Instants.up(wait.from()))
                && asked(day, at).isAfter(LocalDateTime.ofInstant(wait.from(), wait.zone()));
    }

    private static LocalDateTime asked(LocalDate day, @Nullable LocalTime at) {
        return day.atTime(at == null ? LocalTime.MIDNIGHT : at);
    }

    private static @Nullable ClockChange change(LocalDateTime asked, ZoneId zone) {
        return switch (zone.getRules().getValidOffsets(asked).size()) {
            case 0 -> new ClockChange(ClockChange.Kind.GAP, asked);
            case 1 -> null;
            default -> new ClockChange(ClockChange.Kind.OVERLAP, asked);
        };
    }

    /** Whether the delay waits for that day. One that has begun is no wait for its beginning. */
    private static Predicate<LocalDate> picks(Delay delay, Wait wait) {
        LocalDate today = wait.today();
        Predicate<LocalDate> days = days(delay, today);
        return delay.at() == null && days.test(today) ? day -> false : days;
    }

    private static Predicate<LocalDate> days(Delay delay, LocalDate today) {
        if (delay instanceof PeriodDelay period) {
            return period.at() == null
                    ? day -> false
                    : today.plusDays(period.amount() * period.unit().length().toDays())::equals;
        }
        if (delay instanceof WeekdaysDelay weekdays) {
            return day -> weekdays.days().contains(day.getDayOfWeek());
        }
        if (delay instanceof DayOfYearDelay dayOfYear) {
            return day -> day.getMonth() == dayOfYear.date().getMonth()
                    && day.getDayOfMonth() == dayOfYear.date().getDayOfMonth();
        }
        return ((DateDelay) delay).date()::equals;
    }
}
