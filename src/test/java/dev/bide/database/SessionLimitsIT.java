package dev.bide.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.MetricRegistry;
import dev.bide.testing.PostgresExtension;
import io.dropwizard.lifecycle.setup.LifecycleEnvironment;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What our connections do by themselves on a server that knows nothing of us. */
class SessionLimitsIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    private static final Duration FAILOVER = Duration.ofSeconds(3);

    private final DatabaseConfiguration configuration = new DatabaseConfiguration();

    @BeforeAll
    static void aRowToLock() throws SQLException {
        POSTGRES.sql().execute("CREATE TABLE wanted (id integer PRIMARY KEY, text text)");
        POSTGRES.sql().execute("INSERT INTO wanted VALUES (1, 'a')");
    }

    @ParameterizedTest
    @EnumSource(Share.class)
    void every_connection_of_every_pool_ends_by_itself(Share share) throws Exception {
        inPool(share, connection -> {
            assertThat(setting(connection, "idle_in_transaction_session_timeout"))
                    .isEqualTo("3s");
            assertThat(setting(connection, "client_connection_check_interval")).isEqualTo("2s");
            assertThat(setting(connection, "tcp_user_timeout")).isEqualTo("8000");
            assertThat(setting(connection, "synchronous_commit")).isEqualTo("on");
            assertThat(setting(connection, "transaction_timeout"))
                    .isEqualTo(Map.of(
                                    Share.READS,
                                    "40s",
                                    Share.CHANGES,
                                    "40s",
                                    Share.ACCEPTING,
                                    "1min",
                                    Share.JOBS,
                                    "1min",
                                    Share.CHECK_INS,
                                    "30s",
                                    Share.UPKEEP,
                                    "0")
                            .get(share));
            assertThat(setting(connection, "statement_timeout"))
                    .isEqualTo(Map.of(
                                    Share.READS,
                                    "4s",
                                    Share.CHANGES,
                                    "4s",
                                    Share.ACCEPTING,
                                    "8s",
                                    Share.JOBS,
                                    "8s",
                                    Share.CHECK_INS,
                                    "3s",
                                    Share.UPKEEP,
                                    "30min")
                            .get(share));
            assertThat(setting(connection, "lock_timeout"))
                    .isEqualTo(Map.of(
                                    Share.READS,
                                    "3s",
                                    Share.CHANGES,
                                    "3s",
                                    Share.ACCEPTING,
                                    "100ms",
                                    Share.JOBS,
                                    "6s",
                                    Share.CHECK_INS,
                                    "2s",
                                    Share.UPKEEP,
                                    "5s")
                            .get(share));
        });
    }

    @Test
    void a_commit_that_the_database_leaves_local_stays_so() throws Exception {
        POSTGRES.sql().execute("ALTER DATABASE " + database() + " SET synchronous_commit = local");
        try {
            inPool(Share.JOBS, connection -> assertThat(setting(connection, "synchronous_commit"))
                    .isEqualTo("local"));
        } finally {
            POSTGRES.sql().execute("ALTER DATABASE " + database() + " RESET synchronous_commit");
        }
    }

    @Test
    void what_the_server_does_not_have_is_passed_over() throws SQLException {
        SessionLimits limits = limits();
        try (Connection connection = DriverManager.getConnection(POSTGRES.jdbcUrl());
                Statement statement = connection.createStatement()) {
            statement.execute(limits.initialization()
                    .replace("'transaction_timeout'", "'a_setting_of_the_next_century'")
                    // Out of its range: as a system refuses it that can't look whether a client is there.
                    .replace(
                            "('client_connection_check_interval', '2000')",
                            "('client_connection_check_interval', '-7')"));
            assertThat(setting(connection, "idle_in_transaction_session_timeout"))
                    .isEqualTo("3s");
            assertThat(setting(connection, "tcp_user_timeout")).isEqualTo("8000");
        }
    }

    @Test
    void a_node_that_freezes_inside_a_transaction_lets_go_of_its_locks() throws Exception {
        inPool(Share.JOBS, frozen -> {
            frozen.setAutoCommit(false);
            try (Statement statement = frozen.createStatement()) {
                statement.executeUpdate("UPDATE wanted SET text = 'b' WHERE id = 1");
            }
            // And says nothing more.
            assertThatSomebodyElseGetsTheRow();
            assertThatThrownBy(frozen::commit).isInstanceOf(SQLException.class);
        });
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void a_node_that_freezes_while_it_is_being_answered_lets_go_of_its_locks() throws Exception {
        URI server = URI.create(POSTGRES.jdbcUrl().substring("jdbc:".length()));
        try (Socket frozen = new Socket(server.getHost(), server.getPort())) {
            DataOutputStream out = new DataOutputStream(frozen.getOutputStream());
            startUp(out, server.getPath().substring(1));
            query(out, limits().initialization());
            query(out, "BEGIN");
            query(out, "SELECT * FROM wanted WHERE id = 1 FOR UPDATE");
            // More than all buffers between the two hold, and nobody reads it.
            query(out, "SELECT repeat('x', 1000) FROM generate_series(1, 1000000)");
            Awaitility.await()
                    .until(() -> POSTGRES.sql()
                                    .number("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'ClientWrite'")
                            == 1);
            assertThatSomebodyElseGetsTheRow();
        }
    }

    @Test
    void a_server_that_falls_silent_is_given_up() throws Exception {
        URI server = URI.create(POSTGRES.jdbcUrl().substring("jdbc:".length()));
        try (Relay relay = new Relay(server)) {
            String url = POSTGRES.jdbcUrl().replace(":" + server.getPort() + "/", ":" + relay.port() + "/");
            inPool(Share.JOBS, url, connection -> {
                relay.fallSilent();
                long asked = System.nanoTime();
                assertThatThrownBy(() -> setting(connection, "port")).isInstanceOf(SQLException.class);
                assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(25));
                // Or each connection of the pool that is closed now would be waited for as long.
                relay.close();
            });
        }
    }

    /** As a machine that is gone: what is sent to it is taken, and nothing comes back. */
    private static final class Relay implements AutoCloseable {
        private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final URI server;
        private final List<Socket> sockets = new CopyOnWriteArrayList<>();
        private volatile boolean silent;

        Relay(URI server) throws IOException {
            this.server = server;
            begin(this::accept);
        }

        int port() {
            return listener.getLocalPort();
        }

        void fallSilent() {
            silent = true;
        }

        private void accept() throws IOException {
            while (true) {
                Socket client = listener.accept();
                Socket behind = new Socket(server.getHost(), server.getPort());
                sockets.addAll(List.of(client, behind));
                begin(() -> pass(client, behind));
                begin(() -> pass(behind, client));
            }
        }

        private void pass(Socket from, Socket to) throws IOException {
            byte[] bytes = new byte[8192];
            for (int length = from.getInputStream().read(bytes);
                    length >= 0;
                    length = from.getInputStream().read(bytes)) {
                if (!silent) {
                    to.getOutputStream().write(bytes, 0, length);
                }
            }
        }

        private interface Work {
            void run() throws IOException;
        }

        private static void begin(Work work) {
            Thread thread = new Thread(() -> {
                try {
                    work.run();
                } catch (IOException e) {
                    // Closed.
                }
            });
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public void close() throws IOException {
            listener.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private static void startUp(DataOutputStream out, String database) throws IOException {
        byte[] parameters =
                ("user\0" + POSTGRES.user() + "\0database\0" + database + "\0\0").getBytes(StandardCharsets.US_ASCII);
        out.writeInt(8 + parameters.length);
        out.writeInt(3 << 16);
        out.write(parameters);
    }

    private static void query(DataOutputStream out, String sql) throws IOException {
        byte[] text = sql.getBytes(StandardCharsets.UTF_8);
        out.writeByte('Q');
        out.writeInt(4 + text.length + 1);
        out.write(text);
        out.writeByte(0);
    }

    private SessionLimits limits() {
        return configuration.limits(Share.READS, FAILOVER);
    }

    private static void assertThatSomebodyElseGetsTheRow() throws SQLException {
        try (Connection other = POSTGRES.dataSource().getConnection();
                Statement statement = other.createStatement()) {
            statement.execute("SET lock_timeout = '20s'");
            assertThat(statement.executeUpdate("UPDATE wanted SET text = 'c' WHERE id = 1"))
                    .isEqualTo(1);
            statement.execute("RESET lock_timeout");
        }
    }

    /** What a migration waits for may be a backup's; whoever comes after it waits for the migration. */
    @Test
    void a_migration_gives_up_a_lock_that_it_waits_for_and_tries_again() throws Exception {
        configuration.url = POSTGRES.jdbcUrl();
        try (OpenDatabase database = configuration.open();
                Connection backup = POSTGRES.dataSource().getConnection();
                Statement statement = backup.createStatement()) {
            backup.setAutoCommit(false);
            statement.execute("LOCK TABLE databasechangelog IN ACCESS EXCLUSIVE MODE");
            CompletableFuture<Void> migration = CompletableFuture.runAsync(() -> {
                try {
                    database.migrate(Duration.ofMinutes(1));
                } catch (SQLException | IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            Set<Integer> waiting = new HashSet<>();
            Awaitility.await().atMost(Duration.ofSeconds(40)).until(() -> {
                try (ResultSet row = statement.executeQuery(
                        "SELECT pid FROM pg_locks WHERE NOT granted AND relation = 'databasechangelog'::regclass")) {
                    while (row.next()) {
                        waiting.add(row.getInt(1));
                    }
                }
                return waiting.size() >= 2;
            });
            backup.commit();
            migration.get(40, TimeUnit.SECONDS);
        }
    }

    private interface Use {
        void of(Connection connection) throws Exception;
    }

    private void inPool(Share share, Use use) throws Exception {
        inPool(share, POSTGRES.jdbcUrl(), use);
    }

    private void inPool(Share share, String url, Use use) throws Exception {
        configuration.url = url;
        MetricRegistry metrics = new MetricRegistry();
        LifecycleEnvironment lifecycle = new LifecycleEnvironment(metrics);
        try (OpenDatabase database = configuration.open()) {
            Pools pools = Pools.open(database, configuration, FAILOVER, metrics, lifecycle);
            DataSource pool =
                    switch (share) {
                        case READS -> pools.reads();
                        case CHANGES -> pools.changes();
                        case ACCEPTING -> pools.accepting();
                        case JOBS -> pools.jobs();
                        case CHECK_INS -> pools.checkIns();
                        case UPKEEP -> pools.upkeep();
                    };
            try (Connection connection = pool.getConnection()) {
                use.of(connection);
            } finally {
                ((org.apache.tomcat.jdbc.pool.DataSourceProxy) pool).close(true);
            }
        }
    }

    private static String database() throws SQLException {
        try (Connection connection = POSTGRES.dataSource().getConnection()) {
            return connection.getCatalog();
        }
    }

    private static String setting(Connection connection, String name) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW " + name)) {
            row.next();
            return row.getString(1);
        }
    }
}
