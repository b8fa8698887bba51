package dev.bide.delay;

import dev.bide.json.InvalidException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A length of time, a day being 24 hours; or, with {@code at}, a time of day that many calendar days later.
 *
 * @param amount how many units; at least 0, with {@code at} at least 1; at most some ten years' worth
 * @param unit with {@code at} only days or weeks
 * @param at the local time of day, in whole seconds
 * @param timezone the zone of {@code at}
 */
public record PeriodDelay(
        long amount,
        PeriodUnit unit,
        @Nullable LocalTime at,
        @Nullable ZoneId timezone) implements Delay {

    public PeriodDelay {
        // In seconds: Duration divides and multiplies by way of BigDecimal, which was a tenth of what a request costs.
        long most = Wait.LONGEST.toSeconds() / unit.length().toSeconds();
        if (amount < 0 || amount > most) {
            throw new InvalidException("amount", "must be from 0 to " + most + " " + unit);
        }
        if (at != null) {
            Checks.timeOfDay(at);
            if (!unit.isCalendarUnit()) {
                throw new InvalidException("at", "needs a unit of days or weeks, not " + unit);
            }
            if (amount < 1) {
                throw new InvalidException("amount", "must be at least 1 where there is a time of day");
            }
        }
        Checks.timezone(timezone);
    }

    @Override
    public DueTime dueTime(Instant from, ZoneId defaultZone) {
        Wait wait = new Wait(from, zoneOr(defaultZone));
        // In range: the amount was bounded when it was read. Duration.multipliedBy calculates in BigDecimal, on the hot
        // path.
        Duration period = Duration.ofSeconds(Math.multiplyExact(unit.length().toSeconds(), amount));
        if (at == null) {
            return wait.until(from.plus(period), "amount");
        }
        LocalDate day = wait.today().plusDays(period.toDays());
        return wait.until(wait.moment(day, at), "amount");
    }

    @Override
    public Map<String, Object> toJson() {
        return new DelayWriter("period")
                .field("amount", amount)
                .text("unit", unit)
                .text("at", at)
                .text("timezone", timezone)
                .fields();
    }
}
