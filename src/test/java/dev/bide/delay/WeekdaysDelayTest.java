package dev.bide.delay;

import static dev.bide.delay.Expectations.due;
import static dev.bide.delay.Expectations.time;
import static dev.bide.delay.Expectations.zone;
import static java.time.DayOfWeek.FRIDAY;
import static java.time.DayOfWeek.MONDAY;
import static java.time.DayOfWeek.SUNDAY;
import static java.time.DayOfWeek.TUESDAY;
import static java.time.DayOfWeek.WEDNESDAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DayOfWeek;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** 24 November 2026 is a Tuesday. */
class WeekdaysDelayTest {

    private static WeekdaysDelay on(DayOfWeek... days) {
        return new WeekdaysDelay(Set.of(days), null, null);
    }

    private static WeekdaysDelay at(String time, DayOfWeek... days) {
        return new WeekdaysDelay(Set.of(days), time(time), null);
    }

    @Test
    void it_is_due_at_once_on_one_of_the_days() {
        assertThat(due(on(MONDAY, TUESDAY), "2026-11-24T10:15:30.123Z")).isEqualTo("2026-11-24T10:15:30.123Z");
        assertThat(due(on(TUESDAY), "2026-11-24T00:00Z")).isEqualTo("2026-11-24T00:00Z");
        assertThat(due(on(TUESDAY), "2026-11-24T23:59:59.999Z")).isEqualTo("2026-11-24T23:59:59.999Z");
    }

    @Test
    void on_another_day_it_is_due_at_the_start_of_the_first_that_is() {
        assertThat(due(on(MONDAY, WEDNESDAY), "2026-11-24T10:15+01:00[Europe/Berlin]"))
                .isEqualTo("2026-11-25T00:00+01:00[Europe/Berlin]");
        assertThat(due(on(MONDAY), "2026-11-24T00:00+01:00[Europe/Berlin]"))
                .isEqualTo("2026-11-30T00:00+01:00[Europe/Berlin]");
        assertThat(due(on(MONDAY, SUNDAY), "2026-12-31T10:15+01:00[Europe/Berlin]"))
                .isEqualTo("2027-01-03T00:00+01:00[Europe/Berlin]");
    }

    @Test
    void on_every_day_it_is_due_at_once() {
        assertThat(due(new WeekdaysDelay(EnumSet.allOf(DayOfWeek.class), null, null), "2026-11-24T10:15Z"))
                .isEqualTo("2026-11-24T10:15Z");
    }

    @Test
    void the_local_day_counts() {
        // Tuesday evening in New York is Wednesday in Berlin.
        WeekdaysDelay berlin = new WeekdaysDelay(Set.of(WEDNESDAY), null, zone("Europe/Berlin"));
        assertThat(due(berlin, "2026-11-24T20:00-05:00[America/New_York]"))
                .isEqualTo("2026-11-25T02:00+01:00[Europe/Berlin]");
        assertThat(due(on(WEDNESDAY), "2026-11-24T20:00-05:00[America/New_York]"))
                .isEqualTo("2026-11-25T00:00-05:00[America/New_York]");
    }

    @Test
    void with_a_time_of_day_it_is_due_today_if_that_is_still_to_come() {
        assertThat(due(at("09:00", TUESDAY), "2026-11-24T08:59:59.999Z")).isEqualTo("2026-11-24T09:00Z");
    }

    @Test
    void with_a_time_of_day_that_very_instant_counts() {
        assertThat(due(at("09:00", TUESDAY), "2026-11-24T09:00Z")).isEqualTo("2026-11-24T09:00Z");
    }

    @Test
    void with_a_time_of_day_that_is_over_it_is_due_on_the_next_of_the_days() {
        assertThat(due(at("09:00", TUESDAY), "2026-11-24T09:00:00.000000001Z")).isEqualTo("2026-12-01T09:00Z");
        assertThat(due(at("09:00", TUESDAY, FRIDAY), "2026-11-24T18:00Z")).isEqualTo("2026-11-27T09:00Z");
        assertThat(due(at("23:59:59", MONDAY), "2026-11-24T18:00Z")).isEqualTo("2026-11-30T23:59:59Z");
    }

    @Test
    void days_are_kept_in_week_order_and_apart_from_what_they_were_made_of() {
        Set<DayOfWeek> days = new HashSet<>(List.of(SUNDAY, MONDAY));
        WeekdaysDelay delay = new WeekdaysDelay(days, null, null);
        days.clear();

        assertThat(delay.days()).containsExactly(MONDAY, SUNDAY).isUnmodifiable();
        assertThatThrownBy(() -> new WeekdaysDelay(days, null, null)).hasMessageStartingWith("days ");
    }
}
