package dev.bide.jobstore;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.quartz.JobPersistenceException;
import org.quartz.TriggerKey;

/** Finds triggers that have a misfire instruction and are late. Those that ignore misfires fire on the normal path, however late, and are in no way of this. */
final class Misfires {

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

    private final Tables tables;
    private final Transactions transactions;

    Misfires(Tables tables, Transactions transactions) {
        this.tables = tables;
        this.transactions = transactions;
    }

    boolean exist(long misfireTime) throws JobPersistenceException {
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

    List<TriggerKey> lock(Connection connection, long misfireTime, int limit) throws SQLException {
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
}
