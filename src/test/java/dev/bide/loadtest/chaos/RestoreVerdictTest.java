package dev.bide.loadtest.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RestoreVerdictTest {
    private static final long MOMENT = 1_000;
    private static final long RESTORED = 2_000;

    private final List<Subject> subjects = new ArrayList<>();
    private final List<Call> calls = new ArrayList<>();

    private Subject accepted(String name, long at) {
        Subject subject = new Subject(name, Subject.Kind.PLAIN, 0);
        subject.answered(201, "id of " + name, 0, at - 1, at);
        subjects.add(subject);
        return subject;
    }

    private void called(String name, long at) {
        calls.add(new Call(name, 0, UUID.nameUUIDFromBytes(name.getBytes()), 1, at, 0, 200, 1));
    }

    private RestoreVerdict verdict(Map<String, String> restored) {
        return RestoreVerdict.of(
                subjects,
                calls,
                MOMENT,
                RESTORED,
                new FinalState(restored, List.of()),
                new FinalState(Map.of(), List.of()));
    }

    @Test
    void what_was_accepted_before_has_to_be_there_and_what_came_since_is_gone() {
        accepted("kept", 900);
        accepted("lost", 900);
        accepted("since", 1_100);
        accepted("called since", 1_100);
        called("called since", 1_500);
        RestoreVerdict verdict = verdict(Map.of("kept", "scheduled"));
        assertThat(verdict.acceptedBefore()).isEqualTo(2);
        assertThat(verdict.lostBefore()).isEqualTo(1);
        assertThat(verdict.gone()).isEqualTo(2);
        assertThat(verdict.neverCalled()).isEqualTo(1);
        assertThat(verdict.failures()).anyMatch(failure -> failure.contains("are lost"));
    }

    @Test
    void what_was_called_since_is_called_again_but_not_what_was_finished() {
        accepted("waiting", 900);
        called("waiting", 1_500);
        called("waiting", 2_500);
        accepted("done", 500);
        called("done", 600);
        RestoreVerdict verdict = verdict(Map.of("waiting", "scheduled", "done", "delivered"));
        assertThat(verdict.calledAgain()).isEqualTo(1);
        assertThat(verdict.finishedCalledAgain()).isZero();
        called("done", 2_600);
        assertThat(verdict(Map.of("waiting", "scheduled", "done", "delivered")).failures())
                .anyMatch(failure -> failure.contains("finished"));
    }

    @Test
    void cancels_since_are_undone_and_those_before_are_not() {
        Subject since = accepted("cancelled since", 900);
        since.changed(new Change(Change.Kind.CANCEL, 1_100, 1_200, 200, 0, 0));
        called("cancelled since", 2_500);
        Subject before = accepted("cancelled before", 900);
        before.changed(new Change(Change.Kind.CANCEL, 910, 920, 200, 0, 0));
        RestoreVerdict verdict = verdict(Map.of("cancelled since", "scheduled", "cancelled before", "cancelled"));
        assertThat(verdict.cancelsUndone()).isEqualTo(1);
        assertThat(verdict.cancelledBeforeCalled()).isZero();
        called("cancelled before", 2_500);
        assertThat(verdict(Map.of()).failures()).anyMatch(failure -> failure.contains("cancelled before it"));
    }
}
