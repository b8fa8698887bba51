package dev.bide.delivery.destination;

import dev.bide.delivery.DeliveryOutcome;
import dev.bide.delivery.DeliveryOutcome.Deferred;
import dev.bide.delivery.DeliveryOutcome.Delivered;
import dev.bide.delivery.DeliveryOutcome.Reason;
import dev.bide.delivery.DeliveryOutcome.Refused;
import dev.bide.delivery.DeliveryOutcome.Retryable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;

/** What the calls of the last minute came to, in slots of ten seconds, the last of which is not over. One that is silent has none. Safe for any number of threads. */
final class DestinationTally {
    private static final long SLOT_NANOS = 10_000_000_000L;
    private static final int SLOTS = 6;

    private static final int DELIVERED = 0;
    private static final int RETRYABLE = 1;
    private static final int REFUSED = 2;
    private static final int DEFERRED = 3;
    private static final int LATENCY = DEFERRED + Reason.values().length;
    private static final int COUNTS = LATENCY + LatencyBuckets.COUNT;

    private record Slot(long number, AtomicIntegerArray counts) {
        void add(int what) {
            counts.incrementAndGet(what);
        }
    }

    /** @param over shorter where the node has just started */
    record Minute(
            Duration over,
            int delivered,
            int retryable,
            int refused,
            Map<Reason, Integer> deferred,
            List<Integer> latency) {}

    private final AtomicReferenceArray<Slot> ring = new AtomicReferenceArray<>(SLOTS);
    private final LongSupplier nanos;
    private final long began;

    /** @param nanos as {@link System#nanoTime} counts them */
    DestinationTally(LongSupplier nanos) {
        this.nanos = nanos;
        this.began = nanos.getAsLong();
    }

    void count(DeliveryOutcome outcome, long tookNanos) {
        Slot slot = slot();
        if (outcome instanceof Deferred deferred) {
            slot.add(DEFERRED + deferred.reason().ordinal());
            return;
        }
        if (outcome instanceof Delivered) {
            slot.add(DELIVERED);
        } else if (outcome instanceof Retryable) {
            slot.add(RETRYABLE);
        } else if (outcome instanceof Refused) {
            slot.add(REFUSED);
        }
        slot.add(LATENCY + LatencyBuckets.of(tookNanos));
    }

    /** One that is looked for while it is replaced may count in the one before, which is over: it is of the same minute. */
    private Slot slot() {
        long number = number();
        int place = place(number);
        Slot there = ring.get(place);
        while (there == null || there.number() < number) {
            ring.compareAndSet(place, there, new Slot(number, new AtomicIntegerArray(COUNTS)));
            there = ring.get(place);
        }
        return there;
    }

    private long number() {
        return (nanos.getAsLong() - began) / SLOT_NANOS;
    }

    private static int place(long number) {
        return (int) (number % SLOTS);
    }

    /** @param since when the node began to call, by the same clock */
    Minute minute(long since) {
        long now = nanos.getAsLong();
        long number = (now - began) / SLOT_NANOS;
        int[] sums = new int[COUNTS];
        for (int i = 0; i < SLOTS; i++) {
            Slot slot = ring.get(i);
            if (slot != null && slot.number() > number - SLOTS) {
                for (int what = 0; what < COUNTS; what++) {
                    sums[what] += slot.counts().get(what);
                }
            }
        }
        Map<Reason, Integer> deferred = new EnumMap<>(Reason.class);
        for (Reason reason : Reason.values()) {
            int count = sums[DEFERRED + reason.ordinal()];
            if (count > 0) {
                deferred.put(reason, count);
            }
        }
        List<Integer> latency = new ArrayList<>(LatencyBuckets.COUNT);
        for (int i = LATENCY; i < COUNTS; i++) {
            latency.add(sums[i]);
        }
        long covered = Math.min((SLOTS - 1) * SLOT_NANOS + (now - began) % SLOT_NANOS, now - since);
        return new Minute(
                Duration.ofNanos(Math.max(1_000_000, covered)),
                sums[DELIVERED],
                sums[RETRYABLE],
                sums[REFUSED],
                deferred,
                latency);
    }
}
