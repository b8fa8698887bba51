package dev.bide.embedded;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The settings file of the embedded server: {@code postgresql.conf} beside this class, and what depends on the machine. */
record PostgresSettings(int port) {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresSettings.class);
    private static final Pattern PORT = Pattern.compile("(?m)^port = (\\d+)$");
    private static final long MEBIBYTE = 1024 * 1024;

    static final String FILE = "bide.conf";
    /** Below the range from which the system gives ports to outgoing connections. */
    static final int FIRST_PORT = 15432;

    private static final int LAST_PORT = 25432;

    static PostgresSettings of(int port) {
        return new PostgresSettings(port);
    }

    /** The port of the last start, so that other nodes find the database where it was. */
    static PostgresSettings read(Path cluster) throws IOException {
        Path file = cluster.resolve(FILE);
        Matcher matcher = PORT.matcher(Files.exists(file) ? Files.readString(file) : "");
        return new PostgresSettings(matcher.find() ? Integer.parseInt(matcher.group(1)) : FIRST_PORT);
    }

    /** @throws IOException the port is taken */
    PostgresSettings onFreePort() throws IOException {
        if (!free(port)) {
            throw new IOException("port " + port + " is taken");
        }
        return this;
    }

    PostgresSettings withFreePort() throws IOException {
        if (free(port)) {
            return this;
        }
        for (int other = FIRST_PORT; other <= LAST_PORT; other++) {
            if (free(other)) {
                LOG.warn("Port {} is taken; the database moves to {}", port, other);
                return new PostgresSettings(other);
            }
        }
        throw new IOException("no free port for the database between " + FIRST_PORT + " and " + LAST_PORT);
    }

    private static boolean free(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    void write(Path cluster, ServerAccount account) throws IOException {
        long memory = memory();
        String text =
                template() + """

                port = %d
                # An eighth of the machine's memory (the JVM takes a quarter), within 128 MB and 4 GB.
                shared_buffers = %dMB
                # What the system's file cache probably holds besides.
                effective_cache_size = %dMB
                """.formatted(port, Math.max(128, Math.min(4096, memory / 8)), Math.max(256, memory / 2));
        Path file = cluster.resolve(FILE);
        Files.writeString(file, text);
        account.own(file);
    }

    private static long memory() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize() / MEBIBYTE;
    }

    private static String template() throws IOException {
        try (InputStream resource = PostgresSettings.class.getResourceAsStream("postgresql.conf")) {
            if (resource == null) {
                throw new IOException("postgresql.conf is missing in the jar");
            }
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
