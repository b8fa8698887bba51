package dev.bide.loadtest;

/**
 * What the third party's ledger says of the timers that were accepted.
 *
 * @param lost accepted, and not received
 * @param duplicates calls beyond a timer's first
 * @param early received before it was due: by the time the service gave, or by the time it was asked for
 * @param misdated due times the service gave that are not the asked delay after the request
 * @param unknown received, and accepted from nobody we know
 * @param deliveredInTime of the measured timers, those received before the last one of them was due
 * @param lateness of the measured timers, in milliseconds
 */
record Verdict(
        long lost,
        long duplicates,
        long early,
        long misdated,
        long unknown,
        long deliveredInTime,
        Latencies lateness) {}
