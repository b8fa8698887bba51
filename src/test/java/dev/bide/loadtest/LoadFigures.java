package dev.bide.loadtest;

import java.util.concurrent.atomic.AtomicLong;

/** What became of a load so far. The generator's thread writes, any may read. */
final class LoadFigures {
    /** From the time a request should have been sent to its complete answer, in microseconds; of accepted ones. */
    final Latencies acceptMicros = new Latencies();

    /** In milliseconds since 1970. */
    final AtomicLong startedAt = new AtomicLong();
    /** Requests. */
    final AtomicLong sent = new AtomicLong();
    /** Timers, by an answer of 2xx and an id. */
    final AtomicLong accepted = new AtomicLong();
    /** Of those, the timers whose answer came before the load's last request was due. */
    final AtomicLong acceptedInTime = new AtomicLong();
    /** Timers the service said no to: by 429 or 503 of the whole request, or one by one in a bulk answer. */
    final AtomicLong refused = new AtomicLong();
    /** Timers of requests with any other answer. */
    final AtomicLong wrong = new AtomicLong();
    /** Timers of requests without an answer: whether they exist is unknown. */
    final AtomicLong unanswered = new AtomicLong();
    /** Timers that were due to be sent while all connections were busy, until the load gave up on them. */
    final AtomicLong unsent = new AtomicLong();

    final AtomicLong connections = new AtomicLong();
}
