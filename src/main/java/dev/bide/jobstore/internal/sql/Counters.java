package dev.bide.jobstore.internal.sql;

import java.util.concurrent.atomic.LongAdder;

/** What this node has done since it started. Written by all of the store's threads. */
public final class Counters {
    public final LongAdder acquired = new LongAdder();
    public final LongAdder fired = new LongAdder();
    public final LongAdder completed = new LongAdder();
    public final LongAdder recovered = new LongAdder();
    public final LongAdder released = new LongAdder();
    public final LongAdder abandoned = new LongAdder();
    public final LongAdder poisoned = new LongAdder();
    public final LongAdder statements = new LongAdder();
    public final LongAdder acquisitions = new LongAdder();
    public final LongAdder completions = new LongAdder();
    public volatile int lastAcquired;
    public volatile int lastCompleted;
}
