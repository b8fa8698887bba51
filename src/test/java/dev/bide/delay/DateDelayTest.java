package dev.bide.delay;

import static dev.bide.delay.Expectations.due;
import static dev.bide.delay.Expectations.time;
import static dev.bide.delay.Expectations.zone;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DateDelayTest {

    private static DateDelay date(String date, @Nullable String at, @Nullable IfPast ifPast) {
        return new DateDelay(LocalDate.parse(date), time(at), ifPast, null);
    }

    private static DateDelay date(String date) {
        return date(date, null, null);
    }

    @Test
    void it_is_due_at_the_start_of_the_local_day() {
        assertThat(due(date("2027-03-01"), "2026-11-24T10:15+01:00[Europe/Berlin]"))
                .isEqualTo("2027-03-01T00:00+01:00[Europe/Berlin]");
        assertThat(due(date("2028-02-29"), "2026-11-24T10:15+13:45[Pacific/Chatham]"))
                .isEqualTo("2028-02-29T00:00+13:45[Pacific/Chatham]");
    }

    @Test
    void today_is_due_at_once() {
        assertThat(due(date("2026-11-24"), "2026-11-24T10:15:30.123Z")).isEqualTo("2026-11-24T10:15:30.123Z");
        assertThat(due(date("2026-11-24"), "2026-11-24T00:00Z")).isEqualTo("2026-11-24T00:00Z");
    }

    @Test
    void today_is_what_it_is_in_the_delays_zone() {
        DateDelay tokyo = new DateDelay(LocalDate.parse("2026-11-25"), null, IfPast.REJECT, zone("Asia/Tokyo"));
        assertThat(due(tokyo, "2026-11-24T20:00+01:00[Europe/Berlin]")).isEqualTo("2026-11-25T04:00+09:00[Asia/Tokyo]");
    }

    @Test
    void with_a_time_of_day_it_is_due_then() {
        assertThat(due(date("2027-07-01", "09:00", null), "2026-11-24T10:15+01:00[Europe/Berlin]"))
                .isEqualTo("2027-07-01T09:00+02:00[Europe/Berlin]");
        assertThat(due(date("2026-11-24", "09:00", IfPast.REJECT), "2026-11-24T08:00Z"))
                .isEqualTo("2026-11-24T09:00Z");
        assertThat(due(date("2026-11-24", "09:00", IfPast.REJECT), "2026-11-24T09:00Z"))
                .isEqualTo("2026-11-24T09:00Z");
    }

    @Test
    void a_date_that_has_passed_is_due_at_once_by_default() {
        assertThat(due(date("2026-11-23"), "2026-11-24T10:15Z")).isEqualTo("2026-11-24T10:15Z");
        assertThat(due(date("2026-11-23", null, IfPast.FIRE), "2026-11-24T10:15Z"))
                .isEqualTo("2026-11-24T10:15Z");
        assertThat(due(date("2026-11-24", "09:00", null), "2026-11-24T10:15Z")).isEqualTo("2026-11-24T10:15Z");
    }

    @Test
    void a_date_that_has_passed_may_be_skipped() {
        assertThat(due(date("2026-11-23", null, IfPast.SKIP), "2026-11-24T00:00Z"))
                .isEqualTo("Skipped[]");
        assertThat(due(date("2026-11-24", "09:00", IfPast.SKIP), "2026-11-24T09:00:00.001Z"))
                .isEqualTo("Skipped[]");
    }

    @Test
    void a_date_that_has_passed_may_be_refused() {
        assertThat(due(date("2026-11-23", null, IfPast.REJECT), "2026-11-24T10:15Z"))
                .contains("field=date", "message=has passed");
        assertThat(due(date("0000-01-01", "09:00", IfPast.REJECT), "2026-11-24T10:15Z"))
                .contains("has passed");
    }

    @Test
    void ten_years_are_the_most() {
        assertThat(due(date("2036-11-24"), "2026-11-24T10:15Z")).isEqualTo("2036-11-24T00:00Z");
        assertThat(due(date("2036-11-24", "10:15", null), "2026-11-24T10:15Z")).isEqualTo("2036-11-24T10:15Z");
        assertThat(due(date("2036-11-24", "10:16", null), "2026-11-24T10:15Z"))
                .contains("makes the wait end", "field=date");
        assertThat(due(date("9999-12-31", null, IfPast.SKIP), "2026-11-24T10:15Z"))
                .contains("makes the wait end");
    }

    @Test
    void the_year_has_four_digits() {
        assertThatThrownBy(() -> new DateDelay(LocalDate.MAX, null, null, null)).hasMessageStartingWith("date ");
        assertThatThrownBy(() -> new DateDelay(LocalDate.MIN, null, null, null)).hasMessageStartingWith("date ");
    }
}
