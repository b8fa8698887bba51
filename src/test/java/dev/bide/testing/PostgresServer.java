package dev.bide.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import liquibase.Scope;
import liquibase.UpdateSummaryEnum;
import liquibase.command.CommandScope;
import liquibase.command.core.UpdateCommandStep;
import liquibase.command.core.helpers.DbUrlConnectionArgumentsCommandStep;
import liquibase.command.core.helpers.ShowSummaryArgument;
import liquibase.ui.LoggerUIService;

/** One embedded PostgreSQL for the JVM, started on first use and stopped when the JVM ends. */
final class PostgresServer {
    static final String USER = "postgres";
    private static final String TEMPLATE = "bide_template";
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private final EmbeddedPostgres postgres;
    private boolean migrated;

    private static final class Holder {
        static final PostgresServer INSTANCE = new PostgresServer();
    }

    static PostgresServer instance() {
        return Holder.INSTANCE;
    }

    private PostgresServer() {
        try {
            Path directory = Files.createTempDirectory("bide-postgres");
            postgres = EmbeddedPostgres.builder()
                    .setDataDirectory(directory)
                    .setCleanDataDirectory(true)
                    .setPGStartupWait(java.time.Duration.ofSeconds(60))
                    .setServerConfig("max_connections", "300")
                    .setServerConfig("shared_buffers", "256MB")
                    .setServerConfig("fsync", "off")
                    .setServerConfig("autovacuum_naptime", "5s")
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("embedded PostgreSQL did not start", e);
        }
    }

    String url(String database) {
        return "jdbc:postgresql://localhost:" + postgres.getPort() + "/" + database + "?user=" + USER;
    }

    /** A new database: a copy of the migrated one, or an empty one. Returns its name. */
    synchronized String create(boolean withSchema) throws SQLException {
        if (withSchema && !migrated) {
            execute("CREATE DATABASE " + TEMPLATE);
            migrate(url(TEMPLATE));
            migrated = true;
        }
        String name = "test_" + DATABASES.incrementAndGet();
        execute("CREATE DATABASE " + name + (withSchema ? " TEMPLATE " + TEMPLATE : ""));
        return name;
    }

    void drop(String name) throws SQLException {
        execute("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url("postgres"));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Runs all migrations on an existing database. */
    static void migrate(String url) {
        try {
            Scope.child(Map.of(Scope.Attr.ui.name(), new LoggerUIService()), () -> new CommandScope(
                            UpdateCommandStep.COMMAND_NAME)
                    .addArgumentValue(DbUrlConnectionArgumentsCommandStep.URL_ARG, url)
                    .addArgumentValue(UpdateCommandStep.CHANGELOG_FILE_ARG, "migrations/changelog.yaml")
                    .addArgumentValue(ShowSummaryArgument.SHOW_SUMMARY, UpdateSummaryEnum.OFF)
                    .execute());
        } catch (Exception e) {
            throw new IllegalStateException("migrations failed on " + url, e);
        }
    }
}
