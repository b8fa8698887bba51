package dev.bide.jobstore;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says that this node lives, and reads who else does: one short transaction on the table of scheduler states. It takes none of the cluster's locks and no row but its
 * own, so that nobody who is slow, or frozen, keeps a node from checking in.
 *
 * <p>The time stamp is the database's time. It also tells whether somebody else checks in under this node's name: then it is later than any that this node wrote.
 */
final class CheckIn {
    /** Primary key, in these. */
    private static final String RENEW = """
            UPDATE qrtz_scheduler_state
            SET last_checkin_time = (extract(epoch FROM clock_timestamp()) * 1000)::bigint, checkin_interval = ?
            WHERE sched_name = ? AND instance_name = ? AND last_checkin_time <= ?
            RETURNING last_checkin_time
            """;

    private static final String JOIN = """
            INSERT INTO qrtz_scheduler_state (sched_name, instance_name, last_checkin_time, checkin_interval)
            VALUES (?, ?, (extract(epoch FROM clock_timestamp()) * 1000)::bigint, ?)
            ON CONFLICT DO NOTHING
            RETURNING last_checkin_time
            """;

    private static final String LEAVE =
            "DELETE FROM qrtz_scheduler_state WHERE sched_name = ? AND instance_name = ? AND last_checkin_time <= ?";

    /** A row for each node. */
    private static final String MEMBERS = """
            SELECT instance_name, last_checkin_time, checkin_interval, (extract(epoch FROM clock_timestamp()) * 1000)::bigint
            FROM qrtz_scheduler_state WHERE sched_name = ?
            """;

    /**
     * @param members all of them, this node included where it has a row
     * @param now by the database's clock
     * @param isOurs whether this node's row is its own: false where somebody else checked in under its name, and nothing was written
     */
    record Answer(List<MemberRow> members, long now, boolean isOurs) {
        @Nullable
        MemberRow row(String instance) {
            return members.stream()
                    .filter(member -> member.instance().equals(instance))
                    .findAny()
                    .orElse(null);
        }
    }

    private final Tables tables;
    private final Transactions transactions;
    private final long interval;
    private final @Nullable DatabaseClock clock;
    /** The latest time stamp that this node wrote or tried to: it may not know which of them were committed. */
    private long latest = -1;

    /** @param clock to measure on the way; null where somebody else does */
    CheckIn(Tables tables, Transactions transactions, long interval, @Nullable DatabaseClock clock) {
        this.tables = tables;
        this.transactions = transactions;
        this.interval = interval;
        this.clock = clock;
    }

    /** Only reads. */
    Answer look() throws SQLException {
        return transactions.run(transaction -> members(transaction.connection, false));
    }

    /** As {@link #write}, in the place of a node of this name whose last time stamp was this. */
    Answer succeed(long stamp) throws SQLException {
        latest = Math.max(latest, stamp);
        return write();
    }

    /** Checks in. A row that is not there is made: this node is new, or was given up for dead. */
    Answer write() throws SQLException {
        return transactions.run(transaction -> {
            Long stamp = renew(transaction.connection);
            if (stamp == null) {
                stamp = join(transaction.connection);
            }
            if (stamp != null) {
                latest = Math.max(latest, stamp);
            }
            if (clock != null) {
                clock.measure(transaction.connection);
            }
            return members(transaction.connection, stamp != null);
        });
    }

    /** Nobody needs to find this node dead. */
    void leave() throws SQLException {
        transactions.run(transaction -> {
            try (PreparedStatement statement = transaction.connection.prepareStatement(tables.sql(LEAVE))) {
                statement.setString(1, tables.scheduler());
                statement.setString(2, tables.instance());
                statement.setLong(3, latest);
                return statement.executeUpdate();
            }
        });
    }

    private @Nullable Long renew(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(RENEW))) {
            statement.setLong(1, interval);
            statement.setString(2, tables.scheduler());
            statement.setString(3, tables.instance());
            statement.setLong(4, latest);
            return stamp(statement);
        }
    }

    private @Nullable Long join(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(JOIN))) {
            statement.setString(1, tables.scheduler());
            statement.setString(2, tables.instance());
            statement.setLong(3, interval);
            return stamp(statement);
        }
    }

    private static @Nullable Long stamp(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            return row.next() ? row.getLong(1) : null;
        }
    }

    private Answer members(Connection connection, boolean isOurs) throws SQLException {
        List<MemberRow> members = new ArrayList<>();
        long now = 0;
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(MEMBERS))) {
            statement.setString(1, tables.scheduler());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    members.add(new MemberRow(row.getString(1), row.getLong(2), row.getLong(3)));
                    now = row.getLong(4);
                }
            }
        }
        return new Answer(members, now, isOurs);
    }
}
