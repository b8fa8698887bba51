package dev.bide.jobstore;

import java.util.concurrent.atomic.LongAdder;

/** What this node has done since it started. Written by all of the store's threads. */
final class Counters {
    final LongAdder acquired = new LongAdder();
    final LongAdder fired = new LongAdder();
    final LongAdder completed = new LongAdder();
    final LongAdder recovered = new LongAdder();
    final LongAdder released = new LongAdder();
    final LongAdder abandoned = new LongAdder();
    final LongAdder poisoned = new LongAdder();
    final LongAdder statements = new LongAdder();
    final LongAdder acquisitions = new LongAdder();
    final LongAdder completions = new LongAdder();
    volatile int lastAcquired;
    volatile int lastCompleted;
}
