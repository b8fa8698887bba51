package dev.bide.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.MetricRegistry;
import dev.bide.testing.PostgresExtension;
import io.dropwizard.lifecycle.setup.LifecycleEnvironment;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import javax.sql.DataSource;
import org.apache.tomcat.jdbc.pool.DataSourceProxy;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.replication.LogSequenceNumber;

class ServerCheckIT {
    private static final Duration FAILOVER = Duration.ofSeconds(5);

    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    @BeforeAll
    static void roles() throws SQLException {
        POSTGRES.sql().execute("CREATE ROLE check_hasty LOGIN SUPERUSER");
        POSTGRES.sql().execute("ALTER ROLE check_hasty SET synchronous_commit = off");
        POSTGRES.sql().execute("CREATE ROLE check_patient LOGIN SUPERUSER");
        POSTGRES.sql().execute("ALTER ROLE check_patient SET synchronous_commit = on");
        POSTGRES.sql().execute("CREATE ROLE check_few LOGIN CONNECTION LIMIT 20");
        POSTGRES.sql().execute("CREATE ROLE check_foreign LOGIN");
    }

    @AfterAll
    static void noRoles() throws SQLException {
        for (String role : List.of("check_hasty", "check_patient", "check_few", "check_foreign")) {
            POSTGRES.sql().execute("DROP ROLE " + role);
        }
    }

    @Test
    void a_role_that_does_not_wait_for_the_disk_is_told() throws SQLException {
        assertThat(findings("check_hasty", 33, 30)).anyMatch(text -> text.contains("synchronous_commit is off"));
        assertThat(findings("check_patient", 33, 30)).noneMatch(text -> text.contains("synchronous_commit"));
    }

    @Test
    void a_server_that_does_not_wait_for_the_disk_is_told() throws SQLException {
        // The server of the tests runs without.
        assertThat(findings("check_patient", 33, 30)).anyMatch(text -> text.startsWith("fsync is off"));
    }

    @Test
    void retention_that_needs_more_locks_says_how_many() throws SQLException {
        assertThat(findings("check_patient", 33, 30)).noneMatch(text -> text.contains("max_locks_per_transaction"));
        // 16 relations for each of 3,009 days, for 4 readers, in 300 connections.
        assertThat(findings("check_patient", 33, 3_000))
                .anyMatch(text -> text.startsWith("max_locks_per_transaction is 64") && text.endsWith("Set it to 642"));
    }

    /** Whatever this node's file says. */
    @Test
    void retention_is_the_one_that_the_cluster_keeps() throws SQLException {
        try {
            POSTGRES.sql().execute("INSERT INTO history_retention (days) VALUES (3000)");
            assertThat(findings("check_patient", 33, 30))
                    .anyMatch(text -> text.contains("a history of 3000 days") && text.endsWith("Set it to 642"));
            POSTGRES.sql().execute("UPDATE history_retention SET days = 30");
            assertThat(findings("check_patient", 33, 3_000))
                    .noneMatch(text -> text.contains("max_locks_per_transaction"));
        } finally {
            POSTGRES.sql().execute("DELETE FROM history_retention");
        }
    }

    @Test
    void a_node_that_goes_by_another_failover_is_told() throws Exception {
        DatabaseConfiguration configuration = new DatabaseConfiguration();
        configuration.url = POSTGRES.jdbcUrl();
        MetricRegistry metrics = new MetricRegistry();
        DataSource other = Pools.open(
                        configuration.open(),
                        configuration,
                        Duration.ofSeconds(7),
                        metrics,
                        new LifecycleEnvironment(metrics))
                .jobs();
        try (Connection ofOther = other.getConnection();
                Connection own = connect("check_patient")) {
            assertThat(ofOther.isValid(1)).isTrue();
            assertThat(new ServerCheck(33, 30, Duration.ofSeconds(7)).otherNodes(own))
                    .isEmpty();
            assertThat(new ServerCheck(33, 30, FAILOVER).otherNodes(own))
                    .singleElement()
                    .asString()
                    .contains("5000 ms", "7000 ms");
        } finally {
            ((DataSourceProxy) other).close(true);
        }
    }

