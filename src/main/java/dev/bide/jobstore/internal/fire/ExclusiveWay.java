package dev.bide.jobstore.internal.fire;

import dev.bide.jobstore.internal.complete.Completion;
import dev.bide.jobstore.internal.complete.Completions;
import dev.bide.jobstore.internal.complete.Listeners;
import dev.bide.jobstore.internal.sql.Tables;
import dev.bide.jobstore.internal.sql.Transactions;
import dev.bide.jobstore.internal.sql.TriggerState;
import dev.bide.jobstore.internal.write.QuartzSide;
import dev.bide.jobstore.internal.write.RowLocks;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quartz.JobPersistenceException;
import org.quartz.TriggerKey;
import org.quartz.spi.TriggerFiredBundle;

/**
 * Quartz's own way, one trigger at a time under the cluster's lock: firing triggers of jobs that must not run concurrently, and completions that touch other triggers
 * or the job.
 *
 * <p>Locks: the cluster's lock, the trigger's row, its fired-trigger row.
 */
public final class ExclusiveWay implements Completions.QuartzWay {

    /** The row's address. */
    private static final String STILL_ACQUIRED = """
            SELECT 1 FROM qrtz_triggers
            WHERE ctid = ?::tid AND xmin = ?::xid AND sched_name = ? AND trigger_state = 'ACQUIRED'
            FOR UPDATE
            """;

    /** All of the table, which is small. */
    private static final String JOB_EXECUTES = """
            SELECT 1 FROM qrtz_fired_triggers
            WHERE sched_name = ? AND job_name = ? AND job_group = ? AND state = 'EXECUTING'
            """;

    /** Primary key, in all of these. */
    private static final String SET_STATE = """
            UPDATE qrtz_triggers SET trigger_state = ?, next_fire_time = CASE WHEN next_fire_time <= 0 THEN ? ELSE next_fire_time END
            WHERE sched_name = ? AND trigger_name = ? AND trigger_group = ?
            """;

    private static final String STANDS =
            "SELECT pg_current_xact_id()::text FROM qrtz_fired_triggers WHERE sched_name = ? AND entry_id = ? FOR UPDATE";

    private final Tables tables;
    private final ClusterLock lock;
    private final QuartzSide quartz;
    private final Listeners listener;
    private final RowLocks rowLocks;
    private final ConfirmStatement confirmStatement;

    public ExclusiveWay(
            Tables tables,
            ClusterLock lock,
            QuartzSide quartz,
            Listeners listener,
            RowLocks rowLocks,
            ConfirmStatement confirmStatement) {
        this.tables = tables;
        this.lock = lock;
        this.quartz = quartz;
        this.listener = listener;
        this.rowLocks = rowLocks;
        this.confirmStatement = confirmStatement;
    }

    /** Null where it was changed meanwhile, or its job is running: then it is blocked until that ends. */
    @Nullable
    TriggerFiredBundle fire(Taken taken) throws JobPersistenceException {
        Optional<TriggerFiredBundle> fired = lock.during(transaction -> {
            Connection connection = transaction.connection;
            TriggerFiredBundle bundle = null;
            if (isStillAcquired(connection, taken)) {
                if (isJobExecuting(connection, taken)) {
                    setState(connection, taken.key(), TriggerState.BLOCKED, taken.scheduledFireTime);
                } else {
                    bundle = quartz.fire(connection, taken.trigger);
                    if (bundle == null) {
                        setState(connection, taken.key(), TriggerState.WAITING, taken.scheduledFireTime);
                    }
                }
            }
            if (bundle == null) {
                confirmStatement.drop(connection, List.of(taken.entryId));
            } else {
                listener.fired(connection, List.of(taken.execution));
            }
            return Optional.ofNullable(bundle).map(one -> taken.recovering ? recovering(one) : one);
        });
        return fired.orElse(null);
    }

    /** Quartz knows one that fires again by the group in which it puts it; here it keeps its own key. */
    private static TriggerFiredBundle recovering(TriggerFiredBundle bundle) {
        return new TriggerFiredBundle(
                bundle.getJobDetail(),
                bundle.getTrigger(),
                bundle.getCalendar(),
                true,
                bundle.getFireTime(),
                bundle.getScheduledFireTime(),
                bundle.getPrevFireTime(),
                bundle.getNextFireTime());
    }

    @Override
    public boolean complete(Completion completion, Completions.Step begin, Completions.Step settle)
            throws JobPersistenceException {
        Boolean stood = lock.during(begin, transaction -> {
            Connection connection = transaction.connection;
            rowLocks.of(connection, completion.key());
            if (!stands(transaction, completion)) {
                return false;
            }
            quartz.complete(connection, completion.trigger(), completion.job(), completion.instruction());
            settle.run(connection);
            return true;
        });
        return Boolean.TRUE.equals(stood);
    }

    @Override
    public void setAside(Completion completion) throws JobPersistenceException {
        lock.during(transaction -> {
            rowLocks.of(transaction.connection, completion.key());
            setState(
                    transaction.connection,
                    completion.key(),
                    TriggerState.ERROR,
                    completion.execution().scheduledFireTime().toEpochMilli());
            confirmStatement.drop(transaction.connection, List.of(completion.entryId()));
            return true;
        });
    }

    private boolean isStillAcquired(Connection connection, Taken taken) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(STILL_ACQUIRED))) {
            statement.setString(1, taken.rowAddress);
            statement.setString(2, taken.rowVersion);
            statement.setString(3, tables.scheduler());
            return hasRow(statement);
        }
    }

    private boolean isJobExecuting(Connection connection, Taken taken) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(JOB_EXECUTES))) {
            statement.setString(1, tables.scheduler());
            statement.setString(2, taken.jobKey().getName());
            statement.setString(3, taken.jobKey().getGroup());
            return hasRow(statement);
        }
    }

    private boolean stands(Transactions.Transaction transaction, Completion completion) throws SQLException {
        try (PreparedStatement statement = transaction.connection.prepareStatement(tables.sql(STANDS))) {
            statement.setString(1, tables.scheduler());
            statement.setString(2, completion.entryId());
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return false;
                }
                transaction.id(row.getString(1));
                return true;
            }
        }
    }

    private void setState(Connection connection, TriggerKey key, TriggerState state, long fireTime)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(SET_STATE))) {
            statement.setString(1, state.name());
            statement.setLong(2, fireTime);
            statement.setString(3, tables.scheduler());
            statement.setString(4, key.getName());
            statement.setString(5, key.getGroup());
            statement.executeUpdate();
        }
    }

    private static boolean hasRow(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            return row.next();
        }
    }
}
