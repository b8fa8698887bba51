package dev.bide.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bide.testing.PostgresExtension;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Several nodes that start on one database. */
class MigrationsIT {
    @RegisterExtension
    static final PostgresExtension TOGETHER = PostgresExtension.unmigrated();

    @RegisterExtension
    static final PostgresExtension KILLED = PostgresExtension.unmigrated();

    @RegisterExtension
    static final PostgresExtension CURRENT = new PostgresExtension();

    @RegisterExtension
    static final PostgresExtension BEFORE = PostgresExtension.unmigrated();

    @RegisterExtension
    static final PostgresExtension TIMERS = PostgresExtension.unmigrated();

    @Test
    void of_two_nodes_that_start_at_once_one_migrates_and_the_other_waits() throws Exception {
        CompletableFuture<Void> one = migrating(TOGETHER);
        CompletableFuture<Void> other = migrating(TOGETHER);
        one.get(60, TimeUnit.SECONDS);
        other.get(60, TimeUnit.SECONDS);
        assertThat(ask(TOGETHER, "SELECT count(*) > 0 AND count(*) = count(DISTINCT id) FROM databasechangelog"))
                .isTrue();
    }

    /** A row that says so, as Liquibase's own lock is, would keep all nodes from starting until somebody cleared it. */
    @Test
    void a_lock_ends_with_its_session_and_the_next_node_migrates() throws Exception {
        try (Connection killed = DriverManager.getConnection(KILLED.jdbcUrl());
                Statement statement = killed.createStatement()) {
            statement.execute("SELECT pg_advisory_lock(" + AdvisoryLockService.KEY + ")");
            CompletableFuture<Void> waiting = migrating(KILLED);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(40))
                    .until(() -> ask(
                            KILLED,
                            "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database()"
                                    + " AND pid <> pg_backend_pid() AND query LIKE '%try_advisory_lock%'"));
            assertThat(waiting).isNotDone();
            assertThat(ask(KILLED, "SELECT to_regclass('databasechangelog') IS NULL"))
                    .isTrue();
            ask(
                    KILLED,
                    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
                            + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
            waiting.get(60, TimeUnit.SECONDS);
        }
        assertThat(ask(KILLED, "SELECT to_regclass('timer') IS NOT NULL")).isTrue();
    }

    /** Another's may take hours, of a version that this node does not know yet. */
    @Test
    void a_node_that_has_nothing_to_migrate_waits_for_nobody() throws Exception {
        try (Connection busy = DriverManager.getConnection(CURRENT.jdbcUrl());
                Statement statement = busy.createStatement()) {
            statement.execute("SELECT pg_advisory_lock(" + AdvisoryLockService.KEY + ")");
            migrating(CURRENT).get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void a_database_of_before_the_first_release_is_refused_with_a_sentence() throws Exception {
        BEFORE.migrate();
        try (Connection connection = BEFORE.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("UPDATE databasechangelog SET id = '0002-workflow' WHERE id = '0002-workflows'");
        }
        assertThatThrownBy(() -> migrate(BEFORE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("before its first release");
    }

    /** What the console needs of each timer can't be told by SQL. */
    @Test
    void a_database_with_timers_of_before_the_console_is_refused_and_one_without_is_not() throws Exception {
        TIMERS.migrate();
        TIMERS.sql().execute("DELETE FROM databasechangelog WHERE id LIKE '0003-%'");
        assertThatThrownBy(() -> migrate(TIMERS))
                .as("its tables are there already")
                .hasMessageContaining("already exists");
        TIMERS.sql()
                .execute(
                        "INSERT INTO timer (id, status, due_at, next_attempt_at, created_at, timezone, spec, attempts_spent)"
                                + " VALUES (gen_random_uuid(), 'scheduled', now(), now(), now(), 'UTC', '{}', 0)");
        assertThatThrownBy(() -> migrate(TIMERS))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("before its first release");
    }

    private static CompletableFuture<Void> migrating(PostgresExtension postgres) {
        return CompletableFuture.runAsync(() -> {
            try {
                migrate(postgres);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static void migrate(PostgresExtension postgres) throws Exception {
        DatabaseConfiguration configuration = new DatabaseConfiguration();
        configuration.url = postgres.jdbcUrl();
        try (OpenDatabase database = configuration.open()) {
            database.migrate(Duration.ofMinutes(1));
        }
    }

    private static boolean ask(PostgresExtension postgres, String question) throws SQLException {
        try (Connection connection = postgres.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(question)) {
            return row.next() && row.getBoolean(1);
        }
    }
}
