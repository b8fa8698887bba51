package dev.bide.engine.figures;

import dev.bide.delivery.DeliveryOutcome;
import dev.bide.engine.DeliveryObserver;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.figures.FigureStore.Faults;
import dev.bide.workflow.figures.FigureStore.Sums;
import dev.bide.workflow.store.FiredTimer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** Counts what this node does. Thread-safe: nobody waits for anybody. */
public final class NodeTally implements DeliveryObserver {
    /** What is promised of a first attempt. */
    static final Duration ON_TIME = Duration.ofSeconds(1);

    private final LongAdder accepted = new LongAdder();
    private final LongAdder delivered = new LongAdder();
    private final LongAdder retried = new LongAdder();
    private final LongAdder dead = new LongAdder();
    private final LongAdder firsts = new LongAdder();
    private final LongAdder onTime = new LongAdder();
    private final LongAdder repaired = new LongAdder();
    private final LongAdder unreadable = new LongAdder();
    private final AtomicLongArray lateness = new AtomicLongArray(LatenessBuckets.COUNT);
    private final LongSupplier poisoned;

    /** @param poisoned triggers that this node's job store has set aside, since it started */
    public NodeTally(LongSupplier poisoned) {
        this.poisoned = poisoned;
    }

    @Override
    public void accepted(int count) {
        accepted.add(count);
    }

    @Override
    public void settled(FiredTimer timer, DeliveryOutcome outcome, TimerStatus status) {
        if (outcome instanceof DeliveryOutcome.Attempted attempted) {
            switch (status) {
                case DELIVERED -> delivered.increment();
                case RETRYING -> retried.increment();
                case DEAD -> dead.increment();
                case SCHEDULED, PAUSED, CANCELLED -> {
                    // No attempt ends so.
                }
            }
            if (timer.attemptsMade() == 0) {
                first(Duration.between(timer.dueAt(), attempted.startedAt()));
            }
        }
    }

    private void first(Duration late) {
        firsts.increment();
        if (late.compareTo(ON_TIME) <= 0) {
            onTime.increment();
        }
        lateness.incrementAndGet(LatenessBuckets.of(late));
    }

    @Override
    public void unreadable(int count) {
        unreadable.add(count);
    }

    @Override
    public void repaired(String kind, int count) {
        repaired.add(count);
    }

    /** Not of one instant: what is counted while this reads may be in it or not. */
    public Totals totals() {
        long[] buckets = new long[LatenessBuckets.COUNT];
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] = lateness.get(i);
        }
        return new Totals(
                new Sums(
                        accepted.sum(),
                        delivered.sum(),
                        retried.sum(),
                        dead.sum(),
                        firsts.sum(),
                        onTime.sum(),
                        LatenessBuckets.kept(buckets)),
                new Faults(repaired.sum(), unreadable.sum(), poisoned.getAsLong()));
    }
}
