package dev.bide.loadtest.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.loadtest.Latencies;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class FailoverOutcomeTest {
    private static final long FAULT = 100_000;

    private final List<Subject> subjects = new ArrayList<>();
    private final List<Call> calls = new ArrayList<>();

    private void accepted(long at) {
        Subject subject = new Subject("a" + at, Subject.Kind.PLAIN, 0);
        subject.answered(201, "id", 0, at, at);
        subjects.add(subject);
    }

    private void called(String name, long at, long dueAt) {
        calls.add(new Call(name, 0, UUID.nameUUIDFromBytes(name.getBytes()), 1, at, dueAt, 200, 1));
    }

    private FailoverOutcome outcome(FailoverFault fault, long duplicates, OldPrimary oldPrimary) {
        ChaosVerdict verdict = new ChaosVerdict(1, 0, 1, duplicates, 0, 0, new Latencies(), new Latencies(), List.of());
        return FailoverOutcome.of(fault, true, verdict, subjects, calls, 50_000, FAULT, 200_000, oldPrimary, 5);
    }

    @Test
    void lateness_of_the_gap_is_left_out() {
        called("before", 90_020, 90_000);
        called("in the gap", 112_000, 101_000);
        called("shortly after", 113_000, 113_000);
        called("long after", 119_040, 119_000);
        called("last", 199_000, 199_000);
        for (long at = FAULT + 12_000; at <= 200_000; at += 5_000) {
            called("steady" + at, at, FAULT);
        }
        FailoverOutcome outcome = outcome(FailoverFault.KILL, 0, OldPrimary.NONE);
        assertThat(outcome.delivery()).isEqualTo(new Gap(90_020, 112_000));
        assertThat(outcome.lateness().count()).isEqualTo(3);
        assertThat(outcome.lateness().max()).isEqualTo(40);
    }

    @Test
    void no_more_may_be_called_twice_than_were_in_flight() {
        for (long at = 60_000; at <= 200_000; at += 1_000) {
            accepted(at);
        }
        called("in flight", FAULT - 500, FAULT - 600);
        called("long done", FAULT - 5_000, FAULT - 5_100);
        assertThat(outcome(FailoverFault.SWITCHOVER, 1, OldPrimary.NONE).failures())
                .isEmpty();
        assertThat(outcome(FailoverFault.SWITCHOVER, 2, OldPrimary.NONE).failures())
                .singleElement()
                .asString()
                .contains("2 timers were called twice, and 1 were in flight");
    }

    @Test
    void a_long_gap_after_a_kill_fails_and_so_does_an_old_primary_that_goes_on() {
        accepted(FAULT - 10);
        accepted(FAULT + 15_000);
        accepted(FAULT + 30_000);
        accepted(FAULT + 40_000);
        accepted(FAULT + 50_000);
        for (long at = FAULT + 60_000; at <= 200_000; at += 10_000) {
            accepted(at);
        }
        assertThat(outcome(FailoverFault.KILL, 0, OldPrimary.NONE).failures())
                .singleElement()
                .asString()
                .contains("nothing was accepted for 15010 ms");
        assertThat(outcome(FailoverFault.CUT, 0, OldPrimary.NONE).failures()).isEmpty();
        assertThat(outcome(FailoverFault.FREEZE, 0, new OldPrimary(0, 1, 0, 3)).failures())
                .singleElement()
                .asString()
                .contains("the old primary went on");
    }
}
