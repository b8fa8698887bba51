package dev.bide.http.body;

import java.time.Duration;

/**
 * How slow a client may be that sends a body, or takes an answer.
 *
 * @param longest for all of it
 * @param leastRate bytes a second, on the average, once some seconds are over; 0 for any
 */
public record Patience(Duration longest, long leastRate) {
    /** How often a slow client is looked at; for so long at least it may be slow. */
    private static final Duration LOOK = Duration.ofSeconds(5);

    /** @param millis since it began */
    public boolean isOver(long millis, long bytes) {
        return millis >= longest.toMillis()
                || (millis >= LOOK.toMillis() && bytes * 1_000 < leastRate * (millis - LOOK.toMillis() / 2));
    }

    public long millisToNextLook(long millis) {
        long left = Math.max(1, longest.toMillis() - millis);
        return leastRate == 0 ? left : Math.min(left, LOOK.toMillis());
    }
}
