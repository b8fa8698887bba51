package dev.bide.loadtest.chaos;

import java.util.List;

/**
 * A fault that happened. Times are milliseconds since 1970.
 *
 * @param node the number of the node that it hit; 0 for one of all
 * @param held the name of the timer or run, or the id of the timer, whose row it locked; empty where it locked none
 * @param to when its direct effect ended
 */
record FaultWindow(Fault fault, int node, String held, long from, long to) {
    /** How long before a fault a call may have come whose outcome was not yet written: its timeout, and time for the writing. */
    static final long UNSETTLED_MILLIS = 15_000;

    /** What connections, check-ins and failovers need after a fault of the database. */
    static final long AFTER_DATABASE_MILLIS = 15_000;

    /** The pause between a node's look at its lease and the first byte of its call. */
    static final long AFTER_THAW_MILLIS = 2_000;

    /** What was sent lies in the third party's socket, which reads it when it comes to it. */
    private static final long LAST_READ_MILLIS = 3_000;

    /** Clocks are read before or after the deed. */
    private static final long SLACK_MILLIS = 1_000;

    FaultWindow {
        if (to < from) {
            throw new IllegalArgumentException("to: ends before it begins");
        }
    }

    static final String RULE = """
            A repeated call B of a call A is explained by a fault only if
             - the node that made A was killed, stopped or frozen before B came, within %d s after A (its outcome may not have been written), or
             - the node that made A or B was frozen, and made that call within %d s after its waking (between its look at the lease and the first byte), or
             - the database was restarted, full, or its sessions ended, from %d s after A at the latest and not over %d s before A.
            Locks, snapshots and slow third parties explain nothing; but an outcome can't be written while somebody holds its own row, and the %d s go on from that lock's end.""".formatted(
                    UNSETTLED_MILLIS / 1000,
                    AFTER_THAW_MILLIS / 1000,
                    UNSETTLED_MILLIS / 1000,
                    AFTER_DATABASE_MILLIS / 1000,
                    UNSETTLED_MILLIS / 1000);

    /** Until when the outcome of a call may have been unwritten, with all the faults that there were. */
    static long unsettledUntil(Call call, List<FaultWindow> faults) {
        long until = call.at() + UNSETTLED_MILLIS;
        for (FaultWindow lock : faults) {
            boolean own = lock.held().equals(call.subject())
                    || lock.held().equals(call.timer().toString());
            if (own && lock.from() <= until && lock.to() >= call.at()) {
                until = Math.max(until, lock.to() + UNSETTLED_MILLIS);
            }
        }
        return until;
    }

    /**
     * By {@link #RULE}.
     *
     * @param unsettledUntil of the first
     */
    boolean explains(Call first, Call repeated, long unsettledUntil) {
        boolean began = from <= Math.min(repeated.at(), unsettledUntil) + SLACK_MILLIS;
        return switch (fault.repeats) {
            case NOTHING -> false;
            case ALL_NODES -> began && to + AFTER_DATABASE_MILLIS >= first.at();
            case ITS_NODE ->
                (node == first.node() && began && to + lastCallMillis() >= first.at())
                        || (fault == Fault.FREEZE
                                && node == repeated.node()
                                && from <= first.at()
                                && repeated.at() >= to - SLACK_MILLIS
                                && repeated.at() <= to + AFTER_THAW_MILLIS);
        };
    }

    /** How long after its end a call of its node may still be read that others repeat. */
    private long lastCallMillis() {
        return fault == Fault.FREEZE ? AFTER_THAW_MILLIS : LAST_READ_MILLIS;
    }
}
