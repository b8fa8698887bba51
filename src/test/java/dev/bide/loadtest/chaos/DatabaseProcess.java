package dev.bide.loadtest.chaos;

import dev.bide.loadtest.patroni.Account;
import dev.bide.testing.Part;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * A PostgreSQL of one's own, by the programs that the jar carries: durable, and for the rest as it comes, so that nothing in its settings ends what our sessions leave
 * open. A server that ends is started again on the same port, until this is closed.
 */
final class DatabaseProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final String SETTINGS = """
            fsync = on
            full_page_writes = on
            synchronous_commit = on
            listen_addresses = '127.0.0.1'
            unix_socket_directories = ''
            max_connections = 400
            shared_buffers = 256MB
            max_wal_size = 512MB
            min_wal_size = 160MB
            checkpoint_timeout = 5min
            autovacuum_naptime = 5s
            log_lock_waits = on
            log_line_prefix = '%m [%p] %a '
            """;

    private final Path programs;
    private final Path data;
    private final Path log;
    private final List<String> account;
    private final String furtherSettings;
    private final int port;
    private int starts;
    private Optional<Part> server = Optional.empty();
    private volatile boolean closed;

    /**
     * Starts nothing yet.
     *
     * @param directory where the programs go
     * @param data where the data goes; on whatever file system
     */
    DatabaseProcess(Path directory, Path data, Path logs) throws IOException, InterruptedException {
        this(directory, data, logs, "");
    }

    /** @param furtherSettings lines of postgresql.conf */
    DatabaseProcess(Path directory, Path data, Path logs, String furtherSettings)
            throws IOException, InterruptedException {
        this.furtherSettings = furtherSettings;
        this.programs = directory.resolve("programs");
        this.data = data.resolve("database");
        this.log = logs;
        this.account = Account.owning(data);
        this.port = freePort();
    }

    /** Makes and starts it. */
    void begin() throws IOException, InterruptedException {
        unpack();
        run("initdb", "-D", data.toString(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C");
        Files.writeString(data.resolve("postgresql.conf"), SETTINGS + furtherSettings);
        start();
        awaitUp();
        try (Connection connection = DriverManager.getConnection(url("postgres", "postgres"));
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE ROLE bide LOGIN");
            statement.execute("CREATE DATABASE bide OWNER bide");
        } catch (SQLException e) {
            throw new IOException("cannot make the database", e);
        }
        Thread watch = new Thread(this::keepUp, "database watch");
        watch.setDaemon(true);
        watch.start();
    }

    /** Starts it on the data that is there, a base backup, and returns once it has recovered as its settings say. */
    void recover() throws IOException, InterruptedException, SQLException {
        unpack();
        Files.writeString(data.resolve("postgresql.conf"), SETTINGS + furtherSettings);
        Files.createFile(data.resolve("recovery.signal"));
        Account.owning(data);
        start();
        awaitUp();
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (isRecovering(statement)) {
                if (System.nanoTime() > end) {
                    throw new IOException("the database does not recover; see " + log);
                }
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }
    }

    private static boolean isRecovering(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT pg_is_in_recovery()")) {
            row.next();
            return row.getBoolean(1);
        }
    }

    Path data() {
        return data;
    }

    /** Ends it for good, at once. */
    void destroy() throws IOException, InterruptedException {
        closed = true;
        synchronized (this) {
            server.orElseThrow().signal("QUIT");
            server.orElseThrow().awaitEnd(PATIENCE);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void unpack() throws IOException {
        String archive =
                "/postgres-linux-" + (System.getProperty("os.arch").equals("aarch64") ? "arm_64" : "x86_64") + ".txz";
        try (InputStream packed = DatabaseProcess.class.getResourceAsStream(archive)) {
            if (packed == null) {
                throw new IOException("no " + archive + " on the class path");
            }
            TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(packed)));
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                unpack(tar, entry);
            }
        }
    }

    private void unpack(TarArchiveInputStream tar, TarArchiveEntry entry) throws IOException {
        Path path = programs.resolve(entry.getName()).normalize();
        if (!path.startsWith(programs)) {
            throw new IOException("the archive leaves its directory: " + entry.getName());
        }
        Files.createDirectories(entry.isDirectory() ? path : path.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else if (!entry.isDirectory()) {
            Files.copy(tar, path);
            boolean program = (entry.getMode() & 0100) != 0;
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
        }
    }

    private List<String> command(String program, String... arguments) {
        List<String> words = new ArrayList<>(account);
        words.add(programs.resolve("bin").resolve(program).toString());
        words.addAll(List.of(arguments));
        return words;
    }

    private void run(String program, String... arguments) throws IOException, InterruptedException {
        Path output = log.resolve(program + ".log");
        int status = new ProcessBuilder(command(program, arguments))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start()
                .waitFor();
        if (status != 0) {
            throw new IOException(program + " failed: " + Files.readString(output));
        }
    }

    private synchronized void start() throws IOException {
        if (closed) {
            throw new IOException("the run is over");
        }
        starts++;
        server = Optional.of(Part.start(
                "the database",
                log.resolve("database-" + starts + ".log"),
                Map.of(),
                command("postgres", "-D", data.toString(), "-p", Integer.toString(port))));
    }

    /** Starts the server again each time it has ended. */
    private void keepUp() {
        while (!closed) {
            try {
                TimeUnit.MILLISECONDS.sleep(500);
                synchronized (this) {
                    if (!closed && server.filter(Part::alive).isEmpty()) {
                        start();
                    }
                }
            } catch (IOException e) {
                System.err.println("Cannot start the database again: " + e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** For the nodes: an ordinary role that owns the database. */
    String jdbcUrl() {
        return url("bide", "bide");
    }

    /** A session of the superuser, which the nodes' limits don't touch. */
    Connection connect() throws SQLException {
        return DriverManager.getConnection(url("bide", "postgres") + "&socketTimeout=30");
    }

    private String url(String database, String user) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=" + user;
    }

    /** Ends it at once, as a crash would; it is started again. Returns when it takes connections. */
    void restartAtOnce() throws IOException, InterruptedException {
        Part ending;
        synchronized (this) {
            ending = server.orElseThrow();
        }
        ending.signal("QUIT");
        ending.awaitEnd(PATIENCE);
        awaitUp();
    }

    /** Returns when it takes connections. */
    void awaitUp() throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try (Connection connection = DriverManager.getConnection(url("postgres", "postgres"))) {
                if (connection.isValid(5)) {
                    return;
                }
            } catch (SQLException e) {
                if (System.nanoTime() > end) {
                    throw new IOException("the database does not come up; see " + log, e);
                }
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        closed = true;
        synchronized (this) {
            if (server.isPresent()) {
                // A fast stop, which ends sessions.
                server.get().signal("INT");
                if (!server.get().awaitEnd(Duration.ofSeconds(30))) {
                    server.get().signal("QUIT");
                }
                server.get().close();
            }
        }
    }
}
