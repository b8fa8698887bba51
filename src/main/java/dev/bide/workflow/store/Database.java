package dev.bide.workflow.store;

import java.sql.Connection;
import java.util.function.Function;

/** Where workflows, runs and timers are kept. Thread-safe. */
public interface Database {
    /** Runs {@code work} in one transaction (READ COMMITTED): committed when it returns, rolled back when it throws. */
    <T> T inTransaction(Function<Session, T> work);

    /** Marks all rows of a partition as old for good, so that PostgreSQL never has to read it again for that. Outside of any transaction; may take an hour. */
    void freeze(HistoryStore.Partition partition);

    /** The stores on a connection, and in a transaction, of somebody else's. */
    Session on(Connection connection);
}
