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
    void severalThatAnsweredBeforeAndCanNotBeReachedAreTheNodesFault() {
        assertThat(faults.failed("a", true, false, TIMED_OUT)).isFalse();
        assertThat(faults.failed("a", true, false, TIMED_OUT)).isFalse();
        assertThat(faults.failed("b", true, false, TIMED_OUT)).isFalse();
        assertThat(faults.failed("c", true, false, TIMED_OUT)).isTrue();
        assertThat(faults.failed("never answered", false, false, TIMED_OUT)).isTrue();
    }

    @Test
    void anyoneWhoIsReachedInBetweenShowsThatItIsNot() {
        for (int i = 0; i < 100; i++) {
            assertThat(faults.failed("a" + i, true, false, TIMED_OUT)).isFalse();
            faults.reached();
        }
    }

    @Test
    void thoseThatNeverAnsweredProveNothing() {
        for (int i = 0; i < 600; i++) {
            assertThat(faults.failed("a" + i, false, false, TIMED_OUT)).isFalse();
        }
        assertThat(faults.admit()).isEqualTo(Permit.GO);
    }

    @Test
    void aResolverThatDoesNotAnswerForSeveralNamesIsTheNodesFault() {
        IOException fault = new UnknownHostException(HostResolver.NO_RESOLVER + " for x.example");
        assertThat(faults.failed("a.example", false, false, fault)).isFalse();
        assertThat(faults.failed("b.example", false, false, fault)).isFalse();
        assertThat(faults.failed("c.example", false, false, fault)).isTrue();
    }

    @Test
    void whileItIsOnlyAFewTryUntilOneIsReached() {
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
    void notForEver() {
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
    void noFileDescriptorsAreAlwaysTheNodesFaultAndStopCallsForAMoment() {
        assertThat(faults.failed("a", false, false, new SocketException("Too many open files")))
                .isTrue();
        assertThat(faults.admit()).isEqualTo(Permit.WAIT);
        now = Duration.ofSeconds(1).toNanos();
        assertThat(faults.admit()).isEqualTo(Permit.GO);
    }

    @Test
    void noNetworkIsTheNodesFaultWhereThereWasOne() {
        IOException fault = new IOException("failed", new ConnectException("Network is unreachable"));
        assertThat(faults.failed("a", true, false, fault)).isTrue();
        assertThat(faults.failed("ipv6-only", false, false, fault)).isFalse();
    }

    @Test
    void aTimerThatIsLateForLongWaitsForNoNetworkAnyMore() {
        IOException fault = new ConnectException("Network is unreachable");
        assertThat(faults.failed("a", true, true, fault)).isFalse();
        assertThat(faults.failed("a", true, false, fault)).isTrue();
    }

    /** Whoever refuses was reached: third parties that are stopped together are not the node's fault. */
    @Test
    void connectionsThatAreRefusedAreNeverTheNodesFault() {
        IOException fault = new IOException("Failed to connect", new ConnectException("Connection refused"));
        for (int i = 0; i < 100; i++) {
            assertThat(faults.failed("a" + i, true, false, fault)).isFalse();
        }
        assertThat(faults.admit()).isEqualTo(Permit.GO);
    }
}
