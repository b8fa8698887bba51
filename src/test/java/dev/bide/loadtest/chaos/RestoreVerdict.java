package dev.bide.loadtest.chaos;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * What a database that went back to a moment makes of what was promised before it, and since.
 *
 * @param acceptedBefore timers and runs that were accepted before the moment
 * @param lostBefore of those, the ones that are not there
 * @param acceptedSince accepted after it
 * @param gone of those, the ones that are not there
 * @param neverCalled of those, the ones that nobody was called for, and nobody will be
 * @param calledAgain timers that were called before the disaster and again after the restore
 * @param finishedCalledAgain of those that were finished at the moment, the ones that were called after the restore all the same
 * @param cancelsUndone cancelled after the moment, and called after the restore
 * @param cancelledBeforeCalled cancelled before it, and called after the restore
 * @param stillPaused paused at the moment and resumed since, which is undone too
 * @param open what is neither finished nor paused in the end
 */
record RestoreVerdict(
        long acceptedBefore,
        long lostBefore,
        long acceptedSince,
        long gone,
        long neverCalled,
        long calledAgain,
        long finishedCalledAgain,
        long cancelsUndone,
        long cancelledBeforeCalled,
        long stillPaused,
        long open) {
    private static final Set<String> OPEN = Set.of("scheduled", "retrying", "active");

    /** Of a timer or run that nothing more may be called for. */
    private static final Set<String> FINISHED = Set.of("delivered", "completed", "dead", "failed", "cancelled");

    /**
     * Counts; times are milliseconds since 1970.
     *
     * @param moment that the database went back to
     * @param restoredAt when it was there again, and nobody had acted on it yet
     * @param restored what it held then
     * @param end what it held in the end
     */
    static RestoreVerdict of(
            Collection<Subject> subjects,
            Collection<Call> calls,
            long moment,
            long restoredAt,
            FinalState restored,
            FinalState end) {
        Map<Boolean, List<Call>> byTime =
                calls.stream().collect(Collectors.partitioningBy(call -> call.at() >= restoredAt));
        List<Call> after = byTime.getOrDefault(true, List.of());
        Set<String> namesBefore = byTime.getOrDefault(false, List.of()).stream()
                .map(Call::subject)
                .collect(Collectors.toSet());
        Set<String> namesAfter = after.stream().map(Call::subject).collect(Collectors.toSet());
        Set<UUID> timersBefore =
                byTime.getOrDefault(false, List.of()).stream().map(Call::timer).collect(Collectors.toSet());
        Set<UUID> again = new HashSet<>();
        after.stream().map(Call::timer).filter(timersBefore::contains).forEach(again::add);
        List<Subject> before = new ArrayList<>();
        List<Subject> since = new ArrayList<>();
        for (Subject subject : subjects) {
            if (subject.accepted()) {
                (subject.answeredAt() <= moment ? before : since).add(subject);
            }
        }
        List<Subject> gone = since.stream()
                .filter(subject -> restored.of(subject.name()).isEmpty())
                .toList();
        return new RestoreVerdict(
                before.size(),
                before.stream()
                        .filter(subject -> restored.of(subject.name()).isEmpty())
                        .count(),
                since.size(),
                gone.size(),
                gone.stream()
                        .filter(subject ->
                                !namesBefore.contains(subject.name()) && !isCancelled(subject, Long.MAX_VALUE))
                        .count(),
                again.size(),
                namesAfter.stream()
                        .filter(name -> FINISHED.contains(restored.of(name)))
                        .count(),
                before.stream()
                        .filter(subject -> namesAfter.contains(subject.name())
                                && isCancelled(subject, Long.MAX_VALUE)
                                && !isCancelled(subject, moment))
                        .count(),
                before.stream()
                        .filter(subject -> namesAfter.contains(subject.name()) && isCancelled(subject, moment))
                        .count(),
                count(subjects, end, Set.of("paused")),
                count(subjects, end, OPEN));
    }

    private static boolean isCancelled(Subject subject, long until) {
        return subject.changes().stream()
                .anyMatch(
                        change -> change.kind() == Change.Kind.CANCEL && change.done() && change.answeredAt() <= until);
    }

    private static long count(Collection<Subject> subjects, FinalState state, Set<String> states) {
        return subjects.stream()
                .filter(subject -> states.contains(state.of(subject.name())))
                .count();
    }

    /** What the run is to be failed for. */
    List<String> failures() {
        List<String> failures = new ArrayList<>();
        if (acceptedBefore == 0 || gone == 0 || calledAgain == 0) {
            failures.add("nothing happened before or after the moment, so that nothing was tried");
        }
        failIf(failures, lostBefore, "that were accepted before the moment are lost");
        failIf(failures, finishedCalledAgain, "that were finished before it were called again");
        failIf(failures, cancelledBeforeCalled, "that were cancelled before it were called");
        failIf(failures, open, "are still open");
        return failures;
    }

    private static void failIf(List<String> failures, long count, String what) {
        if (count > 0) {
            failures.add(count + " " + what);
        }
    }

    String result(long recoveryMillis, long caughtUpMillis, long seed) {
        return String.format(
                Locale.ROOT,
                "RESULT {\"acceptedBefore\":%d,\"lostBefore\":%d,\"acceptedSince\":%d,\"gone\":%d,\"neverCalled\":%d,\"calledAgain\":%d,"
                        + "\"finishedCalledAgain\":%d,\"cancelsUndone\":%d,\"cancelledBeforeCalled\":%d,\"stillPaused\":%d,\"open\":%d,"
                        + "\"recoveryMs\":%d,\"caughtUpMs\":%d,\"seed\":%d}",
                acceptedBefore,
                lostBefore,
                acceptedSince,
                gone,
                neverCalled,
                calledAgain,
                finishedCalledAgain,
                cancelsUndone,
                cancelledBeforeCalled,
                stillPaused,
                open,
                recoveryMillis,
                caughtUpMillis,
                seed);
    }
}
