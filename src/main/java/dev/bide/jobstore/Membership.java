package dev.bide.jobstore;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This node as the others see it: its row in the scheduler state table and the fired-trigger entries in its name. */
final class Membership {
    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
    private static final long STRAY_MILLIS = TimeUnit.SECONDS.toMillis(10);
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** All of the table, which is small. */
    private static final String OLD_ENTRIES =
            "SELECT entry_id FROM qrtz_fired_triggers WHERE sched_name = ? AND instance_name = ? AND fired_time < ?";

    /** All of two tables, which are small. */
    private static final String VANISHED = """
            SELECT DISTINCT f.instance_name FROM qrtz_fired_triggers f
            WHERE f.sched_name = ? AND f.fired_time < ?
              AND NOT EXISTS (SELECT 1 FROM qrtz_scheduler_state s WHERE s.sched_name = f.sched_name AND s.instance_name = f.instance_name)
            """;

    /** Primary key. */
    private static final String LEAVE = "DELETE FROM qrtz_scheduler_state WHERE sched_name = ? AND instance_name = ?";

    private final Tables tables;
    private final Transactions transactions;
    private volatile boolean member;
    private long lastLook = System.nanoTime();

    Membership(Tables tables, Transactions transactions) {
        this.tables = tables;
        this.transactions = transactions;
    }

    /** The first check-in also recovers what an earlier life of this id left behind; to take triggers before it would be to lose them to it. */
    boolean isMember() {
        return member;
    }

    void joined() {
        member = true;
    }

    /** Called by the check-in thread: true once in a while. */
    boolean isTimeToLook() {
        if (System.nanoTime() - lastLook < INTERVAL_NANOS) {
            return false;
        }
        lastLook = System.nanoTime();
        return true;
    }

    /** Entries in this node's name that are some seconds old. */
    List<String> oldEntries() throws SQLException {
        return transactions.run(transaction -> {
            try (PreparedStatement statement = transaction.connection.prepareStatement(tables.sql(OLD_ENTRIES))) {
                statement.setString(1, tables.scheduler());
                statement.setString(2, tables.instance());
                statement.setLong(3, System.currentTimeMillis() - STRAY_MILLIS);
                return texts(statement);
            }
        });
    }

    /**
     * Instances that left entries and are no members any more. One that was given up for dead, woke in the middle of a batch and died for good left them after it
     * was recovered; Quartz looks for such only at a node's first check-in.
     */
    List<String> vanished(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(VANISHED))) {
            statement.setString(1, tables.scheduler());
            statement.setLong(2, System.currentTimeMillis() - STRAY_MILLIS);
            return texts(statement);
        }
    }

    private static List<String> texts(PreparedStatement statement) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                texts.add(row.getString(1));
            }
        }
        return texts;
    }

    /** At a shutdown that leaves nothing behind: nobody needs to find this node dead. */
    void leave() {
        try {
            transactions.run(transaction -> {
                try (PreparedStatement statement = transaction.connection.prepareStatement(tables.sql(LEAVE))) {
                    statement.setString(1, tables.scheduler());
                    statement.setString(2, tables.instance());
                    return statement.executeUpdate();
                }
            });
        } catch (SQLException e) {
            LOG.debug("could not delete the scheduler state; another node will", e);
        }
    }
}
