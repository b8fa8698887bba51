package dev.bide.engine;

import dev.bide.workflow.Database;
import dev.bide.workflow.DueTimer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what a large call needs right before it is made, on the thread that makes it, once there is room for it. Without room for long the
 * timer goes back to waiting, without an attempt, and its thread is free. Thread-safe.
 */
final class LargeCalls {
    private static final Logger LOG = LoggerFactory.getLogger(LargeCalls.class);

    /** How long a thread waits for room, ms: others may need it. */
    private static final long PATIENCE = 100;

    private static final Duration SHORTEST_WAIT = Duration.ofMillis(500);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    /** Connections used for it at once: the job store's other threads must never wait for one. */
    private static final int READERS = 2;

    private final Semaphore readers = new Semaphore(READERS, true);
    private final Database database;
    private final DataSource source;
    private final InFlight inFlight;
    private final RoomInHand room;
    private final InstantSource clock;

    /** @param source of connections, which should not be those of requests */
    LargeCalls(Database database, DataSource source, InFlight inFlight, RoomInHand room, InstantSource clock) {
        this.database = database;
        this.source = source;
        this.inFlight = inFlight;
        this.room = room;
        this.clock = clock;
    }

    /** @param made makes the call, while there is room for it */
    void run(String fireInstanceId, InFlight.Fired fired, Consumer<DueTimer.Call> made) {
        long bytes = fired.due().bytes();
        try {
            if (!room.take(bytes, PATIENCE)) {
                putOff(fireInstanceId, fired);
                return;
            }
            try {
                read(fireInstanceId, fired).ifPresent(made);
            } finally {
                room.giveBack(bytes);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            putOff(fireInstanceId, fired);
        }
    }

    /** Empty where it can't be had now, or not by this version of the program; it comes again then. */
    private Optional<DueTimer.Call> read(String fireInstanceId, InFlight.Fired fired) throws InterruptedException {
        if (!readers.tryAcquire(PATIENCE, TimeUnit.MILLISECONDS)) {
            putOff(fireInstanceId, fired);
            return Optional.empty();
        }
        try (Connection connection = source.getConnection()) {
            List<DueTimer> found =
                    database.on(connection).timers().load(List.of(fired.timer().id()), Long.MAX_VALUE);
            if (found.isEmpty()) {
                // As if it had not been read when it fired: see UnreadTimers.
                inFlight.forget(fireInstanceId);
            }
            // Its run may have been paused or ended while it waited for room.
            return found.stream().filter(due -> !due.held()).findFirst().map(DueTimer::call);
        } catch (SQLException | RuntimeException e) {
            LOG.warn(
                    "Timer {} could not be read for its call, and is put off: {}",
                    fired.timer().id(),
                    e.toString());
            putOff(fireInstanceId, fired);
            return Optional.empty();
        } finally {
            readers.release();
        }
    }

    private void putOff(String fireInstanceId, InFlight.Fired fired) {
        inFlight.putOff(fireInstanceId, fired, waitAfter(fired.timer().dueAt()));
    }

    /** The longer it is late, the longer, so that many of them do not go to and fro all the time; by chance, so that they come one by one. */
    private Duration waitAfter(Instant due) {
        Duration late = Duration.between(due, clock.instant());
        long most = Math.max(SHORTEST_WAIT.toMillis(), Math.min(LONGEST_WAIT.toMillis(), late.toMillis()));
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(most / 2, most + 1));
    }
}
