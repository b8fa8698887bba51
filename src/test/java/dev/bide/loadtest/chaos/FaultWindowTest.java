package dev.bide.loadtest.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class FaultWindowTest {
    private static final UUID TIMER = UUID.randomUUID();

    @Test
    void explains_what_a_killed_node_had_in_hand() {
        FaultWindow kill = new FaultWindow(Fault.KILL, 1, "", 100_000, 100_000);
        assertThat(explains(kill, call(99_900, 1), call(107_000, 2))).isTrue();
        assertThat(explains(kill, call(99_900, 2), call(107_000, 1)))
                .as("another node's")
                .isFalse();
        assertThat(explains(kill, call(80_000, 1), call(107_000, 2)))
                .as("settled long before")
                .isFalse();
        assertThat(explains(kill, call(102_500, 1), call(107_000, 2)))
                .as("sent before it, and read after it")
                .isTrue();
        assertThat(explains(kill, call(103_500, 1), call(107_000, 2)))
                .as("after it")
                .isFalse();
        assertThat(explains(kill, call(95_000, 1), call(98_000, 2)))
                .as("repeated before it")
                .isFalse();
    }

    @Test
    void explains_what_a_frozen_node_calls_on_waking() {
        FaultWindow freeze = new FaultWindow(Fault.FREEZE, 1, "", 100_000, 110_000);
        assertThat(explains(freeze, call(99_900, 1), call(106_000, 2))).isTrue();
        assertThat(explains(freeze, call(106_000, 2), call(110_500, 1))).isTrue();
        assertThat(explains(freeze, call(111_900, 1), call(116_000, 2))).isTrue();
        assertThat(explains(freeze, call(112_100, 1), call(116_000, 2)))
                .as("long after waking, too")
                .isFalse();
        assertThat(explains(freeze, call(106_000, 2), call(113_000, 1)))
                .as("long after waking")
                .isFalse();
        assertThat(explains(freeze, call(106_000, 2), call(108_000, 3)))
                .as("of others")
                .isFalse();
    }

    @Test
    void explains_what_a_fault_of_the_database_left_unwritten() {
        FaultWindow restart = new FaultWindow(Fault.DATABASE, 0, "", 100_000, 102_000);
        assertThat(explains(restart, call(99_000, 1), call(108_000, 2))).isTrue();
        assertThat(explains(restart, call(110_000, 1), call(118_000, 2)))
                .as("failovers that follow")
                .isTrue();
        assertThat(explains(restart, call(60_000, 1), call(108_000, 2))).isFalse();
        assertThat(explains(restart, call(130_000, 1), call(140_000, 2))).isFalse();
    }

    @Test
    void explains_nothing_by_locks_snapshots_and_slow_third_parties() {
        for (Fault fault : EnumSet.of(Fault.LOCK, Fault.SNAPSHOT, Fault.SLOW)) {
            assertThat(explains(new FaultWindow(fault, 0, "a", 90_000, 120_000), call(99_000, 1), call(108_000, 2)))
                    .isFalse();
        }
    }

    @Test
    void explains_what_a_killed_node_could_not_write_behind_a_lock() {
        FaultWindow lock = new FaultWindow(Fault.LOCK, 0, "a", 100_000, 120_000);
        FaultWindow kill = new FaultWindow(Fault.KILL, 1, "", 123_000, 123_000);
        FaultWindow others = new FaultWindow(Fault.LOCK, 0, "b", 100_000, 120_000);
        assertThat(explains(kill, call(101_000, 1), call(130_000, 2), lock)).isTrue();
        assertThat(explains(kill, call(101_000, 1), call(130_000, 2), others)).isFalse();
        assertThat(explains(kill, call(84_000, 1), call(130_000, 2), lock))
                .as("written before the lock")
                .isFalse();
        FaultWindow trigger = new FaultWindow(Fault.LOCK, 0, TIMER.toString(), 100_000, 120_000);
        assertThat(explains(kill, call(101_000, 1), call(130_000, 2), trigger)).isTrue();
    }

    @Test
    void reads_faults_by_name() {
        assertThat(Fault.parse("kill,freeze")).containsExactlyInAnyOrder(Fault.KILL, Fault.FREEZE);
        assertThat(Fault.parse("all")).hasSize(10);
        assertThat(Fault.parse("none")).isEmpty();
        assertThatThrownBy(() -> Fault.parse("flood")).hasMessageContaining("flood");
    }

    private static boolean explains(FaultWindow fault, Call first, Call repeated, FaultWindow... more) {
        return fault.explains(first, repeated, FaultWindow.unsettledUntil(first, List.of(more)));
    }

    private static Call call(long at, int node) {
        return new Call("a", 0, TIMER, 1, at, at, 200, node);
    }
}
