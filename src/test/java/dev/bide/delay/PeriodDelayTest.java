package dev.bide.delay;

import static dev.bide.delay.Expectations.due;
import static dev.bide.delay.Expectations.time;
import static dev.bide.delay.Expectations.zone;
import static dev.bide.delay.PeriodUnit.DAYS;
import static dev.bide.delay.PeriodUnit.HOURS;
import static dev.bide.delay.PeriodUnit.MINUTES;
import static dev.bide.delay.PeriodUnit.SECONDS;
import static dev.bide.delay.PeriodUnit.WEEKS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bide.json.InvalidException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PeriodDelayTest {

    private static PeriodDelay period(long amount, PeriodUnit unit) {
        return new PeriodDelay(amount, unit, null, null);
    }

    private static PeriodDelay period(long amount, PeriodUnit unit, String at) {
        return new PeriodDelay(amount, unit, time(at), null);
    }

    @Test
    void a_period_is_added_to_the_instant() {
        assertThat(due(period(45, SECONDS), "2026-11-24T10:15:30.250Z")).isEqualTo("2026-11-24T10:16:15.250Z");
        assertThat(due(period(90, MINUTES), "2026-11-24T10:15Z")).isEqualTo("2026-11-24T11:45Z");
        assertThat(due(period(36, HOURS), "2026-11-24T10:15Z")).isEqualTo("2026-11-25T22:15Z");
        assertThat(due(period(5, DAYS), "2028-02-26T10:15Z")).isEqualTo("2028-03-02T10:15Z");
        assertThat(due(period(2, WEEKS), "2026-12-24T10:15Z")).isEqualTo("2027-01-07T10:15Z");
    }

    @ParameterizedTest
    @EnumSource(PeriodUnit.class)
    void a_period_of_nothing_is_due_at_once(PeriodUnit unit) {
        assertThat(due(period(0, unit), "2026-11-24T10:15Z")).isEqualTo("2026-11-24T10:15Z");
    }

    @Test
    void a_day_is_24_hours_even_across_a_change_of_the_clock() {
        assertThat(due(period(1, DAYS), "2026-03-28T12:00+01:00[Europe/Berlin]"))
                .isEqualTo("2026-03-29T13:00+02:00[Europe/Berlin]");
        assertThat(due(period(1, WEEKS), "2026-10-24T12:00+02:00[Europe/Berlin]"))
                .isEqualTo("2026-10-31T11:00+01:00[Europe/Berlin]");
    }

    @Test
    void fractions_of_a_millisecond_are_rounded_up_so_that_it_is_never_early() {
        assertThat(due(period(1, SECONDS), "2026-11-24T10:15:30.000000001Z")).isEqualTo("2026-11-24T10:15:31.001Z");
        assertThat(due(period(1, SECONDS), "2026-11-24T10:15:30.999999Z")).isEqualTo("2026-11-24T10:15:32Z");
    }

    @Test
    void with_a_time_of_day_it_is_that_time_that_many_calendar_days_later() {
        assertThat(due(period(1, DAYS, "09:00"), "2026-11-24T00:00+01:00[Europe/Berlin]"))
                .isEqualTo("2026-11-25T09:00+01:00[Europe/Berlin]");
        assertThat(due(period(1, DAYS, "09:00"), "2026-11-24T23:59:59.999999+01:00[Europe/Berlin]"))
                .isEqualTo("2026-11-25T09:00+01:00[Europe/Berlin]");
        assertThat(due(period(2, WEEKS, "18:30:15"), "2026-11-24T20:00+01:00[Europe/Berlin]"))
                .isEqualTo("2026-12-08T18:30:15+01:00[Europe/Berlin]");
    }

    @Test
    void with_a_time_of_day_the_clock_may_change_in_between() {
        assertThat(due(period(1, DAYS, "09:00"), "2026-03-28T12:00+01:00[Europe/Berlin]"))
                .isEqualTo("2026-03-29T09:00+02:00[Europe/Berlin]");
        assertThat(due(period(30, DAYS, "00:00"), "2028-02-01T12:00+01:00[Europe/Berlin]"))
                .isEqualTo("2028-03-02T00:00+01:00[Europe/Berlin]");
    }

    @Test
    void the_days_are_counted_from_the_local_date() {
        // 20:00 in Berlin is already tomorrow in Tokyo.
        PeriodDelay tokyo = new PeriodDelay(1, DAYS, time("09:00"), zone("Asia/Tokyo"));
        assertThat(due(tokyo, "2026-11-24T20:00+01:00[Europe/Berlin]")).isEqualTo("2026-11-26T09:00+09:00[Asia/Tokyo]");
    }

    @Test
    void ten_years_are_the_most() {
        assertThat(due(period(3652, DAYS), "2027-03-01T00:00Z")).isEqualTo("2037-02-28T00:00Z");
        assertThat(due(period(3653, DAYS), "2027-03-01T00:00Z")).isEqualTo("2037-03-01T00:00Z");
        assertThat(due(period(3653, DAYS), "2029-03-01T00:00Z")).contains("makes the wait end", "field=amount");
        assertThat(due(period(521, WEEKS, "09:00"), "2026-11-24T10:00Z")).isEqualTo("2036-11-18T09:00Z");
        assertThat(due(period(3653, DAYS, "09:01"), "2026-11-24T09:00Z"))
                .contains("makes the wait end", "field=amount");
    }

    @ParameterizedTest
    @EnumSource(PeriodUnit.class)
    void no_amount_that_is_accepted_overflows(PeriodUnit unit) {
        long most = Duration.ofDays(3653).dividedBy(unit.length());
        for (String from : new String[] {"0001-01-01T00:00Z", "2026-11-24T10:00Z", "9999-12-31T23:59Z"}) {
            assertThat(due(period(most, unit), from)).isNotEmpty();
        }
        assertThatThrownBy(() -> period(most + 1, unit)).hasMessageContaining("amount must be from 0 to " + most);
        assertThatThrownBy(() -> period(Long.MAX_VALUE, unit)).isInstanceOf(InvalidException.class);
        assertThatThrownBy(() -> period(Long.MIN_VALUE, unit)).isInstanceOf(InvalidException.class);
    }

    @Test
    void values_made_in_code_are_checked_as_well() {
        assertThatThrownBy(() -> new PeriodDelay(1, DAYS, LocalTime.of(9, 0, 0, 1), null))
                .hasMessageStartingWith("at ");
        assertThatThrownBy(() -> new PeriodDelay(1, DAYS, null, ZoneOffset.UTC)).hasMessageStartingWith("timezone ");
    }

    @Test
    void a_wait_begins_in_the_years_1_to_9999() {
        for (Instant from : new Instant[] {Instant.MIN, Instant.MAX, Instant.parse("0000-12-31T23:59:59.999Z")}) {
            assertThatThrownBy(() -> period(1, DAYS).dueTime(from, zone("UTC")))
                    .isInstanceOfSatisfying(
                            InvalidException.class,
                            invalid -> assertThat(invalid.first().field()).isEqualTo("from"));
        }
    }
}
