package dev.bide.delay;

import static dev.bide.delay.Expectations.due;
import static dev.bide.delay.Expectations.time;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.MonthDay;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DayOfYearDelayTest {

    private static DayOfYearDelay every(String day, @Nullable String at) {
        return new DayOfYearDelay(MonthDay.parse(day), time(at), null, null);
    }

    @Test
    void it_is_due_at_the_start_of_the_next_such_day() {
        assertThat(due(every("--12-24", null), "2026-11-24T10:15+01:00[Europe/Berlin]"))
                .isEqualTo("2026-12-24T00:00+01:00[Europe/Berlin]");
        assertThat(due(every("--11-23", null), "2026-11-24T10:15+01:00[Europe/Berlin]"))
                .isEqualTo("2027-11-23T00:00+01:00[Europe/Berlin]");
        assertThat(due(every("--01-01", null), "2026-12-31T23:59+01:00[Europe/Berlin]"))
                .isEqualTo("2027-01-01T00:00+01:00[Europe/Berlin]");
    }

    @Test
    void today_is_due_at_once() {
        assertThat(due(every("--11-24", null), "2026-11-24T10:15Z")).isEqualTo("2026-11-24T10:15Z");
    }

    @Test
    void with_a_time_of_day_it_is_the_next_time_that_this_comes_round() {
        assertThat(due(every("--11-24", "09:00"), "2026-11-24T08:00Z")).isEqualTo("2026-11-24T09:00Z");
        assertThat(due(every("--11-24", "09:00"), "2026-11-24T09:00Z")).isEqualTo("2026-11-24T09:00Z");
        assertThat(due(every("--11-24", "09:00"), "2026-11-24T09:01Z")).isEqualTo("2027-11-24T09:00Z");
    }

    @Test
    void the_29th_of_february_waits_for_a_leap_year() {
        assertThat(due(every("--02-29", null), "2026-11-24T10:15Z")).isEqualTo("2028-02-29T00:00Z");
        assertThat(due(every("--02-29", null), "2028-02-29T10:15Z")).isEqualTo("2028-02-29T10:15Z");
        assertThat(due(every("--02-29", "09:00"), "2028-02-29T10:15Z")).isEqualTo("2032-02-29T09:00Z");
        assertThat(due(every("--02-29", "09:00"), "2096-03-01T10:15Z")).isEqualTo("2104-02-29T09:00Z");
    }

    @Test
    void it_is_never_past() {
        DayOfYearDelay delay = new DayOfYearDelay(MonthDay.of(11, 23), null, IfPast.REJECT, null);
        assertThat(due(delay, "2026-11-24T10:15Z")).isEqualTo("2027-11-23T00:00Z");
    }
}
