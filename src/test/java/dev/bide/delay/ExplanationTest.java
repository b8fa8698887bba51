package dev.bide.delay;

import static dev.bide.delay.Expectations.time;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.json.Instants;
import dev.bide.testing.RandomWaits;
import dev.bide.testing.Seed;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What an answer of the rules is explained by: the cases of {@link ClockChangeTest}, and all others. */
class ExplanationTest {

    private static Delay tomorrow(String at) {
        return new PeriodDelay(1, PeriodUnit.DAYS, time(at), null);
    }

    private static Delay weekday(DayOfWeek day, @Nullable String at) {
        return new WeekdaysDelay(Set.of(day), time(at), null);
    }

    private static Delay date(String date, @Nullable String at) {
        return new DateDelay(LocalDate.parse(date), time(at), IfPast.FIRE, null);
    }

    private static Delay dayOfYear(String day, @Nullable String at) {
        return new DayOfYearDelay(MonthDay.parse(day), time(at), null, null);
    }

    /** The kind of clock change and the local time asked for. */
    private static String change(Delay delay, String from) {
        ZonedDateTime start = ZonedDateTime.parse(from);
        ClockChange change =
                Explanation.of(delay, start.toInstant(), start.getZone()).clockChange();
        return change == null ? "none" : change.kind() + " " + change.local();
    }

    @Test
    void a_time_that_is_left_out_is_named() {
        String from = "2026-03-28T12:00+01:00[Europe/Berlin]";
        String gap = "gap 2026-03-29T02:30";
        assertThat(change(tomorrow("02:30"), from)).isEqualTo(gap);
        assertThat(change(weekday(DayOfWeek.SUNDAY, "02:30"), from)).isEqualTo(gap);
        assertThat(change(date("2026-03-29", "02:30"), from)).isEqualTo(gap);
        assertThat(change(dayOfYear("--03-29", "02:30"), from)).isEqualTo(gap);
        assertThat(change(tomorrow("03:30"), from)).as("what it moves to").isEqualTo("none");
        assertThat(change(tomorrow("02:10"), "2026-10-03T12:00+10:30[Australia/Lord_Howe]"))
                .isEqualTo("gap 2026-10-04T02:10");
        assertThat(change(weekday(DayOfWeek.SUNDAY, "01:30"), "2026-03-28T12:00Z[Antarctica/Troll]"))
                .isEqualTo("gap 2026-03-29T01:30");
    }

    @Test
    void a_time_that_comes_twice_is_named() {
        String from = "2026-10-24T12:00+02:00[Europe/Berlin]";
        String overlap = "overlap 2026-10-25T02:30";
        assertThat(change(tomorrow("02:30"), from)).isEqualTo(overlap);
        assertThat(change(weekday(DayOfWeek.SUNDAY, "02:30"), from)).isEqualTo(overlap);
        assertThat(change(date("2026-10-25", "02:30"), from)).isEqualTo(overlap);
        assertThat(change(dayOfYear("--10-25", "02:30"), from)).isEqualTo(overlap);
    }

    @Test
    void between_the_two_only_a_date_is_still_that_time() {
        String from = "2026-10-25T02:15+01:00[Europe/Berlin]";
        assertThat(change(weekday(DayOfWeek.SUNDAY, "02:30"), from)).isEqualTo("none");
        assertThat(change(date("2026-10-25", "02:30"), from)).isEqualTo("overlap 2026-10-25T02:30");
        assertThat(change(date("2026-10-25", "02:30"), "2026-10-25T02:45+01:00[Europe/Berlin]"))
                .as("passed for good")
                .isEqualTo("none");
    }

    @Test
    void a_day_without_a_midnight_or_with_two_is_named() {
        String saoPaulo = "2018-11-03T12:00-03:00[America/Sao_Paulo]";
        assertThat(change(weekday(DayOfWeek.SUNDAY, null), saoPaulo)).isEqualTo("gap 2018-11-04T00:00");
        assertThat(change(date("2018-11-04", null), saoPaulo)).isEqualTo("gap 2018-11-04T00:00");
        assertThat(change(dayOfYear("--11-04", null), saoPaulo)).isEqualTo("gap 2018-11-04T00:00");
        assertThat(change(date("2018-11-04", null), "2018-11-04T12:00-02:00[America/Sao_Paulo]"))
                .as("at once on that day")
                .isEqualTo("none");
        assertThat(change(tomorrow("00:15"), "2026-04-23T12:00+02:00[Africa/Cairo]"))
                .isEqualTo("gap 2026-04-24T00:15");
        assertThat(change(weekday(DayOfWeek.SUNDAY, null), "2026-10-31T12:00-04:00[America/Havana]"))
                .isEqualTo("overlap 2026-11-01T00:00");
    }

