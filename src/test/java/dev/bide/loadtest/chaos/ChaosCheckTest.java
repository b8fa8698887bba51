package dev.bide.loadtest.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Each timer is sent at 1,000,000, answered 10 ms later, and asks for five seconds. Node 1 makes all calls unless it is said otherwise. */
class ChaosCheckTest {
    private static final long SENT = 1_000_000;
    private static final long DUE = SENT + 5_005;

    private final List<Subject> subjects = new ArrayList<>();
    private final List<Call> calls = new ArrayList<>();
    private final Map<String, String> states = new HashMap<>();
    private final List<FaultWindow> faults = new ArrayList<>();

    @Test
    void finds_nothing_where_all_is_well() {
        call(subject("a", Subject.Kind.PLAIN, "delivered"), 1, DUE + 7, 200);
        Subject flaky = subject("b", Subject.Kind.FLAKY, "delivered");
        call(flaky, 1, DUE, 503);
        call(flaky, 2, DUE + 900, 200);
        run("c", "completed");
        ChaosVerdict verdict = check();
        assertThat(verdict.violations()).isEmpty();
        assertThat(verdict.accepted()).isEqualTo(3);
        assertThat(verdict.duplicates()).isZero();
        assertThat(verdict.othersLateness().max()).isEqualTo(7);
    }

    @Test
    void is_lost_where_it_is_nowhere_or_was_never_taken() {
        subject("gone", Subject.Kind.PLAIN, "");
        subject("neverCalled", Subject.Kind.PLAIN, "delivered");
        call(subject("refused", Subject.Kind.PLAIN, "delivered"), 1, DUE, 503);
        subject("nobodyCancelled", Subject.Kind.PLAIN, "cancelled");
        subject("twice", Subject.Kind.PLAIN, "scheduled+delivered");
        call(subject("calledAndGone", Subject.Kind.PLAIN, ""), 1, DUE, 200);
        assertThat(found(Violation.Kind.LOST))
                .containsExactlyInAnyOrder(
                        "gone", "neverCalled", "refused", "nobodyCancelled", "twice", "calledAndGone");
    }

    @Test
    void is_not_lost_where_it_is_dead_or_was_cancelled_or_nobody_knows_of_it() {
        subject("dead", Subject.Kind.PLAIN, "dead");
        subject("cancelled", Subject.Kind.CANCELLED, "cancelled")
                .changed(new Change(Change.Kind.CANCEL, SENT + 100, SENT + 110, 200, 0, 0));
        subject("perhapsCancelled", Subject.Kind.CANCELLED, "cancelled")
                .changed(new Change(Change.Kind.CANCEL, SENT + 100, SENT + 110, 0, 0, 0));
        Subject unknown = new Subject("unknown", Subject.Kind.PLAIN, 5_000);
        unknown.answered(0, "", 0, SENT, SENT + 10_000);
        subjects.add(unknown);
        ChaosVerdict verdict = check();
        assertThat(verdict.violations()).isEmpty();
        assertThat(verdict.dead()).isEqualTo(1);
        assertThat(verdict.unknown()).isEqualTo(1);
    }

    @Test
    void is_half_done_where_an_unanswered_one_is_called_and_nowhere() {
        Subject unknown = new Subject("unknown", Subject.Kind.PLAIN, 5_000);
        unknown.answered(0, "", 0, SENT, SENT + 10_000);
        subjects.add(unknown);
        call(unknown, 1, DUE, 200);
        assertThat(found(Violation.Kind.LOST)).containsExactly("unknown");
    }

    @Test
    void is_lost_where_one_key_became_two_timers() {
        Subject twice = subject("twice", Subject.Kind.PLAIN, "delivered");
        call(twice, 1, DUE, 200);
        calls.add(new Call("twice", 0, UUID.randomUUID(), 1, DUE, DUE, 200, 1));
        assertThat(found(Violation.Kind.LOST)).containsExactly("twice");
    }

    @Test
    void is_stuck_where_it_still_waits() {
        subject("a", Subject.Kind.PLAIN, "scheduled");
        call(subject("b", Subject.Kind.PLAIN, "retrying"), 1, DUE, 503);
        subject("c", Subject.Kind.SLOW, "paused");
        subject("d", Subject.Kind.RUN, "active");
        assertThat(found(Violation.Kind.STUCK)).containsExactlyInAnyOrder("a", "b", "c", "d");
    }

