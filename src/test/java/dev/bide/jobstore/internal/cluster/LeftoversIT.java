package dev.bide.jobstore.internal.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.jobstore.Cluster;
import dev.bide.jobstore.internal.fire.EntryIds;
import dev.bide.jobstore.internal.sql.Tables;
import dev.bide.jobstore.internal.sql.TransactionLimits;
import dev.bide.jobstore.internal.sql.Transactions;
import dev.bide.testing.PostgresExtension;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.tomcat.jdbc.pool.PoolProperties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class LeftoversIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    private static final int DEAD = 20_000;

    private final AtomicLong nanos = new AtomicLong(System.nanoTime());
    private final EntryIds entryIds = new EntryIds("a", InstantSource.system());
    private org.apache.tomcat.jdbc.pool.DataSource one;
    private Leftovers leftovers;
    private Cluster cluster;

    /** One connection, so that what it has read can be asked for right after. */
    @BeforeEach
    void open() {
        PoolProperties pool = new PoolProperties();
        pool.setUrl(POSTGRES.jdbcUrl());
        pool.setDriverClassName("org.postgresql.Driver");
        pool.setMaxActive(1);
        pool.setInitialSize(0);
        pool.setMinIdle(0);
        one = new org.apache.tomcat.jdbc.pool.DataSource(pool);
        cluster = new Cluster("leftovers", one);
        leftovers = new Leftovers(
                new Tables("leftovers", "a", "qrtz_"),
                new Transactions(one::getConnection, new TransactionLimits(5_000, 2_000)),
                entryIds,
                InstantSource.system(),
                nanos::get);
    }

    @AfterEach
    void close() {
        one.close(true);
    }

    private void pass(long seconds) {
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }

    /** Index entries, as PostgreSQL counts them: time would depend on the machine. */
    @Test
    void dead_entries_that_nobody_may_vacuum_are_not_read_each_time() throws Exception {
        String before = entryIds.nextBatch();
        long number = entryIds.number(before + "(0,1)");
        entry(before + "(0,1)", "a");
        try (Connection snapshot = POSTGRES.dataSource().getConnection();
                Statement statement = snapshot.createStatement()) {
            cluster.execute("INSERT INTO qrtz_fired_triggers SELECT 'leftovers', '" + before
                    + "(' || n || ',2)', 't', 'test', 'a', 0, 0, 5, 'EXECUTING', 'count', 'test', NULL, true FROM generate_series(1, "
                    + DEAD + ") AS n");
            snapshot.setAutoCommit(false);
            snapshot.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            statement.execute("SELECT count(*) FROM qrtz_fired_triggers");
            cluster.execute("DELETE FROM qrtz_fired_triggers WHERE entry_id <> '" + before + "(0,1)'");
            // Everything is read now and then, and so the strays of long ago are found.
            assertThat(read(number)).isGreaterThanOrEqualTo(DEAD);
            assertThat(found.own()).containsExactly(before + "(0,1)");
            entryIds.nextBatch();
            pass(61);
            read(Long.MAX_VALUE);
            pass(61);
            assertThat(read(Long.MAX_VALUE)).isGreaterThanOrEqualTo(DEAD);
            String after = entryIds.nextBatch() + "(0,1)";
            entry(after, "a");
            pass(6);
            assertThat(read(Long.MAX_VALUE)).isLessThan(100);
            assertThat(found.own()).containsExactly(after);
            // What is in hand is looked for from there on.
            pass(5);
            read(Long.MAX_VALUE);
            pass(6);
            assertThat(read(number)).isGreaterThanOrEqualTo(DEAD);
            snapshot.rollback();
        }
    }

    @Test
    void instances_that_are_no_members_are_found_and_members_are_not() throws Exception {
        cluster.execute("DELETE FROM qrtz_fired_triggers");
        cluster.execute("INSERT INTO qrtz_scheduler_state VALUES ('leftovers', 'living', 0, 1000)");
        entry("x", "living");
        entry("y", "vanished");
        entry("z", "vanished");
        assertThat(leftovers.look(Long.MAX_VALUE).vanished()).containsExactly("vanished");
        assertThat(leftovers.look(Long.MAX_VALUE).vanished())
                .as("not again at once")
                .isEmpty();
        pass(10);
        assertThat(leftovers.look(Long.MAX_VALUE).vanished()).containsExactly("vanished");
    }

    private Leftovers.Found found;

    private long read(long oldestInHand) throws SQLException {
        long before = indexEntriesRead();
        found = leftovers.look(oldestInHand);
        return indexEntriesRead() - before;
    }

    private long indexEntriesRead() throws SQLException {
        try (Connection connection = one.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_stat_force_next_flush()");
            try (ResultSet row = statement.executeQuery(
                    "SELECT idx_tup_read FROM pg_stat_user_indexes WHERE indexrelname = 'qrtz_fired_triggers_pkey'")) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private void entry(String id, String instance) throws SQLException {
        cluster.execute("INSERT INTO qrtz_fired_triggers SELECT 'leftovers', '" + id + "', 't', 'test', '" + instance
                + "', 0, 0, 5, 'EXECUTING', 'count', 'test', NULL, true");
    }
}
