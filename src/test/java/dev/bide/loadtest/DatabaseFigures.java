package dev.bide.loadtest;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** What PostgreSQL says of itself. One thread at a time. */
final class DatabaseFigures implements AutoCloseable {
    /** What is on disk of finished timers and runs, indexes included. */
    private static final String HISTORY_BYTES = """
            SELECT coalesce(sum(pg_total_relation_size(inhrelid)), 0) FROM pg_inherits
            WHERE inhparent IN ('timer_history'::regclass, 'run_history'::regclass)""";

    /** The tables through which every timer passes, indexes included. */
    private static final String HOT_BYTES = """
            SELECT sum(pg_total_relation_size(oid)) FROM pg_class
            WHERE relkind = 'r' AND (relname = 'timer' OR relname LIKE 'qrtz%triggers')""";

    private static final String DEAD_ROWS = """
            SELECT sum(n_dead_tup) FROM pg_stat_user_tables
            WHERE relname = 'timer' OR relname LIKE 'qrtz%triggers'""";

    /** By the index on due_at; those that wait for years are not touched. */
    private static final String OVERDUE = "SELECT count(*) FROM timer WHERE due_at < now()";

    private final Connection connection;
    private final long postmaster;

    DatabaseFigures(String url) throws SQLException {
        connection = DriverManager.getConnection(url);
        postmaster = ProcessFigures.parent(number("SELECT pg_backend_pid()"));
    }

    long cpuMillis() {
        return ProcessFigures.familyCpuMillis(postmaster);
    }

    long walBytes() throws SQLException {
        return number("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn");
    }

    long historyBytes() throws SQLException {
        return number(HISTORY_BYTES);
    }

    long hotBytes() throws SQLException {
        return number(HOT_BYTES);
    }

    long deadRows() throws SQLException {
        return number(DEAD_ROWS);
    }

    long databaseBytes() throws SQLException {
        return number("SELECT pg_database_size(current_database())");
    }

    /** Timers that are due and not yet in history. */
    long overdue() throws SQLException {
        return number(OVERDUE);
    }

    private long number(String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            result.next();
            return result.getLong(1);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
