package dev.bide.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.codahale.metrics.MetricRegistry;
import io.dropwizard.db.ManagedDataSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An embedded database whose port was taken while it was down. */
class MovedDatabaseIT {
    @Test
    void waits_for_its_port_before_it_moves_and_then_tells_the_pool(@TempDir Path directory) throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        DatabaseConfiguration configuration = new DatabaseConfiguration();
        configuration.dataDirectory = directory.toString();
        try (OpenDatabase database = configuration.open()) {
            String url = database.settings().getUrl();
            ManagedDataSource pool = database.pool(
                    new MetricRegistry(),
                    "moving",
                    4,
                    SessionName.DEFAULT,
                    configuration.limits(Share.JOBS, Duration.ofSeconds(5)));
            pool.start();
            // Takes the port before anybody else can, since several may listen on it if all of them say so.
            killServer(directory.resolve("postgresql-18"));
            try (ServerSocket other = listenOn(port(url))) {
                await().atMost(Duration.ofMinutes(2)).ignoreExceptions().until(() -> {
                    try (Connection connection = pool.getConnection()) {
                        return connection.isValid(2);
                    }
                });
                assertThat(other.isBound()).isTrue();
                assertThat(port(database.settings().getUrl())).isNotEqualTo(port(url));
                assertThat(database.invitation()).contains(database.settings().getUrl());
            } finally {
                pool.stop();
            }
        }
    }

    /** The first line of {@code postmaster.pid} is the process id of the server. */
    private static void killServer(Path cluster) throws IOException {
        long server = Long.parseLong(
                Files.readAllLines(cluster.resolve("postmaster.pid")).get(0).strip());
        assertThat(ProcessHandle.of(server).orElseThrow().destroyForcibly()).isTrue();
    }

    private static int port(String url) {
        return URI.create(url.replaceFirst("^jdbc:", "")).getPort();
    }

    private static ServerSocket listenOn(int port) {
        return await().pollInterval(Duration.ofMillis(1))
                .ignoreExceptions()
                .until(() -> new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1")), socket -> true);
    }
}
