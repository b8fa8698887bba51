package dev.bide.delivery;

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
                "Wed, 21 Oct 9999 07:28:00 GMT | PT87600H",
            })
    void readsSecondsAndDates(String value, Duration wait) {
        assertThat(RetryAfter.parse(Headers.of("Retry-After", value), NOW)).isEqualTo(wait);
    }

    @ParameterizedTest
    @CsvSource({"-5", "soon", "1.5", "''", "+3"})
    void whatCannotBeReadAsksForNothing(String value) {
        assertThat(RetryAfter.parse(Headers.of("Retry-After", value), NOW)).isNull();
    }

    @Test
    void noneAsksForNothing() {
        assertThat(RetryAfter.parse(Headers.of(), NOW)).isNull();
        assertThat(RetryAfter.parse(null, NOW)).isNull();
    }
}
