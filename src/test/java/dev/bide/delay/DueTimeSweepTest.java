package dev.bide.delay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.testing.RandomWaits;
import dev.bide.testing.RandomWaits.RandomWait;
import dev.bide.testing.Seed;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The rules against their definition, spelled out day by day. */
class DueTimeSweepTest {

    @Test
    void every_rule_is_what_a_search_day_by_day_finds() {
        new RandomWaits(Seed.random())
                .forEachZone(40, wait -> assertThat(wait.delay().dueTime(wait.from(), wait.zone()))
                        .as("%s, %s", wait, Seed.hint())
                        .isEqualTo(search(wait)));
    }

    private static DueTime search(RandomWait wait) {
        Delay delay = wait.delay();
        Instant from = wait.from();
        ZoneId zone = delay.timezone() == null ? wait.zone() : delay.timezone();
        LocalDate today = from.atZone(zone).toLocalDate();
        Instant due;
        if (delay instanceof PeriodDelay period && period.at() == null) {
            due = from.plus(period.unit().length().multipliedBy(period.amount()));
        } else if (delay instanceof PeriodDelay period) {
            due = ZonedDateTime.of(today.plusDays(period.amount()), period.at(), zone)
                    .toInstant();
        } else if (delay instanceof WeekdaysDelay weekdays) {
            due = first(day -> weekdays.days().contains(day.getDayOfWeek()), weekdays.at(), from, zone);
        } else if (delay instanceof DayOfYearDelay dayOfYear) {
            due = first(day -> MonthDay.from(day).equals(dayOfYear.date()), dayOfYear.at(), from, zone);
        } else {
            DateDelay date = (DateDelay) delay;
            due = date.date().isBefore(today) && date.at() == null
                    ? from
                    : first(date.date()::equals, date.at(), from, zone);
        }
        return new DueTime.Due(roundedUp(due == null || due.isBefore(from) ? from : due));
    }

    private static @Nullable Instant first(
            Predicate<LocalDate> picked, @Nullable LocalTime at, Instant from, ZoneId zone) {
        LocalDate today = from.atZone(zone).toLocalDate();
        Stream<LocalDate> days = Stream.iterate(today.minusDays(at == null ? 0 : 2), day -> day.plusDays(1))
                .limit(9 * 366)
                .filter(picked);
        return at == null
                ? days.map(day -> day.equals(today)
                                ? from
                                : day.atStartOfDay(zone).toInstant())
                        .findFirst()
                        .orElse(null)
                : days.map(day -> ZonedDateTime.of(day, at, zone).toInstant())
                        .filter(moment -> !moment.isBefore(from))
                        .findFirst()
                        .orElse(null);
    }

    private static Instant roundedUp(Instant instant) {
        long millis = instant.toEpochMilli();
        Instant down = Instant.ofEpochMilli(millis);
        return Duration.between(down, instant).isZero() ? down : down.plusMillis(1);
    }
}
