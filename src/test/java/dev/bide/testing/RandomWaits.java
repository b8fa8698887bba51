package dev.bide.testing;

import dev.bide.delay.DateDelay;
import dev.bide.delay.DayOfYearDelay;
import dev.bide.delay.Delay;
import dev.bide.delay.IfPast;
import dev.bide.delay.PeriodDelay;
import dev.bide.delay.PeriodUnit;
import dev.bide.delay.WeekdaysDelay;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.ZoneId;
import java.time.temporal.TemporalAdjusters;
import java.time.zone.ZoneOffsetTransition;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Waits in every time zone that begin and end where the calendar is odd: around changes of the clock, leap days, ends
 * of months and years, midnight.
 */
public final class RandomWaits {

    /** A delay, when its wait begins, and the zone that counts where the delay has none. */
    public record RandomWait(Delay delay, Instant from, ZoneId zone) {}

    private static final Instant EARLIEST = Instant.parse("1990-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("2060-01-01T00:00:00Z");

    private final Random random;

    public RandomWaits(Random random) {
        this.random = random;
    }

    /** So many waits in each zone of the time zone database. */
    public void forEachZone(int waits, Consumer<RandomWait> consumer) {
        ZoneId.getAvailableZoneIds().stream()
                .sorted()
                .map(ZoneId::of)
                .flatMap(zone -> IntStream.range(0, waits).mapToObj(i -> wait(zone)))
                .forEach(consumer);
    }

    private RandomWait wait(ZoneId zone) {
        LocalDateTime odd = oddMoment(zone);
        Instant from =
                jitter(odd.minusHours(random.nextInt(9 * 24)).atZone(zone).toInstant());
        if (random.nextInt(4) == 0) {
            from = jitter(odd.atZone(zone).toInstant());
        }
        LocalTime near = odd.toLocalTime().plusMinutes(random.nextInt(-90, 91)).withNano(0);
        LocalTime at = random.nextInt(3) == 0 ? LocalTime.ofSecondOfDay(random.nextInt(86_400)) : near;
        return new RandomWait(delay(odd.toLocalDate(), at, random.nextBoolean() ? zone : null), from, zone);
    }

    private Delay delay(LocalDate odd, LocalTime time, @Nullable ZoneId own) {
        LocalTime at = random.nextInt(4) == 0 ? null : time;
        return switch (random.nextInt(8)) {
            case 0 -> new PeriodDelay(random.nextInt(1, 10), PeriodUnit.DAYS, at, own);
            case 1 -> new PeriodDelay(random.nextInt(100_000), PeriodUnit.MINUTES, null, own);
            case 2 -> new DateDelay(odd.plusDays(random.nextInt(-1, 2)), at, IfPast.FIRE, own);
            case 3 -> new DayOfYearDelay(MonthDay.from(odd.plusDays(random.nextInt(-1, 2))), at, null, own);
            default -> new WeekdaysDelay(days(odd), at, own);
        };
    }

    /** The odd day's weekday, mostly, and some others. */
    private Set<DayOfWeek> days(LocalDate odd) {
        Set<DayOfWeek> days = EnumSet.of(odd.plusDays(random.nextInt(-1, 2)).getDayOfWeek());
        Stream.of(DayOfWeek.values()).filter(day -> random.nextInt(6) == 0).forEach(days::add);
        return days;
    }

    private LocalDateTime oddMoment(ZoneId zone) {
        Instant any = Instant.ofEpochSecond(random.nextLong(EARLIEST.getEpochSecond(), LATEST.getEpochSecond()));
        LocalDateTime local = LocalDateTime.ofInstant(any, zone);
        ZoneOffsetTransition change = zone.getRules().nextTransition(any);
        return switch (random.nextInt(change == null ? 3 : 8)) {
            case 0 -> local;
            case 1 -> local.with(TemporalAdjusters.lastDayOfMonth()).with(LocalTime.MIDNIGHT);
            case 2 -> LocalDate.of(local.getYear() / 4 * 4, 2, 29).atTime(local.toLocalTime());
            default -> change.getDateTimeBefore();
        };
    }

    private Instant jitter(Instant instant) {
        Instant near = instant.plusSeconds(random.nextInt(-7200, 7201));
        return switch (random.nextInt(3)) {
            case 0 -> instant;
            case 1 -> near.plusMillis(random.nextInt(1000));
            default -> near.plusNanos(random.nextInt(1_000_000_000));
        };
    }
}
