package dev.bide.ops;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the database can be written to, asked over a connection of its own: a pool that is busy is no database that is away. Asked at most once a second,
 * however many want to know. Thread-safe.
 */
public final class DatabaseProbe implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(DatabaseProbe.class);
    private static final long VALID_NANOS = 1_000_000_000;

    private final Callable<Connection> connect;
    private @Nullable Connection connection;
    private @Nullable String fault;
    private long askedAt = System.nanoTime() - VALID_NANOS;

    /** @param connect gives connections that give up within seconds */
    DatabaseProbe(Callable<Connection> connect) {
        this.connect = connect;
    }

    /** Answers within seconds. */
    public boolean up() {
        return fault() == null;
    }

    /** What is wrong with the database; null for nothing. */
    synchronized @Nullable String fault() {
        if (System.nanoTime() - askedAt >= VALID_NANOS) {
            String before = fault;
            // A connection that was fine may have died with the server: only a new one tells whether that is back.
            fault = connection == null ? ask() : askTwice();
            askedAt = System.nanoTime();
            tell(before, fault);
        }
        return fault;
    }

    private @Nullable String askTwice() {
        return ask() == null ? null : ask();
    }

    private @Nullable String ask() {
        try {
            if (connection == null) {
                connection = connect.call();
            }
            try (Statement statement = connection.createStatement();
                    ResultSet result = statement.executeQuery("SELECT pg_is_in_recovery()")) {
                result.next();
                return result.getBoolean(1) ? "the database is a standby" : null;
            }
        } catch (Exception e) {
            close();
            return String.valueOf(e.getMessage());
        }
    }

    private static void tell(@Nullable String before, @Nullable String now) {
        if (before == null && now != null) {
            LOGGER.error("The database is away: {}", now);
        } else if (before != null && now == null) {
            LOGGER.info("The database is there");
        }
    }

    @Override
    public synchronized void close() {
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException e) {
                LOGGER.debug("closing a connection that is broken", e);
            }
            connection = null;
        }
    }
}
