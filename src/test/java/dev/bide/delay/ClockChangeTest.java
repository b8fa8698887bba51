package dev.bide.delay;

import static dev.bide.delay.Expectations.due;
import static dev.bide.delay.Expectations.time;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.MonthDay;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Local times that don't exist, and local times that exist twice. */
class ClockChangeTest {

    private static Delay tomorrow(String at) {
        return new PeriodDelay(1, PeriodUnit.DAYS, time(at), null);
    }

    private static Delay weekday(DayOfWeek day, @Nullable String at) {
        return new WeekdaysDelay(Set.of(day), time(at), null);
    }

    private static Delay date(String date, @Nullable String at) {
        return new DateDelay(LocalDate.parse(date), time(at), IfPast.REJECT, null);
    }

    private static Delay dayOfYear(String day, @Nullable String at) {
        return new DayOfYearDelay(MonthDay.parse(day), time(at), null, null);
    }

    @Test
    void a_time_inside_a_gap_moves_forward_by_the_length_of_the_gap() {
        String from = "2026-03-28T12:00+01:00[Europe/Berlin]";
        String due = "2026-03-29T03:30+02:00[Europe/Berlin]";
        assertThat(due(tomorrow("02:30"), from)).isEqualTo(due);
        assertThat(due(weekday(DayOfWeek.SUNDAY, "02:30"), from)).isEqualTo(due);
        assertThat(due(date("2026-03-29", "02:30"), from)).isEqualTo(due);
        assertThat(due(dayOfYear("--03-29", "02:30"), from)).isEqualTo(due);
    }

    @Test
    void the_length_of_the_gap_may_be_half_an_hour() {
        assertThat(due(tomorrow("02:10"), "2026-10-03T12:00+10:30[Australia/Lord_Howe]"))
                .isEqualTo("2026-10-04T02:40+11:00[Australia/Lord_Howe]");
    }

    @Test
    void the_length_of_the_gap_may_be_two_hours() {
        assertThat(due(weekday(DayOfWeek.SUNDAY, "01:30"), "2026-03-28T12:00Z[Antarctica/Troll]"))
                .isEqualTo("2026-03-29T03:30+02:00[Antarctica/Troll]");
    }

    @Test
    void a_time_that_occurs_twice_means_the_first() {
        String from = "2026-10-24T12:00+02:00[Europe/Berlin]";
        String due = "2026-10-25T02:30+02:00[Europe/Berlin]";
        assertThat(due(tomorrow("02:30"), from)).isEqualTo(due);
        assertThat(due(weekday(DayOfWeek.SUNDAY, "02:30"), from)).isEqualTo(due);
        assertThat(due(date("2026-10-25", "02:30"), from)).isEqualTo(due);
        assertThat(due(dayOfYear("--10-25", "02:30"), from)).isEqualTo(due);
        assertThat(due(tomorrow("01:45"), "2026-04-04T12:00+11:00[Australia/Lord_Howe]"))
                .isEqualTo("2026-04-05T01:45+11:00[Australia/Lord_Howe]");
    }

    @Test
    void between_the_two_the_time_is_over() {
        String from = "2026-10-25T02:15+01:00[Europe/Berlin]";
        assertThat(due(weekday(DayOfWeek.SUNDAY, "02:30"), from)).isEqualTo("2026-11-01T02:30+01:00[Europe/Berlin]");
        assertThat(due(date("2026-10-25", "02:30"), from)).contains("has passed");
        assertThat(due(dayOfYear("--10-25", "02:30"), from)).isEqualTo("2027-10-25T02:30+02:00[Europe/Berlin]");
    }

    @Test
    void a_day_without_a_midnight_starts_at_its_first_instant() {
        String saoPaulo = "2018-11-03T12:00-03:00[America/Sao_Paulo]";
        assertThat(due(weekday(DayOfWeek.SUNDAY, null), saoPaulo))
                .isEqualTo("2018-11-04T01:00-02:00[America/Sao_Paulo]");
        assertThat(due(date("2018-11-04", null), saoPaulo)).isEqualTo("2018-11-04T01:00-02:00[America/Sao_Paulo]");
        assertThat(due(dayOfYear("--11-04", null), saoPaulo)).isEqualTo("2018-11-04T01:00-02:00[America/Sao_Paulo]");
        assertThat(due(weekday(DayOfWeek.SUNDAY, null), "2026-03-27T12:00+02:00[Asia/Beirut]"))
                .isEqualTo("2026-03-29T01:00+03:00[Asia/Beirut]");
        assertThat(due(weekday(DayOfWeek.FRIDAY, null), "2026-04-22T12:00+02:00[Africa/Cairo]"))
                .isEqualTo("2026-04-24T01:00+03:00[Africa/Cairo]");
    }

