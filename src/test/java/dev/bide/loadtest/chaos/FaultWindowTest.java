package dev.bide.loadtest.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class FaultWindowTest {
    private static final UUID TIMER = UUID.randomUUID();

    @Test
    void explainsWhatAKilledNodeHadInHand() {
        FaultWindow kill = new FaultWindow(Fault.KILL, 1, 100_000, 100_000);
        assertThat(kill.explains(call(99_900, 1), call(107_000, 2))).isTrue();
        assertThat(kill.explains(call(99_900, 2), call(107_000, 1)))
                .as("another node's")
                .isFalse();
        assertThat(kill.explains(call(80_000, 1), call(107_000, 2)))
                .as("settled long before")
                .isFalse();
        assertThat(kill.explains(call(102_000, 1), call(107_000, 2)))
                .as("after it")
                .isFalse();
        assertThat(kill.explains(call(95_000, 1), call(98_000, 2)))
                .as("repeated before it")
                .isFalse();
    }

    @Test
    void explainsWhatAFrozenNodeCallsOnWaking() {
        FaultWindow freeze = new FaultWindow(Fault.FREEZE, 1, 100_000, 110_000);
        assertThat(freeze.explains(call(99_900, 1), call(106_000, 2))).isTrue();
        assertThat(freeze.explains(call(106_000, 2), call(110_500, 1))).isTrue();
        assertThat(freeze.explains(call(111_900, 1), call(116_000, 2))).isTrue();
        assertThat(freeze.explains(call(112_100, 1), call(116_000, 2)))
                .as("long after waking, too")
                .isFalse();
        assertThat(freeze.explains(call(106_000, 2), call(113_000, 1)))
                .as("long after waking")
                .isFalse();
        assertThat(freeze.explains(call(106_000, 2), call(108_000, 3)))
                .as("of others")
                .isFalse();
    }

    @Test
    void explainsWhatAFaultOfTheDatabaseLeftUnwritten() {
        FaultWindow restart = new FaultWindow(Fault.DATABASE, 0, 100_000, 102_000);
        assertThat(restart.explains(call(99_000, 1), call(108_000, 2))).isTrue();
        assertThat(restart.explains(call(110_000, 1), call(118_000, 2)))
                .as("failovers that follow")
                .isTrue();
        assertThat(restart.explains(call(60_000, 1), call(108_000, 2))).isFalse();
        assertThat(restart.explains(call(130_000, 1), call(140_000, 2))).isFalse();
    }

    @Test
    void explainsNothingByLocksSnapshotsAndSlowThirdParties() {
        for (Fault fault : EnumSet.of(Fault.LOCK, Fault.SNAPSHOT, Fault.SLOW)) {
            assertThat(new FaultWindow(fault, 0, 90_000, 120_000).explains(call(99_000, 1), call(108_000, 2)))
                    .isFalse();
        }
    }

    @Test
    void readsFaultsByName() {
        assertThat(Fault.parse("kill,freeze")).containsExactlyInAnyOrder(Fault.KILL, Fault.FREEZE);
        assertThat(Fault.parse("all")).hasSize(10);
        assertThat(Fault.parse("none")).isEmpty();
        assertThatThrownBy(() -> Fault.parse("flood")).hasMessageContaining("flood");
    }

    private static Call call(long at, int node) {
        return new Call("a", 0, TIMER, 1, at, at, 200, node);
    }
}
