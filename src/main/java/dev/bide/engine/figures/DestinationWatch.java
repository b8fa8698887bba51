package dev.bide.engine.figures;

import dev.bide.delivery.Delivery;
import dev.bide.delivery.destination.Directive;
import dev.bide.workflow.figures.DestinationRow;
import dev.bide.workflow.store.Database;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Has this node hold what is set for destinations: reads all of it every 2 s, and at once where it was changed by way of this node. What was read last holds until it is read
 * again, whatever becomes of the database. Of all limits it holds its share, anew with each check-in. Thread-safe.
 */
public final class DestinationWatch implements AutoCloseable {
    private static final Duration EVERY = Duration.ofSeconds(2);

    /** Check-ins come each second. */
    private static final Duration SHARED_EVERY = Duration.ofMillis(500);

    /** One that has read nothing for so long may have been frozen, while others were told. */
    private static final Duration FRESH = Duration.ofSeconds(5);

    /** That taking timers waits for a node that may have been frozen to read. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Database database;
    private final Delivery delivery;
    private final String nodeId;
    private final Supplier<List<String>> members;
    private final BooleanSupplier current;
    private final LongSupplier nanos;
    private final Turns turns = new Turns("Reading what is set for destinations", EVERY, this::look);
    private final Turns sharesAnew = new Turns("Sharing limits", SHARED_EVERY, this::share);
    private final Object reading = new Object();

    /** Guarded by itself, and waited for. */
    private final Object read = new Object();

    private volatile long readAt;
    private boolean waited;
    private volatile Set<Integer> pausedLanes = Set.of();

    /**
     * @param database whose connections wait for no reads by request
     * @param members that fire timers, in order of name
     * @param current whether that is so now: not on a worker that may have been given up meanwhile
     * @param nanos as {@link System#nanoTime} counts them
     */
    public DestinationWatch(
            Database database,
            Delivery delivery,
            String nodeId,
            Supplier<List<String>> members,
            BooleanSupplier current,
            LongSupplier nanos) {
        this.current = current;
        this.database = database;
        this.delivery = delivery;
        this.nodeId = nodeId;
        this.members = members;
        this.nanos = nanos;
        this.readAt = nanos.getAsLong();
    }

    public void start() {
        turns.start("destinations");
        sharesAnew.start("shares");
    }

    /** Reads all, and holds it when it returns. One at a time, so that nobody goes back to what was read before. */
    public void look() {
        synchronized (reading) {
            List<DestinationRow> rows =
                    database.inTransaction(session -> session.destinations().all());
            delivery.obey(rows.stream().map(DestinationWatch::directive).toList());
            pausedLanes = rows.stream()
                    .filter(DestinationRow::paused)
                    .map(DestinationRow::lane)
                    .collect(Collectors.toUnmodifiableSet());
        }
        synchronized (read) {
            readAt = nanos.getAsLong();
            waited = false;
            read.notifyAll();
        }
    }

    private static Directive directive(DestinationRow row) {
        return new Directive(
                row.name().host(), row.name().port(), row.maxConcurrentCalls(), row.callsPerSecond(), row.paused());
    }

    /** Holds its share by who lives now. One that was cut off for long joins anew: others have had its share meanwhile. */
    public void share() {
        if (current.getAsBoolean()) {
            delivery.share(nodeId, members.get());
        }
    }

    /**
     * Before timers are taken. A node that was frozen goes on with all its threads at once: those that take wait for the one that reads, or they would take what was paused
     * meanwhile. They wait once, until something has been read: a node that can't read this goes on as it is told.
     */
    public void beforeTaking() {
        share();
        if (age() <= FRESH.toNanos()) {
            return;
        }
        synchronized (read) {
            long end = nanos.getAsLong() + PATIENCE.toNanos();
            while (!waited && age() > FRESH.toNanos()) {
                long left = end - nanos.getAsLong();
                if (left <= 0) {
                    waited = true;
                    return;
                }
                try {
                    TimeUnit.NANOSECONDS.timedWait(read, Math.max(1_000_000, left));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
    }

    private long age() {
        return nanos.getAsLong() - readAt;
    }

    /** Seconds since all was read last. */
    public double ageSeconds() {
        return age() / 1e9;
    }

    /** Those of paused destinations, as this node knows. */
    public Set<Integer> pausedLanes() {
        return pausedLanes;
    }

    @Override
    public void close() {
        turns.close();
        sharesAnew.close();
    }
}
