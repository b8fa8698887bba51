package dev.bide.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.delivery.NodeFaults.Permit;
import dev.bide.delivery.address.HostResolver;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class NodeFaultsTest {

    private static final IOException TIMED_OUT = new ConnectException("connect timed out");

    private long now;
    private final NodeFaults faults = new NodeFaults(() -> now);

    @Test
    void several_that_answered_before_and_can_not_be_reached_are_the_nodes_fault() {
        assertThat(faults.failed("a", true, false, TIMED_OUT)).isFalse();
        assertThat(faults.failed("a", true, false, TIMED_OUT)).isFalse();
        assertThat(faults.failed("b", true, false, TIMED_OUT)).isFalse();
        assertThat(faults.failed("c", true, false, TIMED_OUT)).isTrue();
        assertThat(faults.failed("never answered", false, false, TIMED_OUT)).isTrue();
    }

    @Test
    void anyone_who_is_reached_in_between_shows_that_it_is_not() {
        for (int i = 0; i < 100; i++) {
            assertThat(faults.failed("a" + i, true, false, TIMED_OUT)).isFalse();
            faults.reached();
        }
    }

    @Test
    void those_that_never_answered_prove_nothing() {
        for (int i = 0; i < 600; i++) {
            assertThat(faults.failed("a" + i, false, false, TIMED_OUT)).isFalse();
        }
        assertThat(faults.admit()).isEqualTo(Permit.GO);
    }

    @Test
    void a_resolver_that_does_not_answer_for_several_names_is_the_nodes_fault() {
        IOException fault = new UnknownHostException(HostResolver.NO_RESOLVER + " for x.example");
        assertThat(faults.failed("a.example", false, false, fault)).isFalse();
        assertThat(faults.failed("b.example", false, false, fault)).isFalse();
        assertThat(faults.failed("c.example", false, false, fault)).isTrue();
    }

    @Test
    void while_it_is_only_a_few_try_until_one_is_reached() {
        for (String name : new String[] {"a", "b", "c"}) {
            faults.failed(name, true, false, TIMED_OUT);
        }
        for (int i = 0; i < 8; i++) {
            assertThat(faults.admit()).isEqualTo(Permit.TRY);
        }
        assertThat(faults.admit()).isEqualTo(Permit.WAIT);
        faults.tried();
        assertThat(faults.admit()).isEqualTo(Permit.TRY);
        faults.reached();
        assertThat(faults.admit()).isEqualTo(Permit.GO);
    }

    @Test
    void not_for_ever() {
        for (String name : new String[] {"a", "b", "c"}) {
            faults.failed(name, true, false, TIMED_OUT);
        }
        now = Duration.ofMinutes(59).toNanos();
        assertThat(faults.failed("a", true, false, TIMED_OUT)).isTrue();
        now = Duration.ofMinutes(61).toNanos();
        assertThat(faults.failed("a", true, false, TIMED_OUT)).isFalse();
        assertThat(faults.admit()).isEqualTo(Permit.GO);
    }

    @Test
    void no_file_descriptors_are_always_the_nodes_fault_and_stop_calls_for_a_moment() {
        assertThat(faults.failed("a", false, false, new SocketException("Too many open files")))
                .isTrue();
        assertThat(faults.admit()).isEqualTo(Permit.WAIT);
        now = Duration.ofSeconds(1).toNanos();
        assertThat(faults.admit()).isEqualTo(Permit.GO);
    }

    @Test
    void no_network_is_the_nodes_fault_where_there_was_one() {
        IOException fault = new IOException("failed", new ConnectException("Network is unreachable"));
        assertThat(faults.failed("a", true, false, fault)).isTrue();
        assertThat(faults.failed("ipv6-only", false, false, fault)).isFalse();
    }

    @Test
    void a_timer_that_is_late_for_long_waits_for_no_network_any_more() {
        IOException fault = new ConnectException("Network is unreachable");
        assertThat(faults.failed("a", true, true, fault)).isFalse();
        assertThat(faults.failed("a", true, false, fault)).isTrue();
    }

    /** Whoever refuses was reached: third parties that are stopped together are not the node's fault. */
    @Test
    void connections_that_are_refused_are_never_the_nodes_fault() {
        IOException fault = new IOException("Failed to connect", new ConnectException("Connection refused"));
        for (int i = 0; i < 100; i++) {
            assertThat(faults.failed("a" + i, true, false, fault)).isFalse();
        }
        assertThat(faults.admit()).isEqualTo(Permit.GO);
    }
}
