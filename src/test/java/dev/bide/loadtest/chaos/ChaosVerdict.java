package dev.bide.loadtest.chaos;

import dev.bide.loadtest.Latencies;
import java.util.List;

/**
 * What came of a run.
 *
 * @param accepted timers and runs
 * @param unknown that were never answered: they may exist or not
 * @param duplicates calls that were not the first of their attempt, or came after one that was taken
 * @param dead timers for the good third party that ended dead
 * @param earliestMillis how much before its time the earliest call came; within {@link ChaosCheck#CLOCK_ERROR_MILLIS} it is no violation
 * @param lateness of all first attempts
 * @param othersLateness of those for the good third party
 */
record ChaosVerdict(
        long accepted,
        long unknown,
        long calls,
        long duplicates,
        long dead,
        long earliestMillis,
        Latencies lateness,
        Latencies othersLateness,
        List<Violation> violations) {

    long count(Violation.Kind kind) {
        return violations.stream().filter(violation -> violation.kind() == kind).count();
    }
}