    @Test
    void is_early_before_the_answered_or_the_asked_or_the_called_due_time() {
        call(subject("answered", Subject.Kind.PLAIN, "delivered"), 1, DUE - 51, 200);
        call(subject("inTime", Subject.Kind.PLAIN, "delivered"), 1, DUE - 50, 200);
        Subject wrongDue = new Subject("asked", Subject.Kind.PLAIN, 5_000);
        wrongDue.answered(201, "1", SENT + 1_000, SENT, SENT + 10);
        subjects.add(wrongDue);
        states.put("asked", "delivered");
        calls.add(new Call("asked", 0, UUID.randomUUID(), 1, SENT + 1_001, SENT + 1_000, 200, 1));
        subject("called", Subject.Kind.PLAIN, "delivered");
        calls.add(new Call("called", 0, UUID.randomUUID(), 1, DUE + 100, DUE + 200, 200, 1));
        assertThat(found(Violation.Kind.EARLY)).containsExactlyInAnyOrder("answered", "asked", "called");
        assertThat(check().earliestMillis()).isEqualTo(3_999);
    }

    @Test
    void is_early_before_the_time_it_was_moved_to_once_that_was_answered() {
        Subject late = subject("late", Subject.Kind.RESCHEDULED, "delivered");
        late.changed(new Change(Change.Kind.RESCHEDULE, DUE - 100, DUE - 50, 200, DUE + 1_900, 2_000));
        call(late, 1, DUE + 10, 200);
        Subject race = subject("race", Subject.Kind.RESCHEDULED, "delivered");
        race.changed(new Change(Change.Kind.RESCHEDULE, DUE - 100, DUE + 50, 200, DUE + 1_900, 2_000));
        call(race, 1, DUE + 10, 200);
        Subject doubtful = subject("doubtful", Subject.Kind.RESCHEDULED, "delivered");
        doubtful.changed(new Change(Change.Kind.RESCHEDULE, DUE - 100, DUE - 50, 0, 0, 2_000));
        call(doubtful, 1, DUE + 10, 200);
        assertThat(found(Violation.Kind.EARLY)).containsExactly("late");
    }

    @Test
    void is_early_while_it_is_paused() {
        Subject paused = subject("paused", Subject.Kind.PAUSED, "delivered");
        paused.changed(new Change(Change.Kind.PAUSE, SENT + 100, SENT + 110, 200, DUE, 0));
        paused.changed(new Change(Change.Kind.RESUME, DUE + 1_000, DUE + 1_010, 200, DUE + 1_005, 0));
        call(paused, 1, DUE + 500, 200);
        Subject resumed = subject("resumed", Subject.Kind.PAUSED, "delivered");
        resumed.changed(new Change(Change.Kind.PAUSE, SENT + 100, SENT + 110, 200, DUE, 0));
        resumed.changed(new Change(Change.Kind.RESUME, DUE + 1_000, DUE + 1_010, 200, DUE + 1_005, 0));
        call(resumed, 1, DUE + 1_006, 200);
        assertThat(found(Violation.Kind.EARLY)).containsExactly("paused");
    }

    @Test
    void is_after_cancel_where_the_call_came_later_than_the_answer() {
        Subject after = subject("after", Subject.Kind.CANCELLED, "cancelled");
        after.changed(new Change(Change.Kind.CANCEL, DUE + 10, DUE + 20, 200, 0, 0));
        call(after, 1, DUE, 503);
        call(after, 2, DUE + 21, 200);
        Subject before = subject("before", Subject.Kind.CANCELLED, "cancelled");
        before.changed(new Change(Change.Kind.CANCEL, DUE + 10, DUE + 20, 200, 0, 0));
        call(before, 1, DUE + 19, 503);
        Subject refused = subject("refused", Subject.Kind.CANCELLED, "delivered");
        refused.changed(new Change(Change.Kind.CANCEL, DUE - 10, DUE - 5, 409, 0, 0));
        call(refused, 1, DUE, 200);
        assertThat(found(Violation.Kind.AFTER_CANCEL)).containsExactly("after");
    }

