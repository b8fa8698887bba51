package dev.bide.jobstore;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.quartz.TriggerKey;
import org.quartz.spi.OperableTrigger;

/**
 * Writes of triggers inside the caller's own transaction, in sets: a fixed number of statements however many triggers. The caller commits or rolls back;
 * after the commit it calls {@link #signal}. Safe for use by many threads, each with its own connection. The scheduler need not be started.
 *
 * <p>Lock order: trigger rows by key, then fired-trigger rows; each call keeps it for the keys it is given. A transaction that makes several calls on
 * overlapping keys from several threads must order them itself.
 *
 * <p>A trigger that <em>waits</em> is one that nothing executes: waiting, paused, in error, or acquired by a node but not fired yet. In the last case the
 * node's acquisition is withdrawn in the same transaction, so that the node drops it.
 */
public interface TransactionalTriggers {

    /**
     * Stores new triggers of existing jobs. The caller has computed the first fire time.
     *
     * @throws SQLException also where a key exists already (SQLSTATE 23505)
     */
    void store(Connection connection, Collection<? extends OperableTrigger> triggers) throws SQLException;

    /** As {@link #store}, but paused. */
    void storePaused(Connection connection, Collection<? extends OperableTrigger> triggers) throws SQLException;

    /** Removes those that wait. Returns the keys removed; one that is being executed, or does not exist, is left alone. Jobs are never removed. */
    Set<TriggerKey> remove(Connection connection, Collection<TriggerKey> keys) throws SQLException;

    /** Replaces those that wait by the trigger of the same key, of whatever type; a paused one stays paused. Returns the keys replaced. */
    Set<TriggerKey> replace(Connection connection, Collection<? extends OperableTrigger> triggers) throws SQLException;

    /** Pauses those that wait for their time. Returns the keys changed. */
    Set<TriggerKey> pause(Connection connection, Collection<TriggerKey> keys) throws SQLException;

    /** Lets paused ones wait for their time again, at once if it has passed; no misfire instruction is applied. Returns the keys changed. */
    Set<TriggerKey> resume(Connection connection, Collection<TriggerKey> keys) throws SQLException;

    /**
     * To be called after the commit: wakes this node's scheduler if it waits for something later.
     *
     * @param earliest the earliest fire time stored; null where it is not known
     */
    void signal(@Nullable Instant earliest);

    /** The same where all that was stored is of one lane: while that one is held, what is stored there long due makes nobody look among the others for it. */
    void signal(Instant earliest, int lane);
}
