package dev.bide.loadtest.chaos;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What befalls the database: one fault at a time. */
final class DatabaseFaults extends Injector {
    private static final Duration LOCKED = Duration.ofSeconds(20);
    private static final List<String> LOCKS = List.of(
            "SELECT coalesce(key, '') FROM run WHERE status = 'active' ORDER BY id DESC LIMIT 1 FOR UPDATE SKIP LOCKED",
            "SELECT coalesce(key, id::text) FROM timer WHERE due_at > now() + interval '1 s' ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED",
            "SELECT trigger_name FROM qrtz_triggers WHERE trigger_state = 'WAITING' ORDER BY next_fire_time LIMIT 1 FOR UPDATE SKIP LOCKED");
    private static final String END_ONE = """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE application_name LIKE 'chaos-%' ORDER BY random() LIMIT 1""";
    private static final String KEEP_SNAPSHOT = "SELECT '' FROM timer LIMIT 1";

    private final DatabaseProcess database;
    private final Optional<SmallDisk> disk;
    private int locks;

    /** @param disk where the database is, for the fault of that name */
    DatabaseFaults(
            String name,
            Set<Fault> faults,
            DatabaseProcess database,
            Optional<SmallDisk> disk,
            FaultLog log,
            Moment end,
            long seed) {
        super(name, faults, log, end, seed);
        this.database = database;
        this.disk = disk;
    }

    @Override
    void inject(Fault fault) throws Exception {
        switch (fault) {
            case DATABASE -> {
                try (FaultLog.Open open = log.begin(fault, 0, "the server is restarted at once")) {
                    database.restartAtOnce();
                }
            }
            case BACKENDS -> endSessions();
            case LOCK -> hold(fault, LOCKS.get(locks++ % LOCKS.size()), LOCKED);
            case SNAPSHOT -> hold(fault, KEEP_SNAPSHOT, seconds(30, 60));
            case DISK -> fill(disk.orElseThrow());
            case KILL, FREEZE, STOP, CLOCK, SLOW ->
                throw new IllegalArgumentException(fault + " is no fault of the database");
        }
    }

    private void endSessions() throws SQLException, InterruptedException {
        Duration length = seconds(8, 8);
        long until = System.nanoTime() + length.toNanos();
        try (FaultLog.Open open = log.begin(Fault.BACKENDS, 0, "sessions are ended for " + length.toSeconds() + " s");
                Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            while (System.nanoTime() < until && !end.hasCome()) {
                statement.execute(END_ONE);
                end.waitFor(Duration.ofMillis(500));
            }
        }
    }

    /** A transaction that does nothing but keep what this statement gave it. */
    private void hold(Fault fault, String statement, Duration length) throws SQLException, InterruptedException {
        try (Connection connection = database.connect();
                Statement holder = connection.createStatement()) {
            connection.setAutoCommit(false);
            if (fault == Fault.SNAPSHOT) {
                connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            }
            String held;
            try (ResultSet rows = holder.executeQuery(statement)) {
                held = rows.next() ? rows.getString(1) : "";
            }
            try (FaultLog.Open open =
                    log.begin(fault, 0, held, "for " + length.toSeconds() + " s: " + statement + ": " + held)) {
                end.waitFor(length);
            }
            connection.rollback();
        }
    }

    private void fill(SmallDisk full) throws IOException, InterruptedException {
        try (FaultLog.Open open = log.begin(Fault.DISK, 0, "no space is left")) {
            try {
                Duration length = seconds(8, 8);
                long until = System.nanoTime() + length.toNanos();
                while (System.nanoTime() < until && !end.hasCome()) {
                    full.fill(); // again: a checkpoint frees some
                    end.waitFor(Duration.ofSeconds(1));
                }
            } finally {
                full.free();
            }
            database.awaitUp();
        }
    }
}
