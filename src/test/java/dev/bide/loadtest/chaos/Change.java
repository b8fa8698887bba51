package dev.bide.loadtest.chaos;

/**
 * A change that was asked for. Times are milliseconds since 1970.
 *
 * @param status of the answer; 0 where none came
 * @param dueAt the due time that the answer gave; 0 where it gave none
 * @param askedMillis the delay asked for, of a reschedule
 */
record Change(Kind kind, long sentAt, long answeredAt, int status, long dueAt, long askedMillis) {
    /** What may be done to a timer or run that waits. */
    enum Kind {
        CANCEL,
        RESCHEDULE,
        PAUSE,
        RESUME
    }

    boolean done() {
        return status == 200;
    }

    /** Whether it may have been done though nobody said so. */
    boolean doubtful() {
        return status == 0 || status >= 500;
    }
}
