package dev.bide.ops;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A durable PostgreSQL in a directory of ours, for machines without one. It outlives a killed service: the next start on the same directory takes it over.
 * Services started on one directory share the server, and the last to leave stops it. A server that dies under us is started again. One per directory and
 * process; safe for use by several threads.
 */
public final class EmbeddedDatabase implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(EmbeddedDatabase.class);

    private final PostgresCluster cluster;
    private final DirectoryLock lock;
    private final ScheduledExecutorService watch;
    private volatile Postmaster postmaster;
    private boolean closed;

    private EmbeddedDatabase(PostgresCluster cluster, DirectoryLock lock, Postmaster postmaster) {
        this.cluster = cluster;
        this.lock = lock;
        this.postmaster = postmaster;
        this.watch = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "embedded database watch");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Starts the server on a directory, made if need be, or joins the one that runs there. Returns when it takes connections, which after a crash may need minutes.
     *
     * @throws IOException it can't be started here; the message says what to do
     * @throws IllegalStateException its settings are not durable
     */
    public static EmbeddedDatabase start(Path dataDirectory) throws IOException {
        Path directory = prepare(dataDirectory);
        DirectoryLock lock = DirectoryLock.open(directory.resolve("lock"));
        EmbeddedDatabase database;
        try {
            lock.beginChange();
            lock.beginUse();
            Path data = directory.resolve("postgresql-" + PostgresBinaries.MAJOR);
            PostgresBinaries binaries = PostgresBinaries.unpack(directory);
            PostgresCluster cluster = new PostgresCluster(data, binaries, ServerAccount.choose(directory, data));
            cluster.create();
            database = new EmbeddedDatabase(cluster, lock, cluster.ensureRunning());
            lock.endChange();
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
        database.verify();
        database.watch.scheduleWithFixedDelay(database::restartIfDead, 1, 1, TimeUnit.SECONDS);
        return database;
    }

    private static Path prepare(Path dataDirectory) throws IOException {
        Files.createDirectories(dataDirectory);
        Path directory = dataDirectory.toRealPath();
        if (!Files.isWritable(directory)) {
            throw new IOException("DATA_DIR " + directory + " is not writable");
        }
        if (Files.getOwner(directory).getName().equals("root")) {
            // The account that PostgreSQL gets must be able to pass through; what is inside has its own permissions.
            var permissions = Files.getPosixFilePermissions(directory);
            permissions.addAll(PosixFilePermissions.fromString("--x--x--x"));
            Files.setPosixFilePermissions(directory, permissions);
        }
        return directory;
    }

    private void verify() throws IOException {
        try {
            String settings = Durability.check(jdbcUrl());
            LOGGER.info(
                    "PostgreSQL in {} takes connections on port {} ({})",
                    cluster.directory(),
                    postmaster.port(),
                    settings);
        } catch (SQLException e) {
            close();
            throw new IOException("cannot connect to the embedded database at " + jdbcUrl(), e);
        } catch (IllegalStateException e) {
            close();
            throw e;
        }
    }

    /** Complete, with the role in it; there is no password. Works for any process on this machine, as long as one service keeps the database up. */
    public String jdbcUrl() {
        return "jdbc:postgresql://127.0.0.1:" + postmaster.port() + "/" + PostgresCluster.DATABASE + "?user="
                + PostgresCluster.ROLE;
    }

    /** The same for psql. */
    public String psqlUrl() {
        return "postgresql://" + PostgresCluster.ROLE + "@127.0.0.1:" + postmaster.port() + "/"
                + PostgresCluster.DATABASE;
    }

    /** The server itself. */
    long processId() {
        return postmaster.pid();
    }

    /** The server and its children. */
    List<Long> processIds() throws IOException {
        return cluster.processes();
    }

    private synchronized void restartIfDead() {
        if (closed || postmaster.alive()) {
            return;
        }
        try {
            LOGGER.warn("The database server (process {}) ended; starting it again", postmaster.pid());
            lock.beginChange();
            try {
                postmaster = cluster.ensureRunning();
            } finally {
                lock.endChange();
            }
            LOGGER.info("The database server is back as process {} on port {}", postmaster.pid(), postmaster.port());
        } catch (IOException | RuntimeException e) {
            LOGGER.error("Cannot start the database server again; trying once more in a second", e);
        }
    }

    /** Stops the server, unless another service uses it. Does nothing the second time. */
    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        watch.shutdown();
        try (lock) {
            lock.beginChange();
            if (lock.endUse()) {
                cluster.stop();
                LOGGER.info("PostgreSQL in {} is stopped", cluster.directory());
            } else {
                LOGGER.info("PostgreSQL in {} stays up for another service", cluster.directory());
            }
            lock.endChange();
        }
    }
}
