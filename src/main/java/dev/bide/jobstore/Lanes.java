package dev.bide.jobstore;

import java.util.Map;

/**
 * Which triggers are held back. A trigger's lane is its priority. The triggers of a lane that is held are not taken with the others, however long they are due and
 * however many: they cost nothing while they wait, and go out oldest first, as many at a time as there is room for. Each node holds lanes for itself.
 */
public interface Lanes {
    /** Nothing is ever held. */
    Lanes NONE = Map::of;

    /**
     * The lanes that are held now, each with how many of its due triggers may be taken at once; 0 for none yet. Asked before each look for due triggers, by the scheduler
     * thread and by the one that looks while that idles; so it must be cheap and never wait: a transaction is open, and who stores triggers waits meanwhile. To ask reserves
     * nothing; what was taken by this answer counts against the room that the next one speaks of.
     *
     * <p>A lane that is not held any more goes out with the others; what fell behind while it was held goes out oldest first, and shares each take fairly.
     */
    Map<Integer, Integer> held();

    /** The scheduler thread is about to take triggers, and holds no lock and no transaction: it may be kept waiting for a moment here, and takes nothing meanwhile. */
    default void beforeTaking() {}

    /** Fewer triggers of a held lane were due than there was room for. Called by the scheduler thread, after the commit. */
    default void emptied(int lane) {}
}
