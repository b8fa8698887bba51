package dev.bide.engine.deliver;

import dev.bide.delivery.Deliverer;
import dev.bide.delivery.DeliveryOutcome;
import dev.bide.delivery.DeliveryRequest;
import dev.bide.jobstore.Execution;
import dev.bide.trace.FiringSpan;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.DueTimer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what a large call needs right before it is made, on the thread that makes it, once its destination has a place for it and this node has room. Without room
 * for long the timer goes back to waiting, without an attempt, and its thread is free. Thread-safe.
 */
public final class LargeCalls {
    private static final Logger LOG = LoggerFactory.getLogger(LargeCalls.class);

    /** How long a thread waits for room, ms: others may need it. */
    private static final long PATIENCE_MILLIS = 100;

    /** Connections used for it at once: the job store's other threads must never wait for one. */
    private static final int READERS = 2;

    private final Semaphore readers = new Semaphore(READERS, true);
    private final Database database;
    private final DataSource source;
    private final InFlight inFlight;
    private final RoomInHand room;
    private final Deliverer deliverer;

    /** @param source of connections, which should not be those of requests */
    public LargeCalls(Database database, DataSource source, InFlight inFlight, RoomInHand room, Deliverer deliverer) {
        this.database = database;
        this.source = source;
        this.inFlight = inFlight;
        this.room = room;
        this.deliverer = deliverer;
    }

    /**
     * @param request of the call, once it is read
     * @param span of the firing, which ends with the call
     */
    void run(
            Execution execution,
            InFlight.Fired fired,
            Function<DueTimer.Call, DeliveryRequest> request,
            BooleanSupplier mayCall,
            FiringSpan span) {
        String url = Objects.requireNonNullElse(fired.due().url(), "");
        Reading reading = new Reading(execution, fired, request);
        try {
            DeliveryOutcome outcome = deliverer.deliver(url, fired.lane(), reading, mayCall);
            if (outcome != null) {
                DueTimer.Call call = reading.call;
                if (call != null) {
                    inFlight.ended(execution, fired, call.spec(), outcome, span);
                } else {
                    inFlight.putOff(execution, fired, (DeliveryOutcome.Deferred) outcome);
                }
            }
        } finally {
            reading.giveBack();
        }
    }

    /** One call, from when its destination has a place for it. Where it is not to be made, what becomes of the timer is said here. */
    private final class Reading implements Deliverer.Preparation {
        private final Execution execution;
        private final InFlight.Fired fired;
        private final Function<DueTimer.Call, DeliveryRequest> request;
        private DueTimer.@Nullable Call call;
        private boolean hasRoom;

        Reading(Execution execution, InFlight.Fired fired, Function<DueTimer.Call, DeliveryRequest> request) {
            this.execution = execution;
            this.fired = fired;
            this.request = request;
        }

        @Override
        public @Nullable DeliveryRequest request() {
            try {
                hasRoom = room.take(fired.lane(), fired.due().bytes(), PATIENCE_MILLIS);
                if (!hasRoom) {
                    putOff(DeliveryOutcome.Reason.NO_MEMORY);
                    return null;
                }
                call = read();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                inFlight.putOff(execution, fired, Duration.ZERO);
            }
            return call == null ? null : request.apply(call);
        }

        /** Null where it can't be had now, or not by this version of the program; it comes again then. */
        private DueTimer.@Nullable Call read() throws InterruptedException {
            if (!readers.tryAcquire(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                putOff(DeliveryOutcome.Reason.NO_MEMORY);
                return null;
            }
            try (Connection connection = source.getConnection()) {
                List<DueTimer> found = database.on(connection)
                        .timers()
                        .load(List.of(fired.timer().id()), Long.MAX_VALUE);
                if (found.isEmpty()) {
                    // As if it had not been read when it fired: see UnreadTimers.
                    inFlight.forget(execution);
                    return null;
                }
                DueTimer due = found.get(0);
                if (due.held()) {
                    // Its run was paused or ended while it waited for room: settling holds the timer too, or ends it.
                    inFlight.putOff(execution, fired, Duration.ZERO);
                    return null;
                }
                return due.call();
            } catch (SQLException | RuntimeException e) {
                LOG.atWarn()
                        .addKeyValue("timer", fired.timer().id())
                        .log(
                                "Timer {} could not be read for its call, and is put off: {}",
                                fired.timer().id(),
                                e.toString());
                putOff(DeliveryOutcome.Reason.NODE_FAULT);
                return null;
            } finally {
                readers.release();
            }
        }

        private void putOff(DeliveryOutcome.Reason reason) {
            inFlight.putOff(execution, fired, deliverer.putOff(reason));
        }

        void giveBack() {
            if (hasRoom) {
                room.giveBack(fired.lane(), fired.due().bytes());
            }
        }
    }
}
