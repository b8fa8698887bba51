package dev.bide.loadtest.chaos;

/**
 * A promise that was broken.
 *
 * @param subject whose
 * @param what for people
 */
record Violation(Kind kind, Subject subject, String what) {
    /** The promises. */
    enum Kind {
        /** Accepted, not cancelled, and neither delivered, dead nor waiting; or there twice; or half there. */
        LOST,
        /** Called before it was due, or while it was paused. */
        EARLY,
        AFTER_CANCEL,
        /** Called again, and no fault explains it. */
        UNEXPLAINED,
        /** Waits, though nothing is left to wait for. */
        STUCK,
        /** A run's step came before the one before it was done, or was passed over. */
        OUT_OF_ORDER
    }
}
