package dev.bide.jobstore.internal.complete;

import dev.bide.jobstore.Execution;
import dev.bide.jobstore.ExecutionListener;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The listener that may be set, or none. After a commit its exceptions can change nothing any more, and are logged. */
public final class Listeners {
    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);
    private static final ExecutionListener NONE = new ExecutionListener() {};

    private volatile ExecutionListener listener = NONE;

    public void set(ExecutionListener executionListener) {
        listener = executionListener;
    }

    public void fired(Connection connection, List<Execution> executions) throws SQLException {
        if (!executions.isEmpty()) {
            listener.fired(connection, executions);
        }
    }

    public int takeLimit(int wanted) {
        return Math.min(wanted, listener.takeLimit(wanted));
    }

    /** What a listener can't weigh weighs nothing: its job's thread must not fail for it. */
    public long weight(Execution execution) {
        try {
            return Math.max(0, listener.weight(execution));
        } catch (RuntimeException e) {
            LOG.error("the listener could not weigh execution {}", execution, e);
            return 0;
        }
    }

    boolean settleAlone(Connection connection, Execution execution, Exception failure) throws SQLException {
        return listener.settleAlone(connection, execution, failure);
    }

    void settle(Connection connection, List<Execution> executions) throws SQLException {
        listener.settle(connection, executions);
    }

    void settled(List<Execution> executions) {
        try {
            listener.settled(executions);
        } catch (RuntimeException e) {
            LOG.error("the listener failed after {} executions were settled", executions.size(), e);
        }
    }

    public void released(List<Execution> executions) {
        if (executions.isEmpty()) {
            return;
        }
        try {
            listener.released(executions);
        } catch (RuntimeException e) {
            LOG.error("the listener failed after {} executions were released", executions.size(), e);
        }
    }

    void abandoned(List<Execution> executions) {
        try {
            listener.abandoned(executions);
        } catch (RuntimeException e) {
            LOG.error("the listener failed after {} executions were abandoned", executions.size(), e);
        }
    }
}
