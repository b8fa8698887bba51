package dev.bide.jobstore;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Called by the store with whole batches, in the store's own transactions. What it writes is committed with what the store writes, or not at all.
 *
 * <p>An execution is one object in all calls, and has a {@link Execution#part} for what the listener keeps of it until it is settled, released or abandoned.
 *
 * <p>The connection is the store's: don't commit, roll back, close or keep it. A call may be repeated for the same executions after a transaction failed,
 * and for a part of the batch where one of its items made it fail; so it must write only through the connection. It is called by the scheduler thread
 * ({@code fired}) and the completion thread (the others; {@code released} by any); an exception rolls the transaction back.
 */
public interface ExecutionListener {

    /**
     * How many triggers this node can take now, of so many that it could; 0 for none yet. Asked by the scheduler thread before each look for due triggers, again and
     * again while it is 0, so it must be cheap, and never wait: for example how many still fit into the memory that their jobs need.
     */
    default int takeLimit(int wanted) {
        return wanted;
    }

    /** In the transaction that fires them, before its commit: for example to load what their jobs need with one query. */
    default void fired(Connection connection, List<Execution> executions) throws SQLException {}

    /**
     * In the transaction that completes them. Only executions whose fired-trigger entry still stood and was deleted by this very transaction: nobody else
     * settles them, before or after. The rows of triggers that have finished are already deleted, so a trigger of the same key may be stored.
     */
    default void settle(Connection connection, List<Execution> standing) throws SQLException {}

    /**
     * In place of {@link #settle}, in a new transaction, for one that can't be settled: it failed alone, for a cause that does not lie in the circumstances. So what is
     * known of it can be written in a simpler way, and it is not executed again. It is {@link #settled} then.
     *
     * @return false where that can't be done either, as by default: nothing is committed, and its trigger is set to ERROR
     */
    default boolean settleAlone(Connection connection, Execution execution, Exception failure) throws SQLException {
        return false;
    }

    /** After the commit of {@link #settle} or {@link #settleAlone}. An exception is logged. */
    default void settled(List<Execution> executions) {}

    /**
     * About how many bytes of memory this execution holds until it is settled, or settling it needs if that is more; so that neither a batch nor all that waits to be
     * settled is too large. Asked once, by the job's thread, when it has ended. What every execution needs is not meant.
     */
    default long weight(Execution execution) {
        return 0;
    }

    /** These will not be settled by this node, whether {@link #fired} was committed or not: they are given back to fire again, or set aside. An exception is logged. */
    default void released(List<Execution> executions) {}

    /** These were given up for dead and taken over by another node: nothing was written for them here, and nothing may be. An exception is logged. */
    default void abandoned(List<Execution> executions) {}
}
