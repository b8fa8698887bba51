package dev.bide.loadtest;

import java.time.Duration;

/**
 * Requests of one kind, and when to send them.
 *
 * @param maxConnections how many may be under way at once; requests beyond that wait, and their wait is measured
 * @param patience after the last one is due, for answers, and for requests that could not be sent in time
 * @param acceptance is told of each timer accepted
 */
record Load(RequestTemplate template, Arrivals arrivals, int maxConnections, Duration patience, Acceptance acceptance) {

    /** Takes an accepted timer: its id, when its request was sent and when its answer came, in milliseconds since 1970. */
    interface Acceptance {
        void accept(long mostSignificant, long leastSignificant, long sentAt, long answeredAt);
    }
}
