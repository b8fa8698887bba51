package dev.bide.loadtest;

import java.util.ArrayList;
import java.util.List;

/**
 * All that a run measured.
 *
 * @param requestTimers timers in a request
 * @param serviceLateness the service's own account of the measured load
 */
record Outcome(
        SustainedOptions options,
        int requestTimers,
        LoadFigures load,
        LoadFigures warmUp,
        Verdict verdict,
        Costs costs,
        LatenessHistogram serviceLateness) {
    private static final double ENOUGH = 0.99;

    double acceptedPerSecond() {
        return (double) load.acceptedInTime.get() / options.seconds();
    }

    double deliveredPerSecond() {
        return (double) verdict.deliveredInTime() / options.seconds();
    }

    /** What the run is to be failed for; empty if it passed. */
    List<String> failures() {
        List<String> failures = new ArrayList<>();
        failIf(failures, verdict.lost(), "accepted timers were not delivered");
        failIf(failures, verdict.early(), "timers were early");
        failIf(failures, verdict.duplicates(), "calls were duplicates");
        failIf(failures, verdict.misdated(), "due times were not what was asked for");
        failIf(
                failures,
                Math.max(0, verdict.unknown() - unansweredTimers()),
                "calls were for timers nobody was told of");
        failIf(failures, load.wrong.get() + warmUp.wrong.get(), "timers were answered wrongly");
        if (load.accepted.get() == 0) {
            failures.add("no timer was accepted");
        }
        if (!options.anyRate() && acceptedPerSecond() < ENOUGH * options.rate()) {
            failures.add("accepted less than 99 % of the rate");
        }
        return failures;
    }

    /** Any of these may exist. */
    private long unansweredTimers() {
        return load.unanswered.get() + warmUp.unanswered.get();
    }

    private static void failIf(List<String> failures, long count, String what) {
        if (count > 0) {
            failures.add(count + " " + what);
        }
    }
}
