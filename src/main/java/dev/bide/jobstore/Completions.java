package dev.bide.jobstore;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.quartz.JobPersistenceException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes completions: plain ones together, the others one by one under the cluster's lock. Each call of {@link #write} either writes an execution, finds that it
 * was taken over, sets it aside, or throws and may be called again with those it has not told of.
 */
final class Completions {
    private static final Logger LOG = LoggerFactory.getLogger(Completions.class);

    /** Quartz's own way for one completion, in the caller's hands: it needs methods that the store inherits. */
    interface QuartzWay {
        /** False where its entry did not stand. Runs under the cluster's lock and tells the listener. */
        boolean complete(Completion completion) throws JobPersistenceException, SQLException;

        /** Sets its trigger to ERROR and deletes its entry. */
        void setAside(Completion completion) throws JobPersistenceException, SQLException;
    }

    private final Transactions transactions;
    private final CompletionStatement statement;
    private final Listeners listener;
    private final QuartzWay quartz;
    private final Counters counters;

    Completions(
            Transactions transactions,
            CompletionStatement statement,
            Listeners listener,
            QuartzWay quartz,
            Counters counters) {
        this.transactions = transactions;
        this.statement = statement;
        this.listener = listener;
        this.quartz = quartz;
        this.counters = counters;
    }

    /**
     * @param ended is told of each that needs no more writing
     * @throws SQLException where the database can't be reached or the transaction's fate is unknown: to be tried again
     */
    void write(List<Completion> batch, Consumer<Completion> ended) throws SQLException, JobPersistenceException {
        List<Completion> plain = new ArrayList<>(batch.size());
        for (Completion completion : batch) {
            if (completion.isPlain()) {
                plain.add(completion);
            }
        }
        if (!plain.isEmpty()) {
            writePlain(plain, ended);
        }
        for (Completion completion : batch) {
            if (!completion.isPlain()) {
                writeAlone(completion);
                ended.accept(completion);
            }
        }
    }

    private void writePlain(List<Completion> batch, Consumer<Completion> ended)
            throws SQLException, JobPersistenceException {
        try {
            List<Completion> rest = attempt(batch, ended);
            if (!rest.isEmpty()) {
                writePlain(rest, ended);
            }
        } catch (SQLException | RuntimeException e) {
            if (SqlFaults.isTransient(e)) {
                throw e;
            }
            separate(batch, e, ended);
        }
    }

    /** What is still to be written: nothing; or, where the batch was rolled back because entries were not as expected, those that stand, as they are. */
    private List<Completion> attempt(List<Completion> batch, Consumer<Completion> ended) throws SQLException {
        try {
            transactions.runSurely(transaction -> {
                Map<String, Boolean> standing = statement.execute(transaction, batch);
                if (!batch.stream().allMatch(completion -> isAsExpected(completion, standing))) {
                    throw new NotAsExpected(standing);
                }
                listener.settle(transaction.connection, executions(batch));
                return true;
            });
            done(executions(batch));
            batch.forEach(ended);
            return List.of();
        } catch (NotAsExpected e) {
            return standing(batch, e.standing, ended);
        }
    }

    private static boolean isAsExpected(Completion completion, Map<String, Boolean> standing) {
        Boolean rowless = standing.get(completion.entryId());
        return rowless != null && (rowless || !completion.rowless());
    }

    private List<Completion> standing(
            List<Completion> batch, Map<String, Boolean> standing, Consumer<Completion> ended) {
        List<Completion> rest = new ArrayList<>();
        List<Completion> gone = new ArrayList<>();
        for (Completion completion : batch) {
            if (isAsExpected(completion, standing)) {
                rest.add(completion);
            } else if (standing.containsKey(completion.entryId())) {
                rest.add(completion.withRows());
            } else {
                gone.add(completion);
            }
        }
        if (!gone.isEmpty()) {
            abandon(executions(gone));
            gone.forEach(ended);
        }
        return rest;
    }

    /** One bad item must not keep the others from being written. */
    private void separate(List<Completion> batch, Exception failure, Consumer<Completion> ended)
            throws SQLException, JobPersistenceException {
        if (batch.size() == 1) {
            setAside(batch.get(0), failure);
            ended.accept(batch.get(0));
            return;
        }
        int half = batch.size() / 2;
        writePlain(new ArrayList<>(batch.subList(0, half)), ended);
        writePlain(new ArrayList<>(batch.subList(half, batch.size())), ended);
    }

    private void writeAlone(Completion completion) throws SQLException, JobPersistenceException {
        try {
            if (quartz.complete(completion)) {
                done(List.of(completion.execution()));
            } else {
                abandon(List.of(completion.execution()));
            }
        } catch (SQLException | JobPersistenceException | RuntimeException e) {
            if (SqlFaults.isTransient(e)) {
                throw e;
            }
            setAside(completion, e);
        }
    }

    private void setAside(Completion completion, Exception failure) throws SQLException, JobPersistenceException {
        LOG.error("completion of trigger {} can't be written; the trigger is set to ERROR", completion.key(), failure);
        quartz.setAside(completion);
        counters.poisoned.increment();
        listener.released(List.of(completion.execution()));
    }

    private void done(List<Execution> executions) {
        counters.completed.add(executions.size());
        counters.completions.increment();
        counters.lastCompleted = executions.size();
        listener.settled(executions);
    }

    private void abandon(List<Execution> executions) {
        counters.abandoned.add(executions.size());
        LOG.warn(
                "{} executions were taken over by another node before they were completed here, the first is {}",
                executions.size(),
                executions.get(0));
        listener.abandoned(executions);
    }

    private static List<Execution> executions(List<Completion> batch) {
        return batch.stream().map(Completion::execution).toList();
    }

    /** Rolls the transaction back: some entries are gone, or have been given their trigger's rows back. */
    private static final class NotAsExpected extends SQLException {
        private static final long serialVersionUID = 1L;
        private final transient Map<String, Boolean> standing;

        NotAsExpected(Map<String, Boolean> standing) {
            super("some fired-trigger entries are not as expected");
            this.standing = standing;
        }
    }
}
