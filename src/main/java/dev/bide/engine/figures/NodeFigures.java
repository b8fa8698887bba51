package dev.bide.engine.figures;

import dev.bide.workflow.figures.FigureStore;
import dev.bide.workflow.figures.FigureStore.Node;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.Session;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what this node has done since it last did, and what it is: each 10 s as a slot ends, on a thread of its own, in one transaction that touches rows of this node
 * alone. A node that can't write keeps its sums and writes them together when it can. Where the answer to a commit was lost the same row is sent again, with the same slot,
 * before any other: it is counted once. A node that dies leaves at most 10 s uncounted, and its timers to others. The same thread writes what else the node writes as often, in
 * a transaction after this, so that nothing is written of a node that has been forgotten.
 */
public final class NodeFigures implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeFigures.class);

    /** A turn that is late or early by less than this finds the slot that it is meant for. */
    private static final Duration HALF_A_SLOT = FigureStore.SLOT.dividedBy(2);

    /** Of each statement: connections for the upkeep let one take half an hour. */
    static final Duration PATIENCE = Duration.ofSeconds(2);

    /** Added to a stop at most, where the database is away. */
    private static final long LONGEST_STOP_MILLIS = 2_000;

    private final Database database;
    private final Supplier<Totals> totals;
    private final Supplier<Node> node;
    private final InstantSource clock;
    private final Runnable beside;
    private final Thread thread;

    private Totals written = Totals.NONE;
    private @Nullable Row pending;
    private volatile boolean stopping;

    /** @param upTo what is written once this is */
    private record Row(Instant slot, Totals since, Totals upTo) {}

    /**
     * @param database whose connections wait for no request
     * @param node as it is now; when it was seen says the database
     * @param clock the database's
     * @param beside what else is written each time, but for the last
     */
    public NodeFigures(
            Database database, Supplier<Totals> totals, Supplier<Node> node, InstantSource clock, Runnable beside) {
        this.database = database;
        this.totals = totals;
        this.node = node;
        this.clock = clock;
        this.beside = beside;
        this.thread = new Thread(this::run, "figures");
        thread.setDaemon(true);
    }

    /** Writes what the node is at once, and goes on. */
    public void start() {
        thread.start();
    }

    private void run() {
        while (!stopping) {
            attempt("This node's figures; they are kept, and written with the next", () -> write(false));
            attempt("What else this node writes", beside);
            LockSupport.parkNanos(untilTheSlotEnds().toNanos());
        }
        attempt("This node's last figures", () -> write(true));
    }

    /** A fault ends no thread, and an error neither, such as a full heap: the next turn does what this one did not. */
    private static void attempt(String what, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            LOG.warn("Can't be written now: {}: {}", what, cause(e));
        }
    }

    private Duration untilTheSlotEnds() {
        long slot = FigureStore.SLOT.toMillis();
        try {
            return Duration.ofMillis(slot - Math.floorMod(clock.instant().toEpochMilli(), slot));
        } catch (RuntimeException | Error e) {
            return FigureStore.SLOT;
        }
    }

    /** Without the statement and all that was to be written. */
    private static String cause(Throwable fault) {
        Throwable cause = fault;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.toString();
    }

    /** @param last writes the sums whatever the time, and forgets the node */
    synchronized void write(boolean last) {
        database.inTransaction(session -> write(session, last));
        Row row = pending;
        if (row != null) {
            written = row.upTo();
            pending = null;
        }
    }

    private @Nullable Void write(Session session, boolean last) {
        // Nobody else writes these rows, but somebody may lock the table.
        session.hardlyWait();
        session.giveUpAfter(PATIENCE);
        FigureStore figures = session.figures();
        Node self = node.get();
        if (pending == null) {
            Instant slot = figures.slot(self.nodeId());
            if (last || !slot.isAfter(clock.instant().minus(HALF_A_SLOT))) {
                Totals now = totals.get();
                pending = new Row(slot, now.since(written), now);
            }
        }
        if (pending != null) {
            figures.write(
                    pending.slot(),
                    self.nodeId(),
                    pending.since().sums(),
                    pending.since().faults());
        }
        if (last) {
            figures.forget(self.nodeId());
        } else {
            figures.write(self);
        }
        return null;
    }

    /** Writes the last sums and forgets the node; where that takes long, it is left. */
    @Override
    public void close() {
        stopping = true;
        LockSupport.unpark(thread);
        try {
            thread.join(LONGEST_STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            LOG.warn("This node's last figures could not be written in {} ms", LONGEST_STOP_MILLIS);
        }
    }
}
