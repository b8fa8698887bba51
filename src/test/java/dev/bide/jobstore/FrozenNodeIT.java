package dev.bide.jobstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.bide.testing.PostgresExtension;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.quartz.JobPersistenceException;
import org.quartz.SchedulerException;
import org.quartz.spi.OperableTrigger;

/** A node that stops in the middle of a transaction, whose locks stay; and whoever else locks rows that a recovery needs. */
class FrozenNodeIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    @Test
    void one_that_is_frozen_while_it_settles_holds_up_nobody() throws Exception {
        Cluster cluster = new Cluster("frozen-settling", POSTGRES.dataSource());
        FaultyDataSource line = new FaultyDataSource(POSTGRES.dataSource(), 1, 0);
        Queue<Execution> settled = new ConcurrentLinkedQueue<>();
        Queue<Execution> abandoned = new ConcurrentLinkedQueue<>();
        ExecutionListener listener = new ExecutionListener() {
            @Override
            public void settled(List<Execution> executions) {
                settled.addAll(executions);
            }

            @Override
            public void abandoned(List<Execution> executions) {
                abandoned.addAll(executions);
            }
        };
        try (Node frozen = cluster.node("frozen", line, store -> store.setExecutionListener(listener));
                Node second = Node.ours(cluster.name(), "second", POSTGRES.dataSource());
                Node third = Node.ours(cluster.name(), "third", POSTGRES.dataSource())) {
            second.start();
            second.scheduler.standby();
            line.freezeAtCommitOf("DELETE FROM qrtz_fired_triggers");
            frozen.start();
            cluster.store(frozen, Cluster.oneShots(50, new Date()));
            try {
                await().atMost(Duration.ofSeconds(20)).until(line::isFrozen);
                second.scheduler.start();
                third.scheduler.addJob(cluster.job(), true);
                third.start();
                await().atMost(Duration.ofSeconds(30)).until(() -> {
                    assertThat(second.postgres().holdsLease()).isTrue();
                    return cluster.rows() == 0;
                });
                assertThat(cluster.firings().byTrigger).hasSize(50);
                await().until(() -> member(cluster, "frozen") == 0);
            } finally {
                line.thaw();
            }
            // It wakes in the middle of its settlement, which is not its own any more.
            await().atMost(Duration.ofSeconds(20)).until(() -> !abandoned.isEmpty());
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> frozen.postgres().statistics().inHand() == 0);
            assertThat(settled.size() + abandoned.size()).isEqualTo(50);
            await().until(() -> frozen.postgres().holdsLease());
        }
    }

    @Test
    void what_one_was_taking_when_it_froze_fires_elsewhere_and_once() throws Exception {
        Cluster cluster = new Cluster("frozen-taking", POSTGRES.dataSource());
        FaultyDataSource line = new FaultyDataSource(POSTGRES.dataSource(), 1, 0);
        try (Node frozen = cluster.node("frozen", line);
                Node second = Node.ours(cluster.name(), "second", POSTGRES.dataSource())) {
            frozen.start();
            List<OperableTrigger> triggers = Cluster.oneShots(50, new Date(System.currentTimeMillis() + 500));
            triggers.add(Cluster.onceByCron("cron", new Date(System.currentTimeMillis() + 500)));
            cluster.store(second, triggers);
            line.freezeAtCommitOf("picked AS MATERIALIZED");
            try {
                await().atMost(Duration.ofSeconds(20)).until(line::isFrozen);
                second.start();
                await().atMost(Duration.ofSeconds(20)).until(() -> cluster.rows() == 0);
            } finally {
                line.thaw();
            }
            assertThat(cluster.firings().byTrigger).hasSize(51);
            await().atMost(Duration.ofSeconds(20)).until(() -> frozen.postgres().holdsLease());
        }
        assertThat(cluster.firings().total.sum()).isEqualTo(51);
    }

    @Test
    void a_node_starts_while_one_that_holds_the_clusters_lock_is_frozen() throws Exception {
        Cluster cluster = new Cluster("frozen-lock", POSTGRES.dataSource());
        FaultyDataSource line = new FaultyDataSource(POSTGRES.dataSource(), 1, 0);
        try (Node frozen = Node.ours(cluster.name(), "frozen", line);
                Node third = Node.ours(cluster.name(), "third", POSTGRES.dataSource())) {
            frozen.start();
            line.freezeAtCommitOf("QRTZ_LOCKS");
            CompletableFuture<Boolean> storing = CompletableFuture.supplyAsync(() -> addJob(frozen, cluster));
            try {
                await().until(line::isFrozen);
                CompletableFuture<Boolean> starting =
                        CompletableFuture.supplyAsync(() -> addJob(third, cluster) && third.start() != null);
                assertThat(starting.get(20, TimeUnit.SECONDS)).isTrue();
                cluster.store(third, Cluster.oneShots(1, new Date()));
                await().until(() -> cluster.firings().total.sum() == 1);
            } finally {
                line.thaw();
            }
            assertThat(storing.get(20, TimeUnit.SECONDS))
                    .as("ended by the database")
                    .isFalse();
        }
    }

    private static boolean addJob(Node node, Cluster cluster) {
        try {
            node.scheduler.addJob(cluster.job(), true);
            return true;
        } catch (SchedulerException e) {
            return false;
        }
    }

    @Test
    void what_is_locked_when_a_dead_node_is_taken_over_is_taken_over_later() throws Exception {
        Cluster cluster = new Cluster("locked", POSTGRES.dataSource());
        die(cluster, "gone", 3);
        try (Node node = cluster.node("a", store -> store.setFailoverMargin(4_000));
                Connection other = POSTGRES.dataSource().getConnection();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("DELETE FROM qrtz_fired_triggers WHERE sched_name = 'locked' AND entry_id = 'gone-1'");
            node.start();
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> cluster.firings().byTrigger.size() == 2);
            await().during(Duration.ofSeconds(3))
                    .atMost(Duration.ofSeconds(5))
                    .until(() -> node.postgres().holdsLease() && member(cluster, "gone") == 1);
            other.rollback();
            await().atMost(Duration.ofSeconds(10)).until(() -> cluster.rows() == 0 && member(cluster, "gone") == 0);
        }
        assertThat(cluster.firings().byTrigger).hasSize(3);
        assertThat(cluster.firings().total.sum()).isEqualTo(3);
    }

    @Test
    void one_that_checks_in_again_while_it_is_taken_over_stays_a_member_with_what_is_left() throws Exception {
        Cluster cluster = new Cluster("woken", POSTGRES.dataSource());
        die(cluster, "gone", 2);
        try (Node node = cluster.node("a");
                Connection other = POSTGRES.dataSource().getConnection();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute(
                    "SELECT 1 FROM qrtz_fired_triggers WHERE sched_name = 'woken' AND entry_id = 'gone-1' FOR UPDATE");
            node.start();
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> cluster.firings().total.sum() == 1);
            AtomicLong stamp = new AtomicLong(1_000);
            // From now on it checks in, in a way.
            await().during(Duration.ofSeconds(4)).atMost(Duration.ofSeconds(6)).until(() -> {
                cluster.execute("UPDATE qrtz_scheduler_state SET last_checkin_time = " + stamp.incrementAndGet()
                        + " WHERE sched_name = 'woken' AND instance_name = 'gone'");
                if (stamp.get() == 1_003) {
                    other.rollback();
                }
                return member(cluster, "gone") == 1 && cluster.firings().total.sum() == 1;
            });
            assertThat(stamp.get()).isGreaterThan(1_003);
            assertThat(cluster.number("SELECT count(*) FROM qrtz_fired_triggers WHERE sched_name = 'woken'"))
                    .isOne();
        }
    }

    @Test
    void two_nodes_that_take_over_from_the_same_one_repeat_nothing_twice() throws Exception {
        Cluster cluster = new Cluster("both", POSTGRES.dataSource());
        die(cluster, "gone", 3_000);
        try (Node a = cluster.node("a");
                Node b = Node.ours(cluster.name(), "b", POSTGRES.dataSource())) {
            a.start();
            b.start();
            await().atMost(Duration.ofSeconds(30)).until(() -> cluster.rows() == 0 && member(cluster, "gone") == 0);
            assertThat(a.postgres().statistics().recovered()
                            + b.postgres().statistics().recovered())
                    .isEqualTo(3_000);
        }
        assertThat(cluster.firings().byTrigger).hasSize(3_000);
        assertThat(cluster.firings().total.sum()).isEqualTo(3_000);
    }

    /** On any PostgreSQL: this one's own settings are the defaults, which end nothing. */
    @Test
    void transactions_of_the_store_end_by_themselves_and_leave_no_setting_behind() throws Exception {
        Cluster cluster = new Cluster("limits", POSTGRES.dataSource());
        Queue<String> seen = new ConcurrentLinkedQueue<>();
        ExecutionListener listener = new ExecutionListener() {
            @Override
            public void settle(Connection connection, List<Execution> standing) throws SQLException {
                seen.add(limits(connection));
            }
        };
        try (Node node = cluster.node("a", store -> {
            store.setExecutionListener(listener);
            store.setFailoverMargin(4_000);
            store.setLockTimeout(300);
        })) {
            node.start();
            cluster.store(node, Cluster.oneShots(1, new Date()));
            await().until(() -> !seen.isEmpty());
            assertThat(seen).containsOnly("5s 300ms 5000");
            // Quartz's own: whoever waits for the cluster's lock gives up.
            try (Connection other = POSTGRES.dataSource().getConnection();
                    Statement statement = other.createStatement()) {
                other.setAutoCommit(false);
                statement.execute(
                        "SELECT 1 FROM qrtz_locks WHERE sched_name = 'limits' AND lock_name = 'TRIGGER_ACCESS' FOR UPDATE");
                assertThatThrownBy(() -> node.scheduler.addJob(cluster.job(), true))
                        .isInstanceOf(JobPersistenceException.class)
                        .hasMessageContaining("TRIGGER_ACCESS");
                other.rollback();
            }
            node.scheduler.addJob(cluster.job(), true);
            assertThat(node.scheduler.deleteJob(Cluster.JOB)).isTrue();
        }
        List<Connection> pooled = new ArrayList<>();
        try {
            for (int i = 0; i < 10; i++) {
                Connection connection = POSTGRES.dataSource().getConnection();
                pooled.add(connection);
                assertThat(limits(connection)).isEqualTo("0 0 0");
            }
        } finally {
            for (Connection connection : pooled) {
                connection.close();
            }
        }
    }

    private static String limits(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT current_setting('idle_in_transaction_session_timeout') || ' ' || current_setting('lock_timeout') || ' ' || current_setting('tcp_user_timeout')")) {
            row.next();
            return row.getString(1);
        }
    }

    /** A node that was given up long ago, with one-shots in its hands. */
    private static void die(Cluster cluster, String instance, int entries) throws SQLException {
        cluster.execute(
                "INSERT INTO qrtz_scheduler_state VALUES ('" + cluster.name() + "', '" + instance + "', 1000, 1000)");
        cluster.execute("INSERT INTO qrtz_fired_triggers SELECT '" + cluster.name() + "', '" + instance
                + "-' || n, 't' || n, 'test', '" + instance
                + "', 0, 1000, 5, 'EXECUTING', 'count', 'test', NULL, true FROM generate_series(1, " + entries
                + ") AS n");
    }

    private static long member(Cluster cluster, String instance) throws SQLException {
        return cluster.number("SELECT count(*) FROM qrtz_scheduler_state WHERE sched_name = '" + cluster.name()
                + "' AND instance_name = '" + instance + "'");
    }
}