    @Test
    void the_day_asked_for_may_be_another_than_the_answers() {
        String nuuk = "2026-03-29T00:10-01:00[America/Nuuk]";
        assertThat(change(weekday(DayOfWeek.SATURDAY, "23:30"), "2026-03-28T12:00-02:00[America/Nuuk]"))
                .isEqualTo("gap 2026-03-28T23:30");
        assertThat(change(weekday(DayOfWeek.SATURDAY, "23:30"), nuuk)).isEqualTo("gap 2026-03-28T23:30");
        assertThat(change(dayOfYear("--03-28", "23:30"), nuuk)).isEqualTo("gap 2026-03-28T23:30");
        assertThat(change(date("2026-03-28", "23:30"), nuuk)).isEqualTo("gap 2026-03-28T23:30");
        String apia = "2011-12-29T12:00-10:00[Pacific/Apia]";
        assertThat(change(date("2011-12-30", null), apia)).isEqualTo("gap 2011-12-30T00:00");
        assertThat(change(date("2011-12-30", "09:00"), apia)).isEqualTo("gap 2011-12-30T09:00");
        assertThat(change(tomorrow("09:00"), apia)).isEqualTo("gap 2011-12-30T09:00");
        assertThat(change(weekday(DayOfWeek.FRIDAY, "09:00"), apia)).isEqualTo("gap 2011-12-30T09:00");
        assertThat(change(new WeekdaysDelay(Set.of(DayOfWeek.FRIDAY, DayOfWeek.SATURDAY), time("09:00"), null), apia))
                .as("one of the two there is")
                .isEqualTo("none");
        String stJohns = "2010-11-06T23:30-03:30[America/St_Johns]";
        assertThat(change(weekday(DayOfWeek.SUNDAY, null), stJohns)).isEqualTo("overlap 2010-11-07T00:00");
        assertThat(change(date("2010-11-07", null), stJohns)).isEqualTo("overlap 2010-11-07T00:00");
        assertThat(change(tomorrow("00:00"), stJohns)).isEqualTo("overlap 2010-11-07T00:00");
        assertThat(change(tomorrow("00:01"), stJohns)).isEqualTo("none");
    }

    @Test
    void a_length_of_time_knows_no_clock() {
        assertThat(change(new PeriodDelay(24, PeriodUnit.HOURS, null, null), "2026-03-28T02:30+01:00[Europe/Berlin]"))
                .isEqualTo("none");
    }

    @Test
    void what_is_skipped_or_refused_has_a_rule_and_no_time() {
        Instant from = Instant.parse("2027-03-02T10:00:00Z");
        Delay skip = new DateDelay(LocalDate.of(2027, 3, 1), null, IfPast.SKIP, null);
        assertThat(Explanation.of(skip, from, ZoneId.of("UTC")))
                .isEqualTo(new Explanation(
                        new DueTime.Skipped(),
                        null,
                        ZoneId.of("UTC"),
                        "when 1 March 2027 begins, or at once on that day, UTC; skipped if that has passed",
                        null));
    }

    @Test
    void every_answer_is_the_rules_own_and_each_clock_change_is_one() {
        Map<ClockChange.Kind, Integer> seen = new EnumMap<>(ClockChange.Kind.class);
        new RandomWaits(Seed.random()).forEachZone(40, wait -> {
            Explanation explained = Explanation.of(wait.delay(), wait.from(), wait.zone());
            Instant due = ((DueTime.Due) wait.delay().dueTime(wait.from(), wait.zone())).at();
            String what = wait + ", " + Seed.hint() + ": " + explained;
            assertThat(explained.due()).as(what).isEqualTo(new DueTime.Due(due));
            ZoneId zone = wait.delay().zoneOr(wait.zone());
            OffsetDateTime local = explained.local();
            assertThat(local).as(what).isEqualTo(due.atZone(zone).toOffsetDateTime());
            ClockChange change = explained.clockChange();
            LocalDateTime answered = LocalDateTime.ofInstant(due, zone);
            boolean asked = wait.delay().at() != null
                    && answered.toLocalTime().equals(wait.delay().at());
            if (change == null) {
                // Then it is the time asked for, and there is but one such; or it has none, or is at once.
                assertThat(asked && zone.getRules().getValidOffsets(answered).size() != 1 && due.isAfter(wait.from()))
                        .as(what)
                        .isFalse();
                return;
            }
            seen.merge(change.kind(), 1, Integer::sum);
            int offsets = zone.getRules().getValidOffsets(change.local()).size();
            assertThat(offsets).as(what).isEqualTo(change.kind() == ClockChange.Kind.GAP ? 0 : 2);
            Instant meant = change.local().atZone(zone).toInstant();
            assertThat(due).as(what).isEqualTo(meant.isBefore(wait.from()) ? up(wait.from()) : meant);
        });
        assertThat(seen.keySet()).containsExactlyInAnyOrder(ClockChange.Kind.values());
    }

    private static Instant up(Instant from) {
        return Instants.up(from);
    }
}
