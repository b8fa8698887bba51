package dev.bide.jobstore;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;

/**
 * How triggers stand, for whoever keeps a row of his own beside each: two of the answers are SQL for a statement of his, so that it sees the row and the trigger as of one
 * moment, and by one plan. Of one group of a scheduler whose tables have Quartz's default prefix. Thread-safe.
 */
public record TriggerStates(String scheduler, String group) {
    /** Primary key. */
    private static final String THESE = """
            WHERE sched_name = ? AND trigger_name = ANY (?) AND trigger_group = ?""";

    private static final String LOCK = """
            SELECT trigger_name FROM qrtz_triggers
            %s
            ORDER BY trigger_name
            FOR UPDATE""".formatted(THESE);

    private static final String RELEASE = """
            UPDATE qrtz_triggers SET trigger_state = 'ERROR'
            %s AND trigger_state = 'COMPLETE'""".formatted(THESE);

    /**
     * SQL: the state of the trigger that has this name, as Quartz writes it; null where there is none. Looked up by the primary key for each row: a join might be planned as
     * a scan of all triggers.
     *
     * @param name an expression of type text, its columns with their table's name
     */
    public String stateOf(String name) {
        return "(SELECT trigger_state FROM qrtz_triggers AS t WHERE t.sched_name = %s AND t.trigger_name = %s AND t.trigger_group = %s)"
                .formatted(literal(scheduler), name, literal(group));
    }

    /**
     * SQL: whether a node has the trigger of this name in its hands, taken or executing. Reads all fired triggers of the scheduler once, which are few.
     *
     * @param name an expression of type text
     */
    public String isInHand(String name) {
        return "(%s IN (SELECT trigger_name FROM qrtz_fired_triggers WHERE sched_name = %s AND trigger_group = %s))"
                .formatted(name, literal(scheduler), literal(group));
    }

    /** Locks those that exist, in order of name, until the transaction ends. Whoever had one of them in hand has written by then what he had to. */
    public void lock(Connection connection, Collection<String> names) throws SQLException {
        run(connection, LOCK, names, statement -> {
            try (ResultSet rows = statement.executeQuery()) {
                // To the last, which are locked as they are read where the url has a fetch size.
                while (rows.next()) {}
            }
        });
    }

    /** Lets those that were locked, and have fired and are in no hands, be replaced like those that wait. */
    public void release(Connection connection, Collection<String> names) throws SQLException {
        // ERROR is what the store takes for a trigger that waits.
        run(connection, RELEASE, names, PreparedStatement::executeUpdate);
    }

    private interface Act {
        void run(PreparedStatement statement) throws SQLException;
    }

    private void run(Connection connection, String sql, Collection<String> names, Act act) throws SQLException {
        Array array = connection.createArrayOf("text", names.toArray());
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, scheduler);
            statement.setArray(2, array);
            statement.setString(3, group);
            act.run(statement);
        } finally {
            array.free();
        }
    }

    private static String literal(String name) {
        return "'" + name.replace("'", "''") + "'";
    }
}
