package dev.bide.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What a PostgreSQL of the user's own needs so that Bide's promises hold on it, as docs/operating.md has it in a table: each finding is a sentence that says what is wrong and what
 * to set. Asked once, at start.
 */
record ServerCheck(int nodeConnections, int retentionDays, Duration failover) {
    /** The oldest that is tried. */
    static final int OLDEST_VERSION = 14;

    /** A day has a partition of each of two histories; so many tables and indexes, each of which a statement that reads all days locks. */
    private static final int RELATIONS_A_DAY = 16;

    /** Days that are there besides those that are kept: a week ahead, today, and one before. */
    private static final int FURTHER_DAYS = 9;

    /** Statements that read all days at once, on all nodes. */
    private static final int READERS_OF_ALL_DAYS = 4;

    private static final String FACTS = """
            SELECT current_user AS role,
                   current_schema() AS schema,
                   current_setting('fsync') AS fsync,
                   current_setting('full_page_writes') AS full_page_writes,
                   current_setting('synchronous_commit') AS synchronous_commit,
                   current_setting('synchronous_standby_names') AS synchronous_standby_names,
                   (SELECT count(*) FROM pg_stat_replication) AS standbys,
                   current_setting('autovacuum') = 'on' AND current_setting('track_counts') = 'on' AS autovacuum,
                   (SELECT setting::integer FROM pg_settings WHERE name = 'autovacuum_naptime') AS naptime,
                   current_setting('max_locks_per_transaction')::integer AS max_locks,
                   current_setting('max_connections')::integer AS max_connections,
                   current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer
                       - coalesce(current_setting('reserved_connections', true)::integer, 0) AS connections,
                   (SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user) AS role_limit,
                   (SELECT datconnlimit FROM pg_database WHERE datname = current_database()) AS database_limit,
                   has_schema_privilege(current_user, current_schema(), 'CREATE') AS may_create,
                   (SELECT coalesce(bool_and(pg_has_role(current_user, relowner, 'USAGE')), true) FROM pg_class
                    WHERE relname IN ('timer_history', 'run_history') AND relnamespace = current_schema()::regnamespace) AS owns_history
            """;

    /** Who may not may make no partitions either, and is told so. */
    private static final String MAY_READ_KEPT =
            "SELECT coalesce(has_table_privilege(to_regclass('history_retention'), 'SELECT'), false)";

    /** Nodes that live: they keep some connections at rest. */
    private static final String OTHERS = """
            SELECT DISTINCT application_name FROM pg_stat_activity
            WHERE datname = current_database() AND application_name LIKE ? AND application_name <> ?
            ORDER BY application_name
            """;

