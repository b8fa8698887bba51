package dev.bide.jobstore.internal.cluster;

import dev.bide.jobstore.DatabaseClock;
import dev.bide.jobstore.internal.sql.KeptConnection;
import dev.bide.jobstore.internal.sql.Tables;
import dev.bide.jobstore.internal.sql.TransactionLimits;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says that this node lives, and reads who else does: one short transaction on the table of scheduler states, on a connection of its own. It takes none of the cluster's
 * locks and no row but its own, and waits for no connection, so that nobody who is slow, or frozen, keeps a node from checking in.
 *
 * <p>It is two round trips: what is written and read in one statement, and the commit. To commit with the statement would save one, but when an answer is lost this
 * node would not know what it has written, and take its own time stamp for somebody else's.
 *
 * <p>The time stamp is the database's time. It also tells whether somebody else checks in under this node's name: then it is later than any that this node wrote.
 */
public final class CheckIn {
    /** Primary key, in these. A row for each node, this one's as it was before; none where it is the first. */
    private static final String RENEW = """
            WITH renewed AS (
              UPDATE qrtz_scheduler_state
              SET last_checkin_time = (extract(epoch FROM clock_timestamp()) * 1000)::bigint, checkin_interval = ?
              WHERE sched_name = ? AND instance_name = ? AND last_checkin_time <= ?
              RETURNING last_checkin_time)
            SELECT instance_name, last_checkin_time, checkin_interval, (extract(epoch FROM clock_timestamp()) * 1000)::bigint,
              (SELECT last_checkin_time FROM renewed)
            FROM qrtz_scheduler_state WHERE sched_name = ?
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
     * @param members all of them, this node included where it has a row; that as it was before this node wrote
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
    private final KeptConnection connection;
    private final TransactionLimits limits;
    private final long interval;
    private final @Nullable DatabaseClock clock;
    /** The latest time stamp that this node wrote or tried to: it may not know which of them were committed. */
    private long latest = -1;

    /** @param clock to measure on the way; null where somebody else does */
    public CheckIn(
            Tables tables,
            KeptConnection connection,
            TransactionLimits limits,
            long interval,
            @Nullable DatabaseClock clock) {
        this.tables = tables;
        this.connection = connection;
        this.limits = limits;
        this.interval = interval;
        this.clock = clock;
    }

    /** Only reads. */
    Answer look() throws SQLException {
        return connection.inTransaction(own -> {
            limits.begin(own);
            return members(own, false);
        });
    }

    /** As {@link #write}, in the place of a node of this name whose last time stamp was this. */
    Answer succeed(long stamp) throws SQLException {
        latest = Math.max(latest, stamp);
        return write();
    }

    /** Checks in. A row that is not there is made: this node is new, or was given up for dead. */
    Answer write() throws SQLException {
        return connection.inTransaction(own -> {
            Answer answer = renew(own);
            if (!answer.isOurs()) {
                answer = members(own, join(own));
            }
            if (clock != null) {
                clock.measure(own);
            }
            return answer;
        });
    }

    /** It may be used again, and opens another connection then. */
    void close() {
        connection.close();
    }

    /** Nobody needs to find this node dead. */
    void leave() throws SQLException {
        connection.inTransaction(own -> {
            limits.begin(own);
            try (PreparedStatement statement = own.prepareStatement(tables.sql(LEAVE))) {
                statement.setString(1, tables.scheduler());
                statement.setString(2, tables.instance());
                statement.setLong(3, latest);
                return statement.executeUpdate();
            }
        });
    }

    /** In one round trip, the transaction's beginning and limits included. */
    private Answer renew(Connection own) throws SQLException {
        try (PreparedStatement statement = own.prepareStatement(limits.beginning() + "; " + tables.sql(RENEW))) {
            statement.setLong(1, interval);
            statement.setString(2, tables.scheduler());
            statement.setString(3, tables.instance());
            statement.setLong(4, latest);
            statement.setString(5, tables.scheduler());
            statement.execute();
            statement.getMoreResults();
            try (ResultSet rows = statement.getResultSet()) {
                List<MemberRow> members = new ArrayList<>();
                long now = 0;
                boolean isOurs = false;
                while (rows.next()) {
                    members.add(member(rows));
                    now = rows.getLong(4);
                    long stamp = rows.getLong(5);
                    isOurs = !rows.wasNull();
                    if (isOurs) {
                        // Before the commit, whose answer may be lost.
                        latest = Math.max(latest, stamp);
                    }
                }
                return new Answer(members, now, isOurs);
            }
        }
    }

    /** Whether there was no row of this node's name. */
    private boolean join(Connection own) throws SQLException {
        try (PreparedStatement statement = own.prepareStatement(tables.sql(JOIN))) {
            statement.setString(1, tables.scheduler());
            statement.setString(2, tables.instance());
            statement.setLong(3, interval);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return false;
                }
                latest = Math.max(latest, row.getLong(1));
                return true;
            }
        }
    }

    private Answer members(Connection own, boolean isOurs) throws SQLException {
        List<MemberRow> members = new ArrayList<>();
        long now = 0;
        try (PreparedStatement statement = own.prepareStatement(tables.sql(MEMBERS))) {
            statement.setString(1, tables.scheduler());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    members.add(member(rows));
                    now = rows.getLong(4);
                }
            }
        }
        return new Answer(members, now, isOurs);
    }

    private static MemberRow member(ResultSet rows) throws SQLException {
        return new MemberRow(rows.getString(1), rows.getLong(2), rows.getLong(3));
    }
}