    @Test
    void lets_a_runs_timer_that_is_in_hand_be_called_once_more() {
        Subject run = run("run", "cancelled");
        run.changed(new Change(Change.Kind.CANCEL, DUE - 500, DUE - 400, 200, 0, 0));
        Subject late = run("late", "cancelled");
        late.changed(new Change(Change.Kind.CANCEL, SENT - 200, SENT - 100, 200, 0, 0));
        assertThat(found(Violation.Kind.AFTER_CANCEL)).containsExactly("late");
    }

    @Test
    void is_unexplained_where_no_fault_repeats_it() {
        Subject again = subject("again", Subject.Kind.PLAIN, "delivered");
        call(again, 1, DUE, 200);
        call(again, 1, DUE + 6_000, 200);
        Subject afterTaken = subject("afterTaken", Subject.Kind.PLAIN, "delivered");
        call(afterTaken, 1, DUE, 200);
        call(afterTaken, 2, DUE + 6_000, 200);
        faults.add(new FaultWindow(Fault.KILL, 2, "", DUE + 100, DUE + 100));
        faults.add(new FaultWindow(Fault.LOCK, 0, "", DUE, DUE + 20_000));
        faults.add(new FaultWindow(Fault.FREEZE, 1, "", DUE + 60_000, DUE + 70_000));
        assertThat(found(Violation.Kind.UNEXPLAINED)).containsExactlyInAnyOrder("again", "afterTaken");
        assertThat(check().duplicates()).isEqualTo(2);
        faults.add(new FaultWindow(Fault.KILL, 1, "", DUE + 100, DUE + 100));
        assertThat(check().violations()).isEmpty();
        assertThat(check().duplicates()).isEqualTo(2);
    }

    @Test
    void finds_steps_out_of_order() {
        Subject run = subject("run", Subject.Kind.RUN, "completed");
        step(run, 1, SENT + 5_000, 503);
        step(run, 2, SENT + 11_000, 200);
        step(run, 3, SENT + 17_000, 200);
        Subject skipped = subject("skipped", Subject.Kind.RUN, "completed");
        step(skipped, 1, SENT + 5_000, 200);
        step(skipped, 2, SENT + 11_000, 200);
        assertThat(found(Violation.Kind.OUT_OF_ORDER)).contains("run", "skipped");
    }

    @Test
    void finds_a_step_that_did_not_wait() {
        Subject run = subject("run", Subject.Kind.RUN, "completed");
        step(run, 1, SENT + 5_000, 200);
        step(run, 2, SENT + 6_000, 200);
        step(run, 3, SENT + 12_000, 200);
        assertThat(found(Violation.Kind.EARLY)).containsExactly("run");
    }

    private ChaosVerdict check() {
        return ChaosCheck.check(subjects, calls, new FinalState(states, List.of()), faults);
    }

    private List<String> found(Violation.Kind kind) {
        List<Violation> violations = check().violations();
        assertThat(violations).allMatch(violation -> violation.kind() == kind);
        return violations.stream()
                .map(violation -> violation.subject().name())
                .distinct()
                .toList();
    }

    private Subject subject(String name, Subject.Kind kind, String state) {
        Subject subject = new Subject(name, kind, 5_000);
        subject.answered(201, UUID.randomUUID().toString(), DUE, SENT, SENT + 10);
        subjects.add(subject);
        if (!state.isEmpty()) {
            states.put(name, state);
        }
        return subject;
    }

    /** With all its steps done, each five seconds after the one before. */
    private Subject run(String name, String state) {
        Subject run = subject(name, Subject.Kind.RUN, state);
        step(run, 1, SENT + 5_000, 200);
        if (state.equals("completed")) {
            step(run, 2, SENT + 10_100, 200);
            step(run, 3, SENT + 15_200, 200);
        }
        return run;
    }

    private void step(Subject run, int step, long at, int status) {
        calls.add(new Call(run.name(), step, UUID.randomUUID(), 1, at, at, status, 1));
    }

    private void call(Subject subject, int attempt, long at, int status) {
        UUID timer = UUID.nameUUIDFromBytes(subject.name().getBytes(StandardCharsets.US_ASCII));
        calls.add(new Call(subject.name(), 0, timer, attempt, at, Math.min(at, DUE), status, 1));
    }
}