    /**
     * On a connection with the settings that the role and the database give it, none of ours.
     *
     * @return one sentence each; none where all is well
     */
    List<String> findings(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(FACTS)) {
            row.next();
            List<String> findings = new ArrayList<>();
            durability(row, findings);
            standbys(row, findings);
            vacuum(row, findings);
            locks(row, kept(connection), findings);
            connections(row, findings);
            privileges(row, findings);
            return findings;
        }
    }

    /** How many days, as the database has it for all nodes; as this node's file has it, where that says nothing yet. */
    private int kept(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return is(statement, MAY_READ_KEPT) ? kept(statement) : retentionDays;
        }
    }

    private int kept(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT days FROM history_retention")) {
            return row.next() ? row.getInt(1) : retentionDays;
        }
    }

    private static boolean is(Statement statement, String question) throws SQLException {
        try (ResultSet row = statement.executeQuery(question)) {
            return row.next() && row.getBoolean(1);
        }
    }

    /** A sentence for each {@code engine.failover} that another node goes by, and this one does not. */
    List<String> otherNodes(Connection connection) throws SQLException {
        String own = SessionName.of(failover);
        try (PreparedStatement statement = connection.prepareStatement(OTHERS)) {
            statement.setString(1, SessionName.PATTERN);
            statement.setString(2, own);
            try (ResultSet row = statement.executeQuery()) {
                List<String> sentences = new ArrayList<>();
                while (row.next()) {
                    sentences.add(
                            "engine.failover is not the same on all nodes, here it is \"" + own + "\", elsewhere \""
                                    + row.getString(1)
                                    + "\": a node may be taken for dead while it still acts, and its timers are called twice. Set it alike, and start the others anew");
                }
                return sentences;
            }
        }
    }

    private static void durability(ResultSet row, List<String> findings) throws SQLException {
        for (String setting : List.of("fsync", "full_page_writes")) {
            if (!"on".equals(row.getString(setting))) {
                findings.add(setting
                        + " is off: when the database's machine fails, timers that were answered 201 are lost, and the database"
                        + " may be beyond repair. Set " + setting + " = on");
            }
        }
        if ("off".equals(row.getString("synchronous_commit"))) {
            findings.add("synchronous_commit is off for the role " + row.getString("role")
                    + ": Bide's own connections set it on, since what is answered 201 has to be on disk");
        }
    }

    private static void standbys(ResultSet row, List<String> findings) throws SQLException {
        boolean named = !row.getString("synchronous_standby_names").isBlank();
        if (!named && row.getInt("standbys") > 0) {
            findings.add(
                    "the standby follows the database asynchronously (synchronous_standby_names is empty): at a failover the last timers that"
                            + " were answered 201, and the last cancels that were answered 200, are lost. Set synchronous_standby_names = 'ANY 1 (*)',"
                            + " with two standbys so that one may fail, or live with it");
        }
        if (named && "local".equals(row.getString("synchronous_commit"))) {
            findings.add(
                    "synchronous_commit is local for the role " + row.getString("role")
                            + ": the synchronous standby is not waited for, and what it has not got is lost at a failover. Set it on");
        }
    }

    private static void vacuum(ResultSet row, List<String> findings) throws SQLException {
        if (!row.getBoolean("autovacuum")) {
            findings.add(
                    "autovacuum is off (or track_counts, which it needs): each look for due timers reads all rows that ever were. Set both on");
        } else if (row.getInt("naptime") > 60) {
            findings.add(
                    "autovacuum_naptime is " + row.getInt("naptime")
                            + " s: at full load there are a million dead rows by then, which each look for due timers reads. Set it to 5s");
        }
    }

    private static void locks(ResultSet row, int days, List<String> findings) throws SQLException {
        int needed = RELATIONS_A_DAY * (days + FURTHER_DAYS) * READERS_OF_ALL_DAYS;
        int connections = row.getInt("max_connections");
        if ((long) row.getInt("max_locks") * connections < needed) {
            findings.add("max_locks_per_transaction is " + row.getInt("max_locks")
                    + ", too little for a history of " + days
                    + " days, each of which is a partition: some lists and settlements will be answered 503. Set it to "
                    + (needed + connections - 1) / connections);
        }
    }

    private void connections(ResultSet row, List<String> findings) throws SQLException {
        tooFew("max_connections (without those reserved)", row.getInt("connections"), findings);
        tooFew("the role's CONNECTION LIMIT", row.getInt("role_limit"), findings);
        tooFew("the database's CONNECTION LIMIT", row.getInt("database_limit"), findings);
    }

    private void tooFew(String what, int limit, List<String> findings) {
        if (limit >= 0 && limit < nodeConnections) {
            findings.add(what + " is " + limit + ", and this node alone may hold " + nodeConnections
                    + ". Raise it, for all nodes together, or lower database.maxConnections");
        }
    }

    private static void privileges(ResultSet row, List<String> findings) throws SQLException {
        if (!row.getBoolean("may_create") || !row.getBoolean("owns_history")) {
            findings.add(
                    "the role " + row.getString("role") + " may not make tables in the schema "
                            + row.getString("schema")
                            + ", or does not own timer_history and run_history: no partition can be made or dropped. Use the role that ran the migrations");
        }
    }
}
