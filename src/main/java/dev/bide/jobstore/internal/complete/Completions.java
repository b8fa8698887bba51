package dev.bide.jobstore.internal.complete;

import dev.bide.jobstore.DatabaseFault;
import dev.bide.jobstore.Execution;
import dev.bide.jobstore.internal.sql.Counters;
import dev.bide.jobstore.internal.sql.Transactions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
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
public final class Completions {
    private static final Logger LOG = LoggerFactory.getLogger(Completions.class);

    /** Quartz's own way for one completion, in the caller's hands: it needs methods that the store inherits. */
    public interface QuartzWay {
        /**
         * False where its entry did not stand. Runs under the cluster's lock.
         *
         * @param begin is run first in the transaction
         * @param settle is run last in it
         */
        boolean complete(Completion completion, Step begin, Step settle) throws JobPersistenceException, SQLException;

        /** Sets its trigger to ERROR and deletes its entry. */
        void setAside(Completion completion) throws JobPersistenceException, SQLException;
    }

    public interface Step {
        void run(Connection connection) throws SQLException;
    }

    /** Those that could not be written before wait no longer than this for a row: others wait for them. */
    private static final String WAIT_FOR_NOBODY = "SET LOCAL lock_timeout = '100ms'";

    private final Transactions transactions;
    private final CompletionStatement statement;
    private final Listeners listener;
    private final QuartzWay quartz;
    private final Counters counters;

    public Completions(
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
     * @param again some of them could not be written before
     * @param ended is told of each that needs no more writing
     * @throws SQLException where some could not be written: to be tried again, together or apart
     */
    public void write(List<Completion> batch, boolean again, Consumer<Completion> ended)
            throws SQLException, JobPersistenceException {
        Step begin = again ? Completions::waitForNobody : connection -> {};
        List<Completion> plain = batch.stream().filter(Completion::isPlain).toList();
        if (!plain.isEmpty()) {
            writePlain(plain, begin, ended);
        }
        for (Completion completion : batch) {
            if (!completion.isPlain()) {
                writeAlone(completion, begin);
                ended.accept(completion);
            }
        }
    }

    private static void waitForNobody(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(WAIT_FOR_NOBODY);
        }
    }

    private void writePlain(List<Completion> batch, Step begin, Consumer<Completion> ended)
            throws SQLException, JobPersistenceException {
        List<Completion> rest = batch;
        while (!rest.isEmpty()) {
            try {
                rest = attempt(rest, begin, listener::settle, ended);
            } catch (SQLException | RuntimeException e) {
                if (rest.size() > 1 || !DatabaseFault.of(e).isOfTheData()) {
                    throw e;
                }
                rest = settleAlone(rest.get(0), e, begin, ended);
            }
        }
    }

    /** What is still to be written: nothing, but where its trigger was given its rows back meanwhile. */
    private List<Completion> settleAlone(
            Completion completion, Exception failure, Step begin, Consumer<Completion> ended)
            throws SQLException, JobPersistenceException {
        try {
            return attempt(
                    List.of(completion),
                    begin,
                    (connection, executions) -> settleAlone(connection, completion, failure),
                    ended);
        } catch (SQLException | RuntimeException e) {
            setAside(completion, failure, e);
            ended.accept(completion);
            return List.of();
        }
    }

    private void settleAlone(Connection connection, Completion completion, Exception failure) throws SQLException {
        if (!listener.settleAlone(connection, completion.execution(), failure)) {
            throw new Refused();
        }
    }

    private interface Settling {
        void run(Connection connection, List<Execution> executions) throws SQLException;
    }

    /** What is still to be written: nothing; or, where the batch was rolled back because entries were not as expected, those that stand, as they are. */
    private List<Completion> attempt(List<Completion> batch, Step begin, Settling settling, Consumer<Completion> ended)
            throws SQLException {
        try {
            transactions.runSurely(transaction -> {
                begin.run(transaction.connection);
                Map<String, Boolean> standing = statement.execute(transaction, batch);
                if (!batch.stream().allMatch(completion -> isAsExpected(completion, standing))) {
                    throw new NotAsExpected(standing);
                }
                settling.run(transaction.connection, executions(batch));
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

    private void writeAlone(Completion completion, Step begin) throws SQLException, JobPersistenceException {
        try {
            complete(completion, begin, connection -> listener.settle(connection, List.of(completion.execution())));
        } catch (SQLException | JobPersistenceException | RuntimeException e) {
            if (!DatabaseFault.of(e).isOfTheData()) {
                throw e;
            }
            try {
                complete(completion, begin, connection -> settleAlone(connection, completion, e));
            } catch (SQLException | JobPersistenceException | RuntimeException second) {
                setAside(completion, e, second);
            }
        }
    }

    private void complete(Completion completion, Step begin, Step settle) throws SQLException, JobPersistenceException {
        if (quartz.complete(completion, begin, settle)) {
            done(List.of(completion.execution()));
        } else {
            abandon(List.of(completion.execution()));
        }
    }

    /** @param second why it could not be settled in a simpler way either */
    private void setAside(Completion completion, Exception failure, Exception second)
            throws SQLException, JobPersistenceException {
        if (!DatabaseFault.of(second).isOfTheData()) {
            throw new SQLException("completion of trigger " + completion.key() + " can't be written", second);
        }
        LOG.error(
                "completion of trigger {} can't be written ({}); the trigger is set to ERROR",
                completion.key(),
                second.toString(),
                failure);
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

    /** Rolls the transaction back: the listener can't settle it alone. */
    private static final class Refused extends SQLException {
        private static final long serialVersionUID = 1L;

        Refused() {
            super("the listener can't settle it alone", "P0001");
        }
    }
}
