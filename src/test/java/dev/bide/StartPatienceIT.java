package dev.bide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bide.testing.LogSettings;
import dev.bide.testing.Part;
import dev.bide.testing.PostgresExtension;
import io.dropwizard.testing.DropwizardTestSupport;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A node that starts while its database restarts. */
class StartPatienceIT {
    private static final Duration DOWN = Duration.ofSeconds(2);

    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    @TempDir
    Path directory;

    @AfterEach
    void restoreLog() {
        LogSettings.restore();
    }

    /** The first two are its way in. Then come the migrations, the check, the probe, and the pools with what the engine stores. */
    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5, 6, 23})
    void starts_all_the_same(int connections) throws Exception {
        try (Restarting database = new Restarting(connections, DOWN)) {
            DropwizardTestSupport<BideConfiguration> service = ServiceExtension.on(database.url(), Map.of());
            try {
                service.before();
                assertThat(database.hasBeenDown()).isTrue();
                URI health = URI.create("http://127.0.0.1:" + service.getLocalPort() + "/v1/health");
                await().atMost(Duration.ofSeconds(30)).until(() -> status(health) == 200);
            } finally {
                service.after();
            }
        }
    }

    private static int status(URI address) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    @Test
    void a_stop_ends_it_while_it_waits() throws Exception {
        try (Restarting database = new Restarting(3, Duration.ofMinutes(5))) {
            Map<String, String> environment = Map.of(
                    "HTTP_PORT", "0",
                    "ADMIN_PORT", "0",
                    "BIND_HOST", "",
                    "DATABASE_URL", database.url(),
                    "API_KEYS", "",
                    "ROLES", "",
                    "NODE_ID", "");
            List<String> command = List.of(
                    Part.java(),
                    "-Xmx200m",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    BideApplication.class.getName());
            try (Part service = Part.start("the service", directory.resolve("log"), environment, command)) {
                service.awaitLine(Pattern.compile("(went away during the start)"));
                service.signal("TERM");
                assertThat(service.awaitEnd(Duration.ofSeconds(20))).isTrue();
                assertThat(service.exitValue()).isEqualTo(143);
            }
        }
    }

    /** The way to the database. With the connection of a number it breaks off all of them, and takes none for a while. */
    private static final class Restarting implements AutoCloseable {
        private final ServerSocket door = new ServerSocket(0, 100, InetAddress.getByName("127.0.0.1"));
        private final URI target = URI.create(POSTGRES.jdbcUrl().substring("jdbc:".length()));
        private final List<Socket> open = new ArrayList<>();
        private final int last;
        private final Duration down;
        private int taken;
        private long downUntil;

        Restarting(int last, Duration down) throws IOException {
            this.last = last;
            this.down = down;
            Thread thread = new Thread(this::run, "restarting-database");
            thread.setDaemon(true);
            thread.start();
        }

        String url() {
            return POSTGRES.jdbcUrl().replaceFirst("//[^/]*/", "//127.0.0.1:" + door.getLocalPort() + "/");
        }

        synchronized boolean hasBeenDown() {
            return taken >= last;
        }

        private void run() {
            try {
                while (true) {
                    take(door.accept());
                }
            } catch (IOException e) {
                // Closed.
            }
        }

        private synchronized void take(Socket client) throws IOException {
            taken++;
            open.add(client);
            if (taken == last) {
                downUntil = System.nanoTime() + down.toNanos();
            }
            if (taken >= last && System.nanoTime() - downUntil < 0) {
                breakOff();
                return;
            }
            Socket server = new Socket(target.getHost(), target.getPort());
            open.add(server);
            pump(client, server);
            pump(server, client);
        }

        private synchronized void breakOff() throws IOException {
            for (Socket socket : open) {
                socket.close();
            }
            open.clear();
        }

        private static void pump(Socket from, Socket to) {
            Thread thread = new Thread(
                    () -> {
                        try (from;
                                to;
                                InputStream in = from.getInputStream();
                                OutputStream out = to.getOutputStream()) {
                            in.transferTo(out);
                        } catch (IOException e) {
                            // Broken off.
                        }
                    },
                    "restarting-database-pump");
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public void close() throws IOException {
            door.close();
            breakOff();
        }
    }
}
