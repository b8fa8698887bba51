package dev.bide.jobstore.internal.recover;

import dev.bide.jobstore.DatabaseFault;
import dev.bide.jobstore.internal.sql.Counters;
import dev.bide.jobstore.internal.sql.Tables;
import dev.bide.jobstore.internal.sql.Transactions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import org.quartz.JobPersistenceException;
import org.quartz.TriggerKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds triggers that have a misfire instruction and are late. Those that ignore misfires fire on the normal path, however late, and are in no way of this. */
public final class Misfires {
    private static final Logger LOG = LoggerFactory.getLogger(Misfires.class);

    /** Index qrtz_triggers_misfire, in both. */
    private static final String EXIST = """
            SELECT 1 FROM qrtz_triggers
            WHERE sched_name = ? AND trigger_state = 'WAITING' AND misfire_instr <> -1 AND next_fire_time < ?
            LIMIT 1
            """;

    private static final String LOCK = """
            SELECT trigger_name, trigger_group FROM qrtz_triggers
            WHERE sched_name = ? AND trigger_state = 'WAITING' AND misfire_instr <> -1 AND next_fire_time < ?
            ORDER BY next_fire_time
            LIMIT ?
            FOR UPDATE SKIP LOCKED
            """;

    /** Primary key. The row is locked by this transaction already. */
    private static final String SET_ASIDE =
            "UPDATE qrtz_triggers SET trigger_state = 'ERROR' WHERE sched_name = ? AND trigger_name = ? AND trigger_group = ?";

    public interface Update {
        /** Moves a trigger on, and returns when it fires next; Long.MAX_VALUE for never. */
        long run(TriggerKey key) throws JobPersistenceException;
    }

    private final Tables tables;
    private final Transactions transactions;
    private final Counters counters;

    public Misfires(Tables tables, Transactions transactions, Counters counters) {
        this.tables = tables;
        this.transactions = transactions;
        this.counters = counters;
    }

    public boolean exist(long misfireTime) throws JobPersistenceException {
        try {
            return transactions.run(transaction -> {
                try (PreparedStatement statement = transaction.connection.prepareStatement(tables.sql(EXIST))) {
                    statement.setString(1, tables.scheduler());
                    statement.setLong(2, misfireTime);
                    try (ResultSet row = statement.executeQuery()) {
                        return row.next();
                    }
                }
            });
        } catch (SQLException e) {
            throw new JobPersistenceException("could not look for misfired triggers: " + e.getMessage(), e);
        }
    }

    public List<TriggerKey> lock(Connection connection, long misfireTime, int limit) throws SQLException {
        List<TriggerKey> keys = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(LOCK))) {
            statement.setString(1, tables.scheduler());
            statement.setLong(2, misfireTime);
            statement.setInt(3, limit);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    keys.add(new TriggerKey(row.getString(1), row.getString(2)));
                }
            }
        }
        return keys;
    }

    /** Moves them on, and returns when the first of them fires next. One that can't be read is set aside, and keeps no other from being moved on. */
    public long update(Connection connection, List<TriggerKey> keys, Update update)
            throws JobPersistenceException, SQLException {
        long earliest = Long.MAX_VALUE;
        for (TriggerKey key : keys) {
            // Where the database refuses a statement, the transaction can go on from here.
            Savepoint before = connection.setSavepoint();
            try {
                earliest = Math.min(earliest, update.run(key));
                connection.releaseSavepoint(before);
            } catch (JobPersistenceException | RuntimeException | LinkageError e) {
                if (!DatabaseFault.of(e).isOfTheData() && !(e instanceof LinkageError)) {
                    throw e;
                }
                connection.rollback(before);
                setAside(connection, key, e);
            }
        }
        return earliest;
    }

    private void setAside(Connection connection, TriggerKey key, Throwable failure) throws SQLException {
        LOG.error("trigger {} is late, can't be read, and is set to ERROR: {}", key, failure.toString());
        counters.poisoned.increment();
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(SET_ASIDE))) {
            statement.setString(1, tables.scheduler());
            statement.setString(2, key.getName());
            statement.setString(3, key.getGroup());
            statement.executeUpdate();
        }
    }
}