    @Test
    void fewer_connections_than_the_node_holds_are_told() throws SQLException {
        assertThat(findings("check_patient", 301, 30)).anyMatch(text -> text.startsWith("max_connections"));
        assertThat(findings("check_few", 33, 30))
                .anyMatch(text -> text.startsWith("the role's CONNECTION LIMIT is 20"));
        assertThat(findings("check_patient", 33, 30)).noneMatch(text -> text.contains("LIMIT"));
    }

    @Test
    void a_role_that_cannot_make_partitions_is_told() throws SQLException {
        assertThat(findings("check_foreign", 33, 30))
                .anyMatch(text -> text.contains("no partition can be made or dropped"));
        assertThat(findings("check_patient", 33, 30)).noneMatch(text -> text.contains("partition can"));
    }

    @Test
    void a_standby_that_nobody_waits_for_is_told() throws Exception {
        assertThat(findings("check_patient", 33, 30)).noneMatch(text -> text.contains("asynchronously"));
        Properties properties = new Properties();
        PGProperty.USER.set(properties, "check_patient");
        PGProperty.REPLICATION.set(properties, "true");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "14");
        String url = POSTGRES.jdbcUrl().replaceFirst("\\?.*", "");
        try (Connection standby = DriverManager.getConnection(url, properties);
                var stream = standby.unwrap(PGConnection.class)
                        .getReplicationAPI()
                        .replicationStream()
                        .physical()
                        .withStartPosition(
                                LogSequenceNumber.valueOf(POSTGRES.sql().text("SELECT pg_current_wal_flush_lsn()")))
                        .start()) {
            assertThat(stream.isClosed()).isFalse();
            Awaitility.await().until(() -> POSTGRES.sql()
                    .text("SELECT count(*) FROM pg_stat_replication")
                    .equals("1"));
            assertThat(findings("check_patient", 33, 30)).anyMatch(text -> text.contains("asynchronously"));
        }
    }

    @Test
    void a_pooler_that_shares_sessions_is_found() throws Exception {
        for (int sessions = 1; sessions <= 5; sessions++) {
            try (Pooler pooler = new Pooler(sessions)) {
                assertThat(SharedSessions.between(pooler.connection(), pooler.connection()))
                        .as("%d sessions", sessions)
                        .isTrue();
            }
        }
    }

    @Test
    void postgres_itself_is_not_taken_for_a_pooler() throws SQLException {
        try (Connection one = connect("check_patient");
                Connection other = connect("check_patient")) {
            assertThat(SharedSessions.between(one, other)).isFalse();
        }
    }

    @Test
    void a_database_that_is_not_there_is_said_in_a_sentence() {
        DatabaseConfiguration configuration = new DatabaseConfiguration();
        configuration.url = POSTGRES.jdbcUrl().replaceFirst("/test_\\d+", "/nowhere");
        assertThatThrownBy(configuration::open).hasMessageContaining("\"nowhere\" does not exist");
    }

    private static List<String> findings(String role, int connections, int retention) throws SQLException {
        try (Connection connection = connect(role)) {
            return new ServerCheck(connections, retention, FAILOVER).findings(connection);
        }
    }

    private static Connection connect(String role) throws SQLException {
        return DriverManager.getConnection(POSTGRES.jdbcUrl().replaceFirst("user=\\w+", "user=" + role));
    }

    /** Gives each transaction the next of its sessions that is free, as poolers do. */
    private static final class Pooler implements AutoCloseable {
        private final java.util.ArrayDeque<Connection> free = new java.util.ArrayDeque<>();

        Pooler(int sessions) throws SQLException {
            for (int i = 0; i < sessions; i++) {
                free.add(connect("check_patient"));
            }
        }

        Connection connection() {
            Connection[] held = {null};
            boolean[] autoCommit = {true};
            return (Connection) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("setAutoCommit")) {
                            autoCommit[0] = (Boolean) arguments[0];
                            return null;
                        }
                        Connection session = held[0] == null ? free.remove() : held[0];
                        session.setAutoCommit(autoCommit[0]);
                        boolean over = autoCommit[0] || method.getName().equals("commit");
                        held[0] = over ? null : session;
                        if (over) {
                            free.add(session);
                        }
                        try {
                            return method.invoke(session, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }

        @Override
        public void close() throws SQLException {
            for (Connection session : free) {
                session.close();
            }
        }
    }
}
