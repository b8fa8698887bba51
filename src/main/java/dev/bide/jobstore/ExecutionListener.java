package dev.bide.jobstore;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Called by the store with whole batches, in the store's own transactions. What it writes is committed with what the store writes, or not at all.
 *
 * <p>The connection is the store's: don't commit, roll back, close or keep it. A call may be repeated for the same executions after a transaction failed,
 * and for a part of the batch where one of its items made it fail; so it must write only through the connection. It is called by the scheduler thread
 * ({@code fired}) and the completion thread (the others; {@code released} by any); an exception rolls the transaction back.
 */
public interface ExecutionListener {

    /** In the transaction that fires them, before its commit: for example to load what their jobs need with one query. */
    default void fired(Connection connection, List<Execution> executions) throws SQLException {}

    /**
     * In the transaction that completes them. Only executions whose fired-trigger entry still stood and was deleted by this very transaction: nobody else
     * settles them, before or after. The rows of triggers that have finished are already deleted, so a trigger of the same key may be stored.
     */
    default void settle(Connection connection, List<Execution> standing) throws SQLException {}

    /** After the commit of {@link #settle}. An exception is logged. */
    default void settled(List<Execution> executions) {}

    /** These will not be settled by this node, whether {@link #fired} was committed or not: they are given back to fire again, or set aside. An exception is logged. */
    default void released(List<Execution> executions) {}

    /** These were given up for dead and taken over by another node: nothing was written for them here, and nothing may be. An exception is logged. */
    default void abandoned(List<Execution> executions) {}
}
