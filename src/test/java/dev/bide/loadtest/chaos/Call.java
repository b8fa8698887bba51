package dev.bide.loadtest.chaos;

import java.util.UUID;

/**
 * One call that the third party received. Times are milliseconds since 1970, by this machine's clock.
 *
 * @param subject the name of the timer or run, as the load gave it
 * @param step of a run, from 1; 0 for a lone timer
 * @param timer the idempotency key
 * @param at when the request was there
 * @param dueAt as the call says
 * @param status what it was answered
 * @param node whose signature it bears; 0 for nobody's
 */
record Call(String subject, int step, UUID timer, int attempt, long at, long dueAt, int status, int node) {
    boolean taken() {
        return status / 100 == 2;
    }
}
