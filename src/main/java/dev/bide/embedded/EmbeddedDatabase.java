package dev.bide.embedded;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A durable PostgreSQL in a directory of ours, for machines without one. It outlives a killed service: the next start on the same directory takes it over.
 * Services started on one directory share the server, and the last to leave stops it. A server that dies under us is started again. One per directory and
 * process; safe for use by several threads.
 */
public final class EmbeddedDatabase implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabase.class);

    /** How long a server that died comes back on its own port or not at all: its users know that one. */
    private static final long FAITHFUL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Path directory;
    private final DirectoryLock lock;
    private final StopSignal stopping = new StopSignal();
    private final ScheduledExecutorService watch;
    private final Thread atEndOfJvm = new Thread(this::endWithJvm, "end of the embedded database");
    private volatile Runnable users = () -> {};
    private volatile Runnable movement = () -> {};
    private volatile @Nullable PostgresCluster cluster;
    private volatile @Nullable Postmaster postmaster;
    private boolean dead;
    private long deadSince;
    private boolean closed;

    private EmbeddedDatabase(Path directory) throws IOException {
        this.directory = directory;
        this.lock = DirectoryLock.open(directory.resolve("lock"));
        this.watch = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "embedded database watch");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Starts the server on a directory, made if need be, or joins the one that runs there. Returns when it takes connections, which after a crash may need minutes.
     * From now on it is stopped when the JVM ends, also if that is before this returns.
     *
     * @throws IOException it can't be started here; the message says what to do
     * @throws IllegalStateException its settings are not durable
     */
    public static EmbeddedDatabase start(Path dataDirectory) throws IOException {
        EmbeddedDatabase database = new EmbeddedDatabase(prepare(dataDirectory));
        try {
            Runtime.getRuntime().addShutdownHook(database.atEndOfJvm);
            database.open();
            return database;
        } catch (IOException | RuntimeException e) {
            try {
                database.close();
            } catch (IOException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
    }

    private synchronized void open() throws IOException {
        lock.beginChange(stopping);
        boolean alone = lock.unused();
        lock.beginUse();
        Path data = directory.resolve("postgresql-" + PostgresBinaries.MAJOR);
        PostgresBinaries binaries = PostgresBinaries.unpack(directory, stopping);
        PostgresCluster made = new PostgresCluster(data, binaries, ServerAccount.choose(directory, data), stopping);
        cluster = made;
        made.create();
        postmaster = made.ensureRunning();
        if (alone && made.runsOurPrograms(running())) {
            binaries.deleteOthers();
        }
        lock.endChange();
        verify();
        watch.scheduleWithFixedDelay(this::restartIfDead, 1, 1, TimeUnit.SECONDS);
    }

    private static Path prepare(Path dataDirectory) throws IOException {
        Path directory;
        try {
            Files.createDirectories(dataDirectory);
            directory = dataDirectory.toRealPath();
        } catch (FileAlreadyExistsException e) {
            throw new IOException("DATA_DIR " + dataDirectory + ": " + e.getFile() + " is no directory", e);
        } catch (FileSystemException e) {
            throw new IOException("DATA_DIR " + dataDirectory + " cannot be made: " + reason(e), e);
        }
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

    private static String reason(FileSystemException e) {
        if (e instanceof AccessDeniedException) {
            return "no permission for " + e.getFile();
        }
        return e.getReason() == null ? "nothing can be made at " + e.getFile() : e.getReason();
    }

    private void verify() throws IOException {
        try {
            String settings = Durability.check(jdbcUrl());
            LOG.info(
                    "PostgreSQL in {} takes connections on port {} ({})",
                    cluster().directory(),
                    running().port(),
                    settings);
        } catch (SQLException e) {
            throw new IOException("cannot connect to the embedded database at " + jdbcUrl(), e);
        }
    }

    private PostgresCluster cluster() {
        return Objects.requireNonNull(cluster, "not open");
    }

    private Postmaster running() {
        return Objects.requireNonNull(postmaster, "not open");
    }

    /** What must end before the server is stopped where the JVM ends without {@link #close}; nothing by default. May wait. */
    public void usedUntil(Runnable usersEnd) {
        users = usersEnd;
    }

    /** Is called after the server came back at another {@link #jdbcUrl}. */
    public void whenMoved(Runnable moved) {
        movement = moved;
    }

    /** Complete, with the role in it; there is no password. Works for any process on this machine, as long as one service keeps the database up. */
    public String jdbcUrl() {
        return "jdbc:postgresql://127.0.0.1:" + running().port() + "/" + PostgresCluster.DATABASE + "?user="
                + PostgresCluster.ROLE;
    }

    /** The same for psql. */
    public String psqlUrl() {
        return "postgresql://" + PostgresCluster.ROLE + "@127.0.0.1:"
                + running().port() + "/" + PostgresCluster.DATABASE;
    }

    /** The server itself. */
    long processId() {
        return running().pid();
    }

    /** The server and its children. */
    List<Long> processIds() throws IOException {
        return cluster().processes();
    }

    private synchronized void restartIfDead() {
        Postmaster before = running();
        if (stopping.given() || before.alive()) {
            return;
        }
        if (!dead) {
            LOG.warn("The database server (process {}) ended; starting it again", before.pid());
            dead = true;
            deadSince = System.nanoTime();
        }
        try {
            lock.beginChange(stopping);
            try {
                postmaster = cluster().ensureRunning(System.nanoTime() - deadSince > FAITHFUL_NANOS);
            } finally {
                lock.endChange();
            }
            dead = false;
            LOG.info(
                    "The database server is back as process {} on port {}",
                    running().pid(),
                    running().port());
            if (running().port() != before.port()) {
                movement.run();
            }
        } catch (IOException | RuntimeException e) {
            if (!stopping.given()) {
                LOG.warn("Cannot start the database server again; trying once more in a second: {}", e.getMessage());
            }
        }
    }

    private void endWithJvm() {
        try {
            users.run();
            close();
        } catch (IOException | RuntimeException e) {
            LOG.error("The embedded database was not stopped", e);
        }
    }

    /** Stops the server, unless another service uses it. Interrupts a start that is under way. Does nothing the second time. */
    @Override
    public void close() throws IOException {
        stopping.give();
        synchronized (this) {
            if (!closed) {
                closed = true;
                watch.shutdown();
                forgetEndOfJvm();
                stop();
            }
        }
    }

    private void stop() throws IOException {
        try (lock) {
            lock.beginChange(new StopSignal());
            boolean last = lock.endUse();
            PostgresCluster made = cluster;
            if (made != null && Postmaster.runs(made.directory())) {
                if (last) {
                    made.stop();
                    LOG.info("PostgreSQL in {} is stopped", made.directory());
                } else {
                    LOG.info("PostgreSQL in {} stays up for another service", made.directory());
                }
            }
            lock.endChange();
        }
    }

    private void forgetEndOfJvm() {
        try {
            Runtime.getRuntime().removeShutdownHook(atEndOfJvm);
        } catch (IllegalStateException e) {
            LOG.debug("The JVM is ending");
        }
    }
}
