package dev.bide.loadtest.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class FailoverOptionsTest {
    @Test
    void the_defaults_are_those_of_the_usage() {
        FailoverOptions options = FailoverOptions.parse();
        assertThat(options.faults()).containsExactly(FailoverFault.KILL);
        assertThat(options.synchronous()).isTrue();
        assertThat(options.proxied()).isFalse();
        assertThat(FailoverOptions.USAGE)
                .contains("the fault comes after " + FailoverOptions.CALM_SECONDS + " (" + options.seconds() + ")")
                .contains("over all nodes (" + options.rate() + ")")
                .contains("of the service (" + options.nodes() + ")");
    }

    @Test
    void faults_run_in_the_order_given() {
        assertThat(FailoverOptions.parse("--faults", "etcd, kill").faults())
                .containsExactly(FailoverFault.ETCD, FailoverFault.KILL);
        assertThat(FailoverOptions.parse("--faults", "all").faults()).containsExactly(FailoverFault.values());
        for (FailoverFault fault : FailoverFault.values()) {
            assertThat(FailoverOptions.USAGE).contains(fault.toString());
        }
    }

    @Test
    void what_makes_no_sense_is_refused_by_name() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FailoverOptions.parse("--faults", "flood"))
                .withMessageContaining("flood");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FailoverOptions.parse("--lag", "2"))
                .withMessageContaining("--asynchronous");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FailoverOptions.parse("--through", "wire"))
                .withMessageContaining("--through");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FailoverOptions.parse("--seconds", "10"))
                .withMessageContaining("--seconds");
    }
}
