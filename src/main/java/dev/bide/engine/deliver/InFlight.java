package dev.bide.engine.deliver;

import dev.bide.delivery.DeliveryOutcome;
import dev.bide.delivery.destination.HeldLanes;
import dev.bide.jobstore.Execution;
import dev.bide.trace.ExportedSpan;
import dev.bide.trace.FiringSpan;
import dev.bide.workflow.RetryPolicy;
import dev.bide.workflow.TimerSpec;
import dev.bide.workflow.store.DueTimer;
import dev.bide.workflow.store.FiredTimer;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What this node has in its hands, from firing to settling: the part of it in each execution, and how many there are. Bounded by the scheduler's threads and the job store's
 * buffer; what a call needs is kept no longer than until its end. Thread-safe.
 */
public final class InFlight {
    private final AtomicInteger size = new AtomicInteger();
    private final HeldLanes lanes;

    /** A timer in hand, and how far it is. */
    sealed interface Entry {
        FiredTimer timer();

        /** Characters that storing the run's next timer can take. */
        long next();

        /** That its trigger is stored in. */
        int lane();
    }

    /** Not called yet, or right now. */
    record Fired(DueTimer due, long next, int lane) implements Entry {
        @Override
        public FiredTimer timer() {
            return due.timer();
        }
    }

    /**
     * Its call was not read: it comes again {@code in} so long, without an attempt.
     *
     * @param held as of {@link DeliveryOutcome.Deferred}: it is due again as it was
     */
    record PutOff(FiredTimer timer, Duration in, boolean held, long next, int lane) implements Entry {}

    /**
     * @param destination that was called, where that may be what the timer dies of: it was not delivered
     * @param span of its firing; null where none is sent
     */
    record Ended(
            FiredTimer timer,
            RetryPolicy retry,
            DeliveryOutcome outcome,
            long next,
            int lane,
            @Nullable String destination,
            @Nullable ExportedSpan span)
            implements Entry {
        /** One that is not traced. */
        Ended(
                FiredTimer timer,
                RetryPolicy retry,
                DeliveryOutcome outcome,
                long next,
                int lane,
                @Nullable String destination) {
            this(timer, retry, outcome, next, lane, destination, null);
        }

        @Nullable
        String traceparent() {
            return span == null ? null : span.traceparent();
        }

        /** Characters of what was answered. */
        int answer() {
            String answer = outcome instanceof DeliveryOutcome.Attempted attempted ? attempted.answer() : null;
            return answer == null ? 0 : answer.length();
        }
    }

    /** @param lanes are told what is taken and has not begun */
    public InFlight(HeldLanes lanes) {
        this.lanes = lanes;
    }

    /** What is kept of one execution. */
    private static final class Part {
        private final HeldLanes.@Nullable Coming coming;
        private final AtomicBoolean over = new AtomicBoolean();
        private volatile Entry entry;
        private volatile @Nullable Instant stored;

        Part(HeldLanes.@Nullable Coming coming, Entry entry) {
            this.coming = coming;
            this.entry = entry;
        }

        void begun() {
            if (coming != null) {
                coming.begun();
            }
        }
    }

    /**
     * The same may be told again.
     *
     * @param next characters that storing the run's next timer can take
     */
    void fired(Execution execution, DueTimer due, long next) {
        Entry entry = new Fired(due, next, HeldLanes.NONE);
        Part before = part(execution);
        if (before != null) {
            before.entry = entry;
            return;
        }
        DueTimer.Call call = due.call();
        String url = call == null ? due.url() : call.spec().action().url();
        execution.part(new Part(url == null ? null : lanes.taken(url), entry));
        size.incrementAndGet();
    }

    /**
     * Its job runs.
     *
     * @param lane of its trigger
     * @return null where there is none
     */
    @Nullable
    Entry begun(Execution execution, int lane) {
        Part part = part(execution);
        if (part == null) {
            return null;
        }
        part.begun();
        if (part.entry instanceof Fired fired) {
            part.entry = new Fired(fired.due(), fired.next(), lane);
        }
        return part.entry;
    }

    void putOff(Execution execution, Fired entry, Duration in) {
        putOff(execution, entry, new DeliveryOutcome.Deferred(in, DeliveryOutcome.Reason.NO_MEMORY));
    }

    /** A call that was not read; it is stored again in the lane of its url too. */
    void putOff(Execution execution, Fired entry, DeliveryOutcome.Deferred deferred) {
        String url = entry.due().url();
        int lane = url == null ? entry.lane() : lanes.lane(url);
        put(execution, new PutOff(entry.timer(), deferred.retryIn(), deferred.held(), entry.next(), lane));
    }

    /**
     * It is stored again in the lane of its url, whatever it had.
     *
     * @param span of its firing, which ends
     */
    void ended(Execution execution, Fired entry, TimerSpec spec, DeliveryOutcome outcome, FiringSpan span) {
        String url = spec.action().url();
        AttemptLog.tell(entry.timer(), url, outcome);
        String destination = outcome instanceof DeliveryOutcome.Attempted attempted && attempted.error() != null
                ? HeldLanes.destination(url)
                : null;
        FiredTimer timer = entry.timer();
        put(
                execution,
                new Ended(
                        timer,
                        spec.retry(),
                        outcome,
                        entry.next(),
                        lanes.lane(url),
                        destination,
                        end(span, timer, outcome)));
    }

    /** What may be told of it; null where it is not sent. */
    private static @Nullable ExportedSpan end(FiringSpan span, FiredTimer timer, DeliveryOutcome outcome) {
        if (span != FiringSpan.NONE && outcome instanceof DeliveryOutcome.Attempted attempted) {
            long late = Duration.between(timer.nextAttemptAt(), attempted.startedAt())
                    .toMillis();
            span.attempted(Actions.word(attempted), late, !(attempted instanceof DeliveryOutcome.Delivered));
        }
        return span.end();
    }

    private static void put(Execution execution, Entry entry) {
        Part part = part(execution);
        if (part != null) {
            part.entry = entry;
        }
    }

    /** What the transaction under way stores next for it, to be signalled after its commit. */
    void stored(Execution execution, Instant at) {
        Part part = part(execution);
        if (part != null) {
            part.stored = at;
        }
    }

    @Nullable
    Instant stored(Execution execution) {
        Part part = part(execution);
        return part == null ? null : part.stored;
    }

    @Nullable
    Entry get(Execution execution) {
        Part part = part(execution);
        return part == null ? null : part.entry;
    }

    /** The same may be told again. */
    void forget(Execution execution) {
        Part part = part(execution);
        if (part != null && part.over.compareAndSet(false, true)) {
            part.begun();
            execution.part(null);
            size.decrementAndGet();
        }
    }

    private static @Nullable Part part(Execution execution) {
        return (Part) execution.part();
    }

    public int size() {
        return size.get();
    }
}
