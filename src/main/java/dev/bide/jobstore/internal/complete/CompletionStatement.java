package dev.bide.jobstore.internal.complete;

import dev.bide.jobstore.internal.sql.Counters;
import dev.bide.jobstore.internal.sql.Keys;
import dev.bide.jobstore.internal.sql.Tables;
import dev.bide.jobstore.internal.sql.Transactions;
import dev.bide.jobstore.internal.sql.TriggerType;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Deletes what a batch of plain completions leaves behind, in one statement: the rows of triggers that fired for the last time (those of a {@code PlainOneShot} went
 * when it fired), and all fired-trigger entries.
 *
 * <p>The entries are the fence: one that is gone was taken over by another node, which put its trigger back to wait or handed it on. The trigger rows are
 * deleted first all the same, because trigger rows come before fired-trigger rows in the lock order; so where an entry did not stand, the caller must roll back.
 *
 * <p>Locks: trigger rows in the order of the primary key, their rows by type, then fired-trigger rows. Rows of triggers that wait are not touched.
 */
public final class CompletionStatement {
    private final Tables tables;
    private final Counters counters;
    private final Map<String, String> statements = new ConcurrentHashMap<>();

    public CompletionStatement(Tables tables, Counters counters) {
        this.tables = tables;
        this.counters = counters;
    }

    /** Returns the entries that stood, each with whether it stood for a trigger without rows. */
    Map<String, Boolean> execute(Transactions.Transaction transaction, List<Completion> batch) throws SQLException {
        Connection connection = transaction.connection;
        List<Completion> last = new ArrayList<>(batch.size());
        Set<String> detailTables = new TreeSet<>();
        for (Completion completion : batch) {
            if (completion.deletesRows()) {
                last.add(completion);
                TriggerType type = TriggerType.of(completion.type());
                if (type != null) {
                    detailTables.add(type.table());
                }
            }
        }
        Keys keys = Keys.of(last, Completion::key);
        counters.statements.increment();
        Map<String, Boolean> standing = new HashMap<>();
        try (PreparedStatement statement =
                connection.prepareStatement(statement(!last.isEmpty(), keys.inOneGroup(), detailTables))) {
            int i = 1;
            if (!last.isEmpty()) {
                statement.setString(i++, tables.scheduler());
                statement.setArray(i++, keys.names(connection));
                statement.setArray(i++, keys.distinctGroups(connection));
                if (!keys.inOneGroup()) {
                    statement.setArray(i++, keys.names(connection));
                    statement.setArray(i++, keys.groups(connection));
                }
                for (int table = 0; table < detailTables.size(); table++) {
                    statement.setString(i++, tables.scheduler());
                }
            }
            statement.setString(i++, tables.scheduler());
            statement.setArray(
                    i,
                    connection.createArrayOf(
                            "text", batch.stream().map(Completion::entryId).toArray()));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    standing.put(row.getString(1), row.getBoolean(2));
                    transaction.id(row.getString(3));
                }
            }
        }
        return standing;
    }

    private String statement(boolean deletes, boolean inOneGroup, Set<String> detailTables) {
        return statements.computeIfAbsent(
                deletes + " " + inOneGroup + detailTables,
                any -> tables.sql(compose(deletes, inOneGroup, detailTables)));
    }

    /**
     * All by primary key. The pairs of name and group are compared only where there are several groups; {@code IS TRUE} keeps the comparison a filter (a join
     * to the list got bad plans). A trigger that was given another time while it executed has a next fire time, and stays.
     */
    private static String compose(boolean deletes, boolean inOneGroup, Set<String> detailTables) {
        StringBuilder sql = new StringBuilder("WITH ");
        if (deletes) {
            sql.append("""
                    gone AS (
                      DELETE FROM qrtz_triggers
                      WHERE sched_name = ? AND trigger_name = ANY (?) AND trigger_group = ANY (?) AND next_fire_time <= 0
                    """);
            if (!inOneGroup) {
                sql.append(
                        "    AND ((trigger_name, trigger_group) IN (SELECT * FROM unnest(?::text[], ?::text[]))) IS TRUE\n");
            }
            sql.append("  RETURNING trigger_name, trigger_group),\n");
        }
        for (String table : detailTables) {
            // The prefix of the tables may hold a schema's name, which a name of a part of the statement can't.
            sql.append(table.substring("qrtz_".length()))
                    .append("_gone AS (\n  DELETE FROM ")
                    .append(table)
                    .append("""

                      WHERE sched_name = ? AND trigger_name = ANY (ARRAY (SELECT trigger_name FROM gone))
                        AND trigger_group = ANY (ARRAY (SELECT DISTINCT trigger_group FROM gone))
                    """);
            if (!inOneGroup) {
                sql.append("    AND ((trigger_name, trigger_group) IN (SELECT * FROM gone)) IS TRUE\n");
            }
            sql.append("),\n");
        }
        sql.append("""
                standing AS (
                  DELETE FROM qrtz_fired_triggers
                  WHERE sched_name = ? AND entry_id = ANY (?) AND state = 'EXECUTING'
                """);
        if (deletes) {
            sql.append("    AND (SELECT count(*) FROM gone) >= 0\n");
        }
        return sql.append("""
                  RETURNING entry_id, is_nonconcurrent IS NULL AS rowless)
                SELECT entry_id, rowless, pg_current_xact_id()::text FROM standing
                """).toString();
    }
}