    @Test
    void midnight_as_a_time_of_day_moves_like_any_other() {
        assertThat(due(tomorrow("00:15"), "2026-04-23T12:00+02:00[Africa/Cairo]"))
                .isEqualTo("2026-04-24T01:15+03:00[Africa/Cairo]");
    }

    @Test
    void a_day_that_starts_twice_starts_at_the_first() {
        // In Havana the clock goes from 01:00 back to 00:00.
        assertThat(due(weekday(DayOfWeek.SUNDAY, null), "2026-10-31T12:00-04:00[America/Havana]"))
                .isEqualTo("2026-11-01T00:00-04:00[America/Havana]");
    }

    @Test
    void a_gap_may_move_a_time_past_midnight_and_it_is_still_to_come_then() {
        // In Nuuk the clock goes from Saturday 23:00 to Sunday 00:00.
        String due = "2026-03-29T00:30-01:00[America/Nuuk]";
        assertThat(due(weekday(DayOfWeek.SATURDAY, "23:30"), "2026-03-28T12:00-02:00[America/Nuuk]"))
                .isEqualTo(due);
        assertThat(due(weekday(DayOfWeek.SATURDAY, "23:30"), "2026-03-29T00:10-01:00[America/Nuuk]"))
                .isEqualTo(due);
        assertThat(due(dayOfYear("--03-28", "23:30"), "2026-03-29T00:10-01:00[America/Nuuk]"))
                .isEqualTo(due);
        assertThat(due(date("2026-03-28", "23:30"), "2026-03-29T00:10-01:00[America/Nuuk]"))
                .isEqualTo(due);
    }

    @Test
    void a_day_that_a_country_left_out_is_a_gap_like_any_other() {
        // Samoa crossed the date line: no Friday, 30 December 2011.
        String from = "2011-12-29T12:00-10:00[Pacific/Apia]";
        assertThat(due(date("2011-12-30", null), from)).isEqualTo("2011-12-31T00:00+14:00[Pacific/Apia]");
        assertThat(due(date("2011-12-30", "09:00"), from)).isEqualTo("2011-12-31T09:00+14:00[Pacific/Apia]");
        assertThat(due(tomorrow("09:00"), from)).isEqualTo("2011-12-31T09:00+14:00[Pacific/Apia]");
        assertThat(due(weekday(DayOfWeek.FRIDAY, null), from)).isEqualTo("2011-12-31T00:00+14:00[Pacific/Apia]");
        assertThat(due(weekday(DayOfWeek.FRIDAY, "09:00"), from)).isEqualTo("2011-12-31T09:00+14:00[Pacific/Apia]");
        assertThat(due(dayOfYear("--12-30", "09:00"), "2011-12-31T08:00+14:00[Pacific/Apia]"))
                .isEqualTo("2011-12-31T09:00+14:00[Pacific/Apia]");
        assertThat(due(new PeriodDelay(1, PeriodUnit.DAYS, null, null), from))
                .isEqualTo("2011-12-31T12:00+14:00[Pacific/Apia]");
    }

    @Test
    void a_day_that_has_begun_and_was_taken_back_is_due_at_once() {
        // In St John's the clock went from Sunday 00:01 back to Saturday 23:01.
        String from = "2010-11-06T23:30-03:30[America/St_Johns]";
        assertThat(due(weekday(DayOfWeek.SUNDAY, null), from)).isEqualTo(from);
        assertThat(due(date("2010-11-07", null), from)).isEqualTo(from);
        assertThat(due(tomorrow("00:00"), from)).isEqualTo(from);
        assertThat(due(tomorrow("00:01"), from)).isEqualTo("2010-11-07T00:01-03:30[America/St_Johns]");
    }
}
