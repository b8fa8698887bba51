package dev.bide.delivery.answer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import okhttp3.Headers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {

    private static final Instant NOW = Instant.parse("2026-10-21T07:28:00Z");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | PT0S",
                "120 | PT2M",
                "00007 | PT7S",
                "99999999999999999999 | PT87600H",
                "999999999 | PT87600H",
                "Wed, 21 Oct 2026 07:28:30 GMT | PT30S",
                "Wednesday, 21-Oct-26 07:28:30 GMT | PT30S",
                "Wed Oct 21 07:28:30 2026 | PT30S",
                "Wed, 21 Oct 2015 07:28:00 GMT | PT0S",
                "Saturday, 01-Jan-50 00:00:00 GMT | PT87600H",
                "Thursday, 21-Oct-77 07:28:30 GMT | PT0S",
                "Wednesday, 21-Oct-99 07:28:30 GMT | PT0S",
                "Friday, 01-Jan-27 00:00:00 GMT | PT1720H32M",
                "Fri Jan  1 00:00:00 2027 | PT1720H32M",
                "Wed, 21 Oct 9999 07:28:00 GMT | PT87600H",
            })
    void reads_seconds_and_dates(String value, Duration wait) {
        assertThat(RetryAfter.parse(Headers.of("Retry-After", value), NOW)).isEqualTo(wait);
    }

    /** RFC 9110 section 5.6.7: more than 50 years on is in the past, whatever the century. */
    @Test
    void two_digits_are_the_nearest_year() {
        Instant end = Instant.parse("2099-12-31T00:00:00Z");
        assertThat(RetryAfter.parse(Headers.of("Retry-After", "Friday, 01-Jan-00 00:00:00 GMT"), end))
                .isEqualTo(Duration.ofDays(1));
        assertThat(RetryAfter.parse(Headers.of("Retry-After", "Friday, 01-Jan-99 00:00:00 GMT"), end))
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "Wed 21 Oct",
        "'Wed, 31 Feb 2027 00:00:00 GMT'",
        "'Wed, 21 Oxt 2026 07:28:30 GMT'",
        "-5",
        "soon",
        "1.5",
        "''",
        "+3"
    })
    void what_cannot_be_read_asks_for_nothing(String value) {
        assertThat(RetryAfter.parse(Headers.of("Retry-After", value), NOW)).isNull();
    }

    @Test
    void none_asks_for_nothing() {
        assertThat(RetryAfter.parse(Headers.of(), NOW)).isNull();
        assertThat(RetryAfter.parse(null, NOW)).isNull();
    }
}
