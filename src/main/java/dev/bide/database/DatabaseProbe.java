package dev.bide.database;

import dev.bide.jobstore.DatabaseClock;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every second, on a thread and over a connection of its own, whether the database can be written to, and what time it has there: a pool that is busy is no database
 * that is away. Whoever asks hears of the last look, at once. Thread-safe.
 */
public final class DatabaseProbe implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseProbe.class);
    private static final long INTERVAL_MILLIS = 1_000;

    /** Longer than one look may take, with its two connections. */
    private static final Duration LONGEST_LOOK = Duration.ofSeconds(12);

    /** A server is told by when it started, to the microsecond, and not by its address: one may have several. */
    private static final String QUESTION = """
            SELECT pg_is_in_recovery(), current_setting('transaction_read_only') = 'on',
                extract(epoch FROM pg_postmaster_start_time())::text""";

    private final Callable<Connection> connect;
    private final DatabaseClock clock;
    private final LongConsumer moved;
    private final ClockWatch clockWatch = new ClockWatch();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(DatabaseProbe::named);
    private @Nullable Connection connection;
    private @Nullable String server;
    private boolean failing;
    private long failingSince;
    private volatile Look last = new Look(null, System.nanoTime());

    private record Look(@Nullable String fault, long at) {}

    private DatabaseProbe(Callable<Connection> connect, DatabaseClock clock, LongConsumer moved) {
        this.connect = connect;
        this.clock = clock;
        this.moved = moved;
    }

    /**
     * Looks once, and then every second.
     *
     * @param connect gives connections that give up within seconds
     * @param clock is told the database's time
     * @param moved is told when another server, or the same one started anew, is the database from now on: when the look began that first found the one before gone, as {@link System#nanoTime}
     *     gives it
     * @throws IOException the first look found the database away: its cause says that it may come back
     */
    static DatabaseProbe start(Callable<Connection> connect, DatabaseClock clock, LongConsumer moved)
            throws IOException {
        DatabaseProbe probe = new DatabaseProbe(connect, clock, moved);
        probe.look();
        String fault = probe.fault();
        if (fault != null) {
            probe.close();
            throw new IOException("the database went away: " + fault, new SQLTransientConnectionException(fault));
        }
        var unused = probe.thread.scheduleWithFixedDelay(
                probe::look, INTERVAL_MILLIS, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
        return probe;
    }

    private static Thread named(Runnable work) {
        Thread thread = new Thread(work, "database-probe");
        thread.setDaemon(true);
        return thread;
    }

    public boolean up() {
        return fault() == null;
    }

    /** What is wrong with the database; null for nothing. */
    public @Nullable String fault() {
        Look look = last;
        Duration age = Duration.ofNanos(System.nanoTime() - look.at());
        return age.compareTo(LONGEST_LOOK) > 0
                ? "the database was not looked at for " + age.toSeconds() + " s"
                : look.fault();
    }

    private synchronized void look() {
        // A connection that was fine may have died with the server: only a new one tells whether that is back.
        String fault = connection == null ? ask() : askTwice();
        String before = last.fault();
        last = new Look(fault, System.nanoTime());
        tell(before, fault);
    }

    private @Nullable String askTwice() {
        return ask() == null ? null : ask();
    }

    private @Nullable String ask() {
        long began = System.nanoTime();
        try {
            if (connection == null) {
                connection = connect.call();
            }
            clock.measure(connection);
            clockWatch.tell(clock.offset());
            try (Statement statement = connection.createStatement();
                    ResultSet result = statement.executeQuery(QUESTION)) {
                result.next();
                String fault = result.getBoolean(1)
                        ? "the database is a standby"
                        : result.getBoolean(2) ? "the database is read-only" : null;
                if (fault == null) {
                    seen(result.getString(3));
                } else {
                    failed(began);
                }
                return fault;
            }
        } catch (Throwable e) {
            // Also an Error: what leaves here ends the looks for good.
            failed(began);
            disconnect();
            return String.valueOf(e.getMessage());
        }
    }

    private void failed(long began) {
        if (!failing) {
            failing = true;
            failingSince = began;
        }
    }

    /** What is open to a server that was the database before leads nowhere, or to one that must not be written to. None can have been opened to it since it does not answer. */
    private void seen(String now) {
        String before = server;
        boolean another = before != null && !before.equals(now);
        server = now;
        if (failing) {
            failing = false;
            if (another) {
                moved.accept(failingSince);
            }
        }
    }

    private static void tell(@Nullable String before, @Nullable String now) {
        if (before == null && now != null) {
            LOG.error("The database is away: {}", now);
        } else if (before != null && now == null) {
            LOG.info("The database is there");
        }
    }

    private void disconnect() {
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException e) {
                LOG.debug("closing a connection that is broken", e);
            }
            connection = null;
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        synchronized (this) {
            disconnect();
        }
    }
}
