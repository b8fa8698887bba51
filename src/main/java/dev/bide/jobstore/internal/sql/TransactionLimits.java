package dev.bide.jobstore.internal.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * What each of the store's transactions tells its backend first, so that it ends by itself when this node is frozen, or cut off, in the middle of it: its row locks
 * would stop the others for as long as it stays open, which by PostgreSQL's defaults is for ever. Set for the transaction alone ({@code SET LOCAL}), whatever the
 * server's settings and whoever's pool it is.
 *
 * <ul>
 *   <li>{@code idle_in_transaction_session_timeout}: nothing of ours idles in a transaction; one that did for as long as it takes to be given up for dead has
 *       nothing to lose.
 *   <li>{@code lock_timeout}: who waits for a row may hold others that somebody needs, and its client may be gone.
 *   <li>{@code tcp_user_timeout}: a backend whose answer nobody takes is not idle, and would send for ever. Ignored where the platform doesn't have it.
 * </ul>
 *
 * {@code client_connection_check_interval} would find a lost client sooner; it is not in PostgreSQL 13, and not on every platform.
 */
public final class TransactionLimits {
    /** Quartz's own operations queue for the cluster's lock, and some of them hold it for seconds. */
    private static final int QUARTZ_WAITS = 5;

    private static final String LIMITS =
            "set_config('idle_in_transaction_session_timeout', '%d', true), set_config('lock_timeout', '%d', true), set_config('tcp_user_timeout', '%1$d', true)";

    /**
     * The store's tables fill and empty all the time, so that what the planner knows of them is wrong half of the time: it reads all of a table that it believes to be
     * empty, for each batch. That cost 0.088 ms of PostgreSQL a timer instead of 0.02 (100,000 timers, two nodes).
     */
    private static final String USE_INDEXES = ", set_config('enable_seqscan', 'off', true)";

    private final String own;
    private final String quartz;

    /**
     * @param idleMillis longest idling in a transaction
     * @param lockMillis longest wait for a row
     */
    public TransactionLimits(long idleMillis, long lockMillis) {
        own = "SELECT " + LIMITS.formatted(idleMillis, lockMillis) + USE_INDEXES;
        quartz = "SELECT " + LIMITS.formatted(idleMillis, QUARTZ_WAITS * lockMillis);
    }

    /** At the beginning of a transaction of the store's own parts. */
    public void begin(Connection connection) throws SQLException {
        execute(connection, own);
    }

    /** What {@link #begin} does, as a statement to be sent with the first one of the transaction. */
    public String beginning() {
        return own;
    }

    /** At the beginning of a transaction of the code that is Quartz's. */
    public void beginQuartz(Connection connection) throws SQLException {
        execute(connection, quartz);
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.execute();
        }
    }
}
