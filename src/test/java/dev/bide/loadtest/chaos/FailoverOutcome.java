package dev.bide.loadtest.chaos;

import dev.bide.loadtest.Latencies;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;

/**
 * What came of a fault.
 *
 * @param calm the longest gap in acceptance before it
 * @param acceptance the longest from it on
 * @param delivery the same, of first calls
 * @param inFlight timers whose first call came in the second before the fault or before requests were accepted again
 * @param lateness of the timers that were due before the fault, or five seconds and more after deliveries had gone on
 * @param rejoinedMillis from the fault's end until all database nodes were well again; negative where they were not
 */
record FailoverOutcome(
        FailoverFault fault,
        boolean synchronous,
        ChaosVerdict verdict,
        Gap calm,
        Gap acceptance,
        Gap delivery,
        long inFlight,
        Latencies lateness,
        OldPrimary oldPrimary,
        long rejoinedMillis) {
    /** For a primary that is killed. */
    static final long LONGEST_GAP_MILLIS = 15_000;

    private static final long BEFORE_MILLIS = 1_000;
    private static final long AFTER_MILLIS = 5_000;

    /**
     * Sums up.
     *
     * @param loadFrom when the load had its full rate
     * @param faultAt when the fault came
     * @param loadTo when the load was over
     */
    static FailoverOutcome of(
            FailoverFault fault,
            boolean synchronous,
            ChaosVerdict verdict,
            Collection<Subject> subjects,
            Collection<Call> calls,
            long loadFrom,
            long faultAt,
            long loadTo,
            OldPrimary oldPrimary,
            long rejoinedMillis) {
        List<Long> accepted = subjects.stream()
                .filter(Subject::accepted)
                .map(Subject::answeredAt)
                .toList();
        List<Call> firsts = firsts(calls);
        Gap acceptance = Gap.longest(accepted, faultAt, loadTo);
        Gap delivery = Gap.longest(firsts.stream().map(Call::at).toList(), faultAt, loadTo);
        Latencies lateness = new Latencies();
        firsts.stream()
                .filter(call -> call.attempt() == 1
                        && (call.dueAt() < faultAt - BEFORE_MILLIS || call.dueAt() > delivery.to() + AFTER_MILLIS))
                .forEach(call -> lateness.record(call.at() - call.dueAt()));
        long inFlight = firsts.stream()
                .filter(call -> call.at() >= faultAt - BEFORE_MILLIS && call.at() <= acceptance.to())
                .count();
        return new FailoverOutcome(
                fault,
                synchronous,
                verdict,
                Gap.longest(accepted, loadFrom, faultAt - BEFORE_MILLIS),
                acceptance,
                delivery,
                inFlight,
                lateness,
                oldPrimary,
                rejoinedMillis);
    }

    private static List<Call> firsts(Collection<Call> calls) {
        Set<UUID> seen = new HashSet<>();
        return calls.stream()
                .sorted((one, other) -> Long.compare(one.at(), other.at()))
                .filter(call -> seen.add(call.timer()))
                .toList();
    }

    /** What the run is to be failed for. With an asynchronous standby promises can't hold, and are counted only. */
    List<String> failures() {
        List<String> failures = new ArrayList<>();
        if (verdict.accepted() == 0) {
            failures.add("nothing was accepted");
        }
        if (!synchronous) {
            return failures;
        }
        if (!verdict.violations().isEmpty()) {
            failures.add(verdict.violations().size() + " promises were broken");
        }
        if (verdict.duplicates() > inFlight) {
            failures.add(verdict.duplicates() + " timers were called twice, and " + inFlight + " were in flight");
        }
        if (oldPrimary.settled() + oldPrimary.fired() + oldPrimary.accepted() > 0) {
            failures.add("the old primary went on: " + oldPrimary);
        }
        if (fault == FailoverFault.KILL && acceptance.millis() >= LONGEST_GAP_MILLIS) {
            failures.add("nothing was accepted for " + acceptance.millis() + " ms");
        }
        if (rejoinedMillis < 0) {
            failures.add("not all database nodes came back");
        }
        return failures;
    }

    String result() {
        return String.format(
                Locale.ROOT,
                "RESULT {\"fault\":\"%s\",\"synchronous\":%s,\"accepted\":%d,\"unknown\":%d,\"lost\":%d,\"afterCancel\":%d,\"early\":%d,"
                        + "\"stuck\":%d,\"outOfOrder\":%d,\"calledTwice\":%d,\"inFlight\":%d,\"unexplained\":%d,\"dead\":%d,"
                        + "\"acceptGapMs\":%d,\"deliverGapMs\":%d,\"calmGapMs\":%d,\"latenessMs\":%s,"
                        + "\"oldPrimary\":{\"settled\":%d,\"fired\":%d,\"accepted\":%d,\"sessions\":%d},\"rejoinedMs\":%d}",
                fault,
                synchronous,
                verdict.accepted(),
                verdict.unknown(),
                verdict.count(Violation.Kind.LOST),
                verdict.count(Violation.Kind.AFTER_CANCEL),
                verdict.count(Violation.Kind.EARLY),
                verdict.count(Violation.Kind.STUCK),
                verdict.count(Violation.Kind.OUT_OF_ORDER),
                verdict.duplicates(),
                inFlight,
                verdict.count(Violation.Kind.UNEXPLAINED),
                verdict.dead(),
                acceptance.millis(),
                delivery.millis(),
                calm.millis(),
                ChaosReport.json(lateness),
                oldPrimary.settled(),
                oldPrimary.fired(),
                oldPrimary.accepted(),
                oldPrimary.sessions(),
                rejoinedMillis);
    }
}
