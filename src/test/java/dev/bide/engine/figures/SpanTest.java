package dev.bide.engine.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bide.json.InvalidException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpanTest {
    private static final Instant NOW = Instant.parse("2027-03-01T09:00:07.300Z");

    @Test
    void is_the_last_quarter_of_an_hour_by_default_in_slots_that_are_over() {
        assertThat(of(null, null, null))
                .isEqualTo(span("2027-03-01T08:45:00Z", "2027-03-01T09:00:00Z", Duration.ofSeconds(10)));
    }

    @Test
    void all_who_ask_within_a_slot_ask_the_same() {
        Span one = Span.of(null, null, null, NOW);
        assertThat(Span.of(null, null, null, NOW.plusMillis(2_000))).isEqualTo(one);
        assertThat(Span.of(null, null, null, NOW.plusSeconds(10))).isNotEqualTo(one);
    }

    @Test
    void a_slot_that_has_just_ended_is_not_over_before_the_nodes_have_written_it() {
        Instant ended = Instant.parse("2027-03-01T09:00:10Z");
        assertThat(Span.of(null, null, null, ended.plusMillis(1_999)).to()).isEqualTo("2027-03-01T09:00:00Z");
        assertThat(Span.of(null, null, null, ended.plusMillis(2_000)).to()).isEqualTo(ended);
    }

    @ParameterizedTest
    @CsvSource({
        "PT15M, , PT10S", "PT2H46M, , PT10S", "PT2H47M, , PT20S", "PT3H, PT11S, PT20S", "PT3H1M, PT12S, PT1M",
        "P1D, , PT2M", "P7D, , PT11M", "P1D, PT90S, PT2M", "PT1H, PT60S, PT1M", "PT1H, P1D, P1D",
    })
    void steps_are_rounded_up_to_what_is_kept(Duration range, Duration asked, Duration used) {
        assertThat(Span.of(NOW.minus(range), NOW, asked, NOW).step()).isEqualTo(used);
    }

    @Test
    void there_are_never_more_than_a_thousand_points() {
        for (long seconds = 1; seconds < Duration.ofDays(8).toSeconds(); seconds = seconds * 5 / 4 + 7) {
            for (long back : new long[] {0, 1, 13, 86_400}) {
                Instant to = NOW.minusSeconds(back);
                assertThat(Span.of(to.minusSeconds(seconds), to, null, NOW).points())
                        .isBetween(0, 1_000);
            }
        }
    }

    @Test
    void what_is_older_than_is_kept_is_empty_and_so_is_what_is_to_come() {
        assertThat(of("2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z", null).points())
                .isZero();
        assertThat(of("2030-01-01T00:00:00Z", "2030-01-02T00:00:00Z", null).points())
                .isZero();
        assertThat(of("0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z", null).from())
                .isEqualTo("2027-02-22T08:52:00Z");
    }

    @Test
    void a_range_that_is_none_is_refused() {
        refused("to", "2027-03-01T08:00:00Z", "2027-03-01T08:00:00Z", null);
        refused("to", "2027-03-01T08:00:00Z", "2027-03-01T07:00:00Z", null);
        refused("from", "2027-03-01T10:00:00Z", null, null);
    }

    @Test
    void a_step_that_is_too_small_or_large_is_refused() {
        refused("step", null, null, Duration.ofMillis(9_999));
        refused("step", null, null, Duration.ZERO);
        refused("step", null, null, Duration.ofDays(1).plusNanos(1));
        refused("step", "2027-02-28T08:00:00Z", "2027-03-01T08:00:00Z", Duration.ofSeconds(86));
        assertThat(of("2027-02-28T08:00:00Z", "2027-03-01T08:00:00Z", Duration.ofSeconds(87))
                        .step())
                .isEqualTo(Duration.ofMinutes(2));
    }

    private static void refused(String field, @Nullable String from, @Nullable String to, @Nullable Duration step) {
        assertThatThrownBy(() -> of(from, to, step)).isInstanceOfSatisfying(InvalidException.class, e -> assertThat(
                        e.first().field())
                .isEqualTo(field));
    }

    private static Span of(@Nullable String from, @Nullable String to, @Nullable Duration step) {
        return Span.of(from == null ? null : Instant.parse(from), to == null ? null : Instant.parse(to), step, NOW);
    }

    private static Span span(String from, String to, Duration step) {
        return new Span(Instant.parse(from), Instant.parse(to), step);
    }
}
