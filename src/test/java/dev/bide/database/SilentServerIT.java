package dev.bide.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.codahale.metrics.MetricRegistry;
import dev.bide.jobstore.DatabaseClock;
import dev.bide.testing.PostgresExtension;
import io.dropwizard.db.ManagedDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A primary that is frozen or cut off says nothing, and does not hang up either. */
class SilentServerIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = PostgresExtension.unmigrated();

    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "silent server");
        thread.setDaemon(true);
        return thread;
    });

    @Test
    @Timeout(120)
    void nobody_waits_for_it_once_another_has_taken_its_place() throws Exception {
        try (EmbeddedPostgres other = EmbeddedPostgres.builder().start();
                Relay relay = new Relay(port(POSTGRES.jdbcUrl()))) {
            DatabaseConfiguration configuration = new DatabaseConfiguration();
            configuration.url = "jdbc:postgresql://127.0.0.1:" + relay.port() + "/postgres?user=postgres";
            try (OpenDatabase database = configuration.open()) {
                // Whose statements may take half an hour.
                ManagedDataSource pool = database.pool(
                        new MetricRegistry(),
                        "silent",
                        4,
                        SessionName.DEFAULT,
                        configuration.limits(Share.UPKEEP, Duration.ofSeconds(5)));
                pool.start();
                try (DatabaseProbe probe = database.probe(new DatabaseClock())) {
                    assertThat(port(pool)).isEqualTo(port(POSTGRES.jdbcUrl()));
                    Future<Boolean> waiting = threads.submit(() -> {
                        try (Connection connection = pool.getConnection();
                                Statement statement = connection.createStatement()) {
                            return statement.execute("SELECT pg_sleep(3000)");
                        }
                    });
                    await().until(SilentServerIT::isAsleep);
                    relay.leadTo(other.getPort());
                    await().until(waiting::isDone);
                    assertThatThrownBy(waiting::get).hasRootCauseMessage("Socket closed");
                    for (int borrowed = 0; borrowed < 8; borrowed++) {
                        assertThat(port(pool)).isEqualTo(other.getPort());
                    }
                    await().until(probe::up);
                } finally {
                    pool.stop();
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static int port(String url) {
        return Integer.parseInt(url.replaceFirst("^jdbc:postgresql://[^:]+:(\\d+)/.*", "$1"));
    }

    private static int port(ManagedDataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT inet_server_port()")) {
            row.next();
            return row.getInt(1);
        }
    }

    private static boolean isAsleep() throws SQLException {
        try (Connection connection = DriverManager.getConnection(POSTGRES.jdbcUrl());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(3000)'")) {
            row.next();
            return row.getInt(1) > 0;
        }
    }

    /** Leads to a server; once it leads to another, those who came before hear nothing any more. */
    private final class Relay implements AutoCloseable {
        private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final List<Socket> sockets = new CopyOnWriteArrayList<>();
        private final AtomicReference<Way> way;

        private record Way(int port, AtomicBoolean silent) {}

        Relay(int port) throws IOException {
            way = new AtomicReference<>(new Way(port, new AtomicBoolean()));
            threads.execute(this::accept);
        }

        int port() {
            return listening.getLocalPort();
        }

        void leadTo(int port) {
            way.getAndSet(new Way(port, new AtomicBoolean())).silent().set(true);
        }

        private void accept() {
            while (!listening.isClosed()) {
                try {
                    Socket one = listening.accept();
                    sockets.add(one);
                    Way now = way.get();
                    Socket two = new Socket(InetAddress.getLoopbackAddress(), now.port());
                    sockets.add(two);
                    threads.execute(() -> pass(one, two, now.silent()));
                    threads.execute(() -> pass(two, one, now.silent()));
                } catch (IOException e) {
                    // The test is over, or somebody hung up.
                }
            }
        }

        private void pass(Socket from, Socket to, AtomicBoolean silent) {
            byte[] bytes = new byte[8192];
            try (InputStream in = from.getInputStream()) {
                for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
                    if (!silent.get()) {
                        to.getOutputStream().write(bytes, 0, length);
                    }
                }
                if (!silent.get()) {
                    to.close();
                }
            } catch (IOException e) {
                // Whoever hears nothing more finds out by itself.
            }
        }

        @Override
        public void close() throws IOException {
            listening.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }
}
