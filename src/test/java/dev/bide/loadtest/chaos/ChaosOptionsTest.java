package dev.bide.loadtest.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ChaosOptionsTest {

    @Test
    void has_defaults_for_all() {
        ChaosOptions options = ChaosOptions.parse();
        assertThat(options.seconds()).isEqualTo(60);
        assertThat(options.rate()).isEqualTo(100);
        assertThat(options.nodes()).isEqualTo(2);
        assertThat(options.faults()).containsExactlyInAnyOrder(Fault.KILL, Fault.FREEZE, Fault.LOCK);
        assertThat(options.drain()).isEqualTo(120);
        assertThat(options.jvmOptions()).containsExactly("-Xmx400m", "-XX:+UseSerialGC");
        assertThat(options.jar()).hasFileName("bide.jar");
    }

    @Test
    void takes_what_is_given() {
        ChaosOptions options = ChaosOptions.parse(
                "--seconds", "600", "--rate", "300", "--nodes", "3", "--faults", "all", "--seed", "7", "--drain", "60");
        assertThat(options.seconds()).isEqualTo(600);
        assertThat(options.rate()).isEqualTo(300);
        assertThat(options.nodes()).isEqualTo(3);
        assertThat(options.faults()).containsExactlyInAnyOrder(Fault.values());
        assertThat(options.seed()).isEqualTo(7);
        assertThat(options.drain()).isEqualTo(60);
    }

    @Test
    void names_what_is_wrong() {
        assertThatThrownBy(() -> ChaosOptions.parse("--seconds")).hasMessageContaining("--seconds");
        assertThatThrownBy(() -> ChaosOptions.parse("--rate", "many")).hasMessageContaining("--rate");
        assertThatThrownBy(() -> ChaosOptions.parse("--nodes", "0")).hasMessageContaining("--nodes");
        assertThatThrownBy(() -> ChaosOptions.parse("--faults", "flood")).hasMessageContaining("flood");
        assertThatThrownBy(() -> ChaosOptions.parse("--fast", "1")).hasMessageContaining("--fast");
        assertThatThrownBy(() -> IsolationOptions.parse("--count", "many")).hasMessageContaining("--count");
        assertThatThrownBy(() -> IsolationOptions.parse("--fast", "1")).hasMessageContaining("--fast");
    }

    @Test
    void leaves_to_the_case_what_is_not_given() {
        IsolationOptions options = IsolationOptions.parse("--case", "hung", "--rate", "20");
        assertThat(options.kind()).isEqualTo("hung");
        assertThat(options.rateOr(10)).isEqualTo(20);
        assertThat(options.countOr(600)).isEqualTo(600);
        assertThat(options.secondsOr(50)).isEqualTo(50);
    }
}
