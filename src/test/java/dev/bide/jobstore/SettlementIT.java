package dev.bide.jobstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bide.testing.PostgresExtension;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.TriggerBuilder;
import org.quartz.spi.OperableTrigger;

/** One execution that can't be settled, or not now, harms no other. */
class SettlementIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    /** Writes to a table of its own for each execution. */
    private record Ledger(String table, Queue<Execution> settled) implements ExecutionListener {
        Ledger(String table) {
            this(table, new ConcurrentLinkedQueue<>());
        }

        @Override
        public void settle(Connection connection, List<Execution> standing) throws SQLException {
            try (PreparedStatement statement = connection.prepareStatement(
                    "UPDATE " + table + " SET settled = settled + 1 WHERE name = ANY (?)")) {
                statement.setArray(
                        1,
                        connection.createArrayOf(
                                "text",
                                standing.stream()
                                        .map(one -> one.triggerKey().getName())
                                        .toArray()));
                statement.executeUpdate();
            }
        }

        @Override
        public void settled(List<Execution> executions) {
            settled.addAll(executions);
        }
    }

    @Test
    void a_row_that_somebody_holds_stops_only_the_execution_that_needs_it() throws Exception {
        Cluster cluster = new Cluster("held-row", POSTGRES.dataSource());
        Ledger ledger = ledger(cluster, "held_row", 600);
        try (Node node = node(cluster, ledger);
                Connection holder = POSTGRES.dataSource().getConnection()) {
            holder.setAutoCommit(false);
            holder.createStatement().execute("SELECT 1 FROM held_row WHERE name = 't42' FOR UPDATE");
            cluster.store(node, Cluster.oneShots(300, new Date()));
            node.start();
            await().atMost(Duration.ofSeconds(15)).until(() -> ledger.settled().size() == 299);
            // Those that come while it is behind don't wait at all.
            List<OperableTrigger> more = new ArrayList<>();
            for (int i = 300; i < 600; i++) {
                more.add(Cluster.oneShot("t" + i, new Date()));
            }
            cluster.store(node, more);
            await().atMost(Duration.ofSeconds(5)).until(() -> ledger.settled().size() == 599);
            await().until(() -> node.postgres().statistics().oldestCompletionMillis() == 0);
            holder.rollback();
            await().atMost(Duration.ofSeconds(15)).until(() -> ledger.settled().size() == 600);
        }
        assertThat(cluster.rows()).isZero();
        assertThat(cluster.number("SELECT count(*) FROM held_row WHERE settled <> 1"))
                .isZero();
    }

    @Test
    void what_the_listener_can_settle_alone_is_not_set_aside_and_not_executed_again() throws Exception {
        Cluster cluster = new Cluster("alone", POSTGRES.dataSource());
        Queue<String> alone = new ConcurrentLinkedQueue<>();
        ExecutionListener fussy = new ExecutionListener() {
            @Override
            public void settle(Connection connection, List<Execution> standing) throws SQLException {
                if (standing.stream().anyMatch(one -> one.triggerKey().getName().equals("t42"))) {
                    // Also where the database refuses: the transaction can't go on.
                    connection.createStatement().execute("SELECT 1 / 0");
                }
            }

            @Override
            public boolean settleAlone(Connection connection, Execution execution, Exception failure)
                    throws SQLException {
                connection.createStatement().execute("SELECT 1");
                alone.add(execution.triggerKey().getName() + " " + failure.getMessage());
                return true;
            }
        };
        try (Node node = node(cluster, fussy)) {
            cluster.store(node, Cluster.oneShots(200, new Date()));
            node.start();
            await().atMost(Duration.ofSeconds(15))
                    .until(() -> node.postgres().statistics().completed() == 200);
            assertThat(node.postgres().statistics().poisoned()).isZero();
            assertThat(alone).hasSize(1).allMatch(text -> text.startsWith("t42 "));
            assertThat(cluster.rows()).isZero();
            assertThat(cluster.firings().total.sum()).isEqualTo(200);
        }
    }

    /** Wrong statements, missing tables: nobody's data is bad, though all of them fail. */
    @Test
    void a_statement_that_is_wrong_sets_no_trigger_aside() throws Exception {
        Cluster cluster = new Cluster("wrong", POSTGRES.dataSource());
        Ledger ledger = new Ledger("made_later");
        try (Node node = node(cluster, ledger)) {
            List<OperableTrigger> triggers = Cluster.oneShots(20, new Date());
            triggers.add(Cluster.onceByCron("cron", new Date()));
            cluster.store(node, triggers);
            node.start();
            await().until(() -> cluster.firings().total.sum() == 21);
            await().until(() -> node.postgres().statistics().oldestCompletionMillis() > 1_000);
            assertThat(node.postgres().statistics().poisoned()).isZero();
            cluster.execute("CREATE TABLE made_later (name text, settled int)");
            await().atMost(Duration.ofSeconds(30)).until(() -> ledger.settled().size() == 21);
            assertThat(node.postgres().statistics().poisoned()).isZero();
        }
        assertThat(cluster.rows()).isZero();
    }

    @Test
    void tables_in_another_schema_serve() throws Exception {
        Cluster cluster = new Cluster("schema", POSTGRES.dataSource());
        cluster.execute("CREATE SCHEMA other");
        for (String table : List.of(
                "job_details triggers simple_triggers cron_triggers simprop_triggers blob_triggers calendars paused_trigger_grps fired_triggers scheduler_state locks"
                        .split(" "))) {
            cluster.execute("CREATE TABLE other.qrtz_" + table + " (LIKE public.qrtz_" + table + " INCLUDING ALL)");
        }
        try (Node node = node(cluster, new ExecutionListener() {}, store -> store.setTablePrefix("other.qrtz_"))) {
            OperableTrigger thrice = (OperableTrigger) TriggerBuilder.newTrigger()
                    .withIdentity("thrice", "test")
                    .forJob(Cluster.JOB)
                    .withSchedule(SimpleScheduleBuilder.repeatSecondlyForTotalCount(3))
                    .build();
            thrice.computeFirstFireTime(null);
            node.scheduler.scheduleJob(thrice);
            cluster.store(node, List.of(Cluster.onceByCron("cron", new Date()), Cluster.oneShot("once", new Date())));
            node.start();
            await().atMost(Duration.ofSeconds(15))
                    .until(() -> node.postgres().statistics().completed() == 5);
            assertThat(node.postgres().statistics().poisoned()).isZero();
            assertThat(cluster.number("SELECT count(*) FROM other.qrtz_triggers"))
                    .isZero();
            assertThat(cluster.number("SELECT count(*) FROM other.qrtz_simple_triggers"))
                    .isZero();
        }
    }

    private static Ledger ledger(Cluster cluster, String table, int rows) throws SQLException {
        cluster.execute("CREATE TABLE " + table + " (name text PRIMARY KEY, settled int NOT NULL)");
        cluster.execute(
                "INSERT INTO " + table + " SELECT 't' || i, 0 FROM generate_series(0, " + (rows - 1) + ") AS i");
        return new Ledger(table);
    }

    private static Node node(Cluster cluster, ExecutionListener listener) throws Exception {
        return node(cluster, listener, store -> {});
    }

    private static Node node(Cluster cluster, ExecutionListener listener, Consumer<PostgresJobStore> settings)
            throws Exception {
        Node node = cluster.node("a", store -> {
            store.setExecutionListener(listener);
            settings.accept(store);
        });
        return node;
    }
}
