package dev.bide.loadtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SustainedOptionsTest {

    @Test
    void has_defaults_for_all_but_rate_and_length() {
        SustainedOptions options = SustainedOptions.parse("--rate", "1389", "--seconds", "600");
        assertThat(options.rate()).isEqualTo(1389);
        assertThat(options.seconds()).isEqualTo(600);
        assertThat(options.warmUp()).isEqualTo(60);
        assertThat(options.bulk()).isZero();
        assertThat(options.dueIn()).isEqualTo(5);
        assertThat(options.thirdPartyDelayMillis()).isZero();
        assertThat(options.waiting()).isZero();
        assertThat(options.bad()).isZero();
        assertThat(options.anyRate()).isFalse();
        assertThat(options.jvmOptions()).containsExactly("-Xms1g", "-Xmx1g", "-XX:+UseParallelGC");
        assertThat(options.timers()).isEqualTo(1389 * 630);
    }

    @Test
    void reads_delays_as_the_third_party_does() {
        assertThat(parse("--third-party-delay", "100ms").thirdPartyDelayMillis())
                .isEqualTo(100);
        assertThat(parse("--third-party-delay", "2s").thirdPartyDelayMillis()).isEqualTo(2000);
        assertThatThrownBy(() -> parse("--third-party-delay", "soon")).hasMessageContaining("--third-party-delay");
    }

    @Test
    void names_what_is_wrong() {
        assertThatThrownBy(() -> SustainedOptions.parse("--rate", "5")).hasMessageContaining("--seconds");
        assertThatThrownBy(() -> parse("--bulk")).hasMessageContaining("--bulk");
        assertThatThrownBy(() -> parse("--bulk", "many")).hasMessageContaining("--bulk");
        assertThatThrownBy(() -> parse("--bulk", "10001")).hasMessageContaining("--bulk");
        assertThatThrownBy(() -> parse("--fast")).hasMessageContaining("--fast");
    }

    private static SustainedOptions parse(String... more) {
        String[] all = new String[4 + more.length];
        System.arraycopy(new String[] {"--rate", "5", "--seconds", "5"}, 0, all, 0, 4);
        System.arraycopy(more, 0, all, 4, more.length);
        return SustainedOptions.parse(all);
    }
}
