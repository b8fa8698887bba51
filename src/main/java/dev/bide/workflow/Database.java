package dev.bide.workflow;

import java.sql.Connection;
import java.util.function.Function;

/** Where workflows, runs and timers are kept. Thread-safe. */
public interface Database {
    /** Runs {@code work} in one transaction (READ COMMITTED): committed when it returns, rolled back when it throws. */
    <T> T inTransaction(Function<Session, T> work);

    /** The stores on a connection, and in a transaction, of somebody else's. */
    Session on(Connection connection);
}
