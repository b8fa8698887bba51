package dev.bide.jobstore.internal.fire;

import dev.bide.jobstore.DatabaseFault;
import dev.bide.jobstore.internal.recover.Recovery;
import dev.bide.jobstore.internal.sql.Transactions;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives triggers back that were taken and will not be run: gathers them, and puts their rows back together. What can't be written now is kept for the next time. */
public final class GiveBack {
    private static final Logger LOG = LoggerFactory.getLogger(GiveBack.class);

    private final Ground ground;
    private final InHand inHand;
    private final Recovery recovery;
    private final Acquisition acquisition;
    private final ConcurrentLinkedQueue<String> toRelease = new ConcurrentLinkedQueue<>();
    private volatile boolean fails;

    public GiveBack(Ground ground, InHand inHand, Recovery recovery, Acquisition acquisition) {
        this.ground = ground;
        this.inHand = inHand;
        this.recovery = recovery;
        this.acquisition = acquisition;
    }

    /** It will not be run. Its rows are put back with those of others, before more is taken. Does nothing where it is not in hand any more. */
    void put(String entry) {
        Taken taken = inHand.remove(entry);
        if (taken != null) {
            toRelease.add(entry);
            ground.listener().released(List.of(taken.execution));
        }
    }

    /** Some that are not in hand; nothing happens where they are not in the database either. */
    void putNotInHand(List<Taken> taken) {
        taken.forEach(one -> toRelease.add(one.entryId));
    }

    /** Entries of this instance that are not in its hands: their commit was thought to have failed. */
    void putLeftInDatabase(Collection<String> entriesInDatabase) {
        if (!inHand.arriving.tryLock()) {
            return;
        }
        try {
            for (String entry : entriesInDatabase) {
                if (!inHand.has(entry) && !toRelease.contains(entry)) {
                    LOG.warn("fired-trigger entry {} is not in this node's hands and is released", entry);
                    toRelease.add(entry);
                }
            }
        } finally {
            inHand.arriving.unlock();
        }
    }

    /** Writes what is given back; where that fails for one of them, the others. */
    void write() throws SQLException {
        write(true);
    }

    /** What is given back late is late; what holds up taking makes everything late. Once it fails it is left to the thread that has the time. */
    void writeBeforeTaking() {
        if (fails) {
            return;
        }
        try {
            write(false);
        } catch (SQLException | RuntimeException e) {
            LOG.warn("triggers could not be given back, trying again: {}", e.toString());
        }
    }

    boolean isEmpty() {
        return toRelease.isEmpty();
    }

    private void write(boolean oneByOne) throws SQLException {
        List<String> entries = new ArrayList<>();
        for (String entry = toRelease.poll(); entry != null; entry = toRelease.poll()) {
            entries.add(entry);
        }
        if (entries.isEmpty()) {
            return;
        }
        try {
            toRelease.addAll(release(entries));
            fails = false;
        } catch (SQLException | RuntimeException e) {
            fails = true;
            if (!oneByOne || entries.size() == 1 || !DatabaseFault.of(e).isOfOneItem()) {
                toRelease.addAll(entries);
                throw e;
            }
            writeOneByOne(entries);
        }
    }

    private void writeOneByOne(List<String> entries) {
        for (String entry : entries) {
            try {
                toRelease.addAll(release(List.of(entry)));
            } catch (SQLException | RuntimeException e) {
                LOG.warn("entry {} can't be given back, trying again: {}", entry, e.toString());
                toRelease.add(entry);
            }
        }
    }

    /** Returns what somebody else has locked. */
    private List<String> release(Collection<String> entries) throws SQLException {
        try {
            Recovery.Released released =
                    ground.transactions().run(transaction -> recovery.release(transaction.connection, entries));
            if (released.earliest() < Long.MAX_VALUE) {
                acquisition.lookFrom(released.earliest());
            }
            return released.locked();
        } catch (Transactions.InDoubtException e) {
            acquisition.lookFrom(0);
            throw e;
        }
    }
}
