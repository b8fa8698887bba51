package dev.bide.jobstore.internal.fire;

import dev.bide.jobstore.internal.complete.Completions;
import dev.bide.jobstore.internal.sql.Transactions;
import dev.bide.jobstore.internal.write.QuartzSide;
import java.sql.SQLException;
import java.util.function.LongConsumer;
import org.quartz.JobPersistenceException;

/** Work in a transaction under the lock that stock nodes take for all they do with triggers. */
public final class ClusterLock {
    interface Work<T> {
        T run(Transactions.Transaction transaction) throws JobPersistenceException, SQLException;
    }

    private final Transactions transactions;
    private final QuartzSide quartz;
    private final LongConsumer signal;
    private final Runnable ended;

    /**
     * @param signal told, after the commit, of the time for which the work wants the scheduler woken
     * @param ended called after each transaction, however it ended
     */
    public ClusterLock(Transactions transactions, QuartzSide quartz, LongConsumer signal, Runnable ended) {
        this.transactions = transactions;
        this.quartz = quartz;
        this.signal = signal;
        this.ended = ended;
    }

    <T> T during(Work<T> work) throws JobPersistenceException {
        return during(connection -> {}, work);
    }

    /** @param begin is run before the lock is taken */
    <T> T during(Completions.Step begin, Work<T> work) throws JobPersistenceException {
        try {
            T result = transactions.runSurely(transaction -> {
                try {
                    begin.run(transaction.connection);
                    quartz.lock(transaction.connection, QuartzSide.TRIGGER_ACCESS);
                    return work.run(transaction);
                } catch (JobPersistenceException e) {
                    throw new WorkFailed(e);
                }
            });
            Long time = quartz.takeSignal();
            if (time != null) {
                signal.accept(time);
            }
            return result;
        } catch (WorkFailed e) {
            throw e.failure;
        } catch (SQLException e) {
            throw new JobPersistenceException("could not work under the cluster's lock: " + e.getMessage(), e);
        } finally {
            ended.run();
            quartz.unlocked(QuartzSide.TRIGGER_ACCESS);
        }
    }

    /** Carries Quartz's exception through the transaction, which it rolls back. */
    private static final class WorkFailed extends SQLException {
        private static final long serialVersionUID = 1L;
        private final JobPersistenceException failure;

        WorkFailed(JobPersistenceException failure) {
            super(failure);
            this.failure = failure;
        }
    }
}
