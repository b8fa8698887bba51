package dev.bide.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How long a connection of ours may do what, set by the connection itself: so that it ends, and its locks with it, when its node is frozen, cut off or dead, whatever
 * the server's or the role's own settings are. Zero means no limit.
 *
 * <p>What ends what: a client that is frozen or gone between two statements of a transaction: {@code idleInTransaction}; one that is gone while the server works
 * for it: a look at the connection every two seconds; one that takes no more of its results: {@code tcp_user_timeout}, and nothing else (a backend that is stuck
 * in writing to its client heeds neither statement_timeout nor transaction_timeout); one whose server is gone: {@code socket}, and keep-alives.
 *
 * @param statement one statement, its waiting for locks included
 * @param lock waiting for one lock
 * @param transaction all of a transaction; PostgreSQL 17 and later
 * @param idleInTransaction between two statements of a transaction
 * @param idle between two transactions
 * @param socket waiting for an answer, on this side
 */
record SessionLimits(
        Duration statement,
        Duration lock,
        Duration transaction,
        Duration idleInTransaction,
        Duration idle,
        Duration socket) {
    /** How often the server looks whether a client that it works for is still there. */
    private static final Duration CONNECTION_CHECK = Duration.ofSeconds(2);

    /** How long the server's words may stay unread. Longer than a pause of the JVM should last. */
    private static final Duration UNREAD = Duration.ofSeconds(8);

    SessionLimits {
        for (Duration limit : new Duration[] {statement, lock, transaction, idleInTransaction, idle, socket}) {
            if (limit.isNegative()) {
                throw new IllegalArgumentException("a limit must not be negative: " + limit);
            }
        }
    }

    /** For work of which each transaction is short. */
    static SessionLimits brief(Duration statement, Duration lock, Duration failover, Duration socket) {
        return new SessionLimits(
                statement,
                lock,
                min(Duration.ofSeconds(60), statement.multipliedBy(10)),
                failover,
                Duration.ZERO,
                socket);
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /**
     * One statement that sets all. What this version of PostgreSQL, or the system that it runs on, doesn't have is passed over (macOS can't look whether a client is
     * there), since a connection with fewer limits is better than none.
     */
    String initialization() {
        String values = settings().entrySet().stream()
                .map(setting -> "('" + setting.getKey() + "', '" + setting.getValue() + "')")
                .collect(Collectors.joining(", "));
        return """
                DO $$
                DECLARE setting record;
                BEGIN
                  IF current_setting('synchronous_commit') = 'off' THEN
                    PERFORM set_config('synchronous_commit', 'on', false);
                  END IF;
                  FOR setting IN SELECT s.name, s.value FROM (VALUES %s) AS s (name, value) WHERE current_setting(s.name, true) IS NOT NULL LOOP
                    BEGIN
                      PERFORM set_config(setting.name, setting.value, false);
                    EXCEPTION WHEN OTHERS THEN
                      NULL;
                    END;
                  END LOOP;
                END $$""".formatted(values);
    }

    /** On a connection whose auto-commit is on. */
    void apply(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(initialization());
        }
    }

    private Map<String, Long> settings() {
        Map<String, Long> settings = new LinkedHashMap<>();
        settings.put("statement_timeout", statement.toMillis());
        settings.put("lock_timeout", lock.toMillis());
        settings.put("transaction_timeout", transaction.toMillis());
        settings.put("idle_in_transaction_session_timeout", idleInTransaction.toMillis());
        settings.put("idle_session_timeout", idle.toMillis());
        settings.put("client_connection_check_interval", CONNECTION_CHECK.toMillis());
        settings.put("tcp_user_timeout", UNREAD.toMillis());
        // A client that is gone without a word is found within some 15 s, also while nothing is asked of it.
        settings.put("tcp_keepalives_idle", 9L);
        settings.put("tcp_keepalives_interval", 2L);
        settings.put("tcp_keepalives_count", 3L);
        return settings;
    }
}
