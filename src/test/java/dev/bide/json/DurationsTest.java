package dev.bide.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationsTest {
    @ParameterizedTest
    @CsvSource({
        "P0Y0M0DT10S,PT10S",
        "P0W,PT0S",
        "PT0.5S,PT0.5S",
        "'PT0,5S',PT0.5S",
        "pt1m,PT1M",
        "P0DT1M1.000000001S,PT1M1.000000001S",
        "P1DT2H3M4S,PT26H3M4S",
    })
    void reads_durations(String text, Duration duration) {
        assertThat(Durations.parse(text)).isEqualTo(duration);
    }
}
