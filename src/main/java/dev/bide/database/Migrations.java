package dev.bide.database;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import liquibase.Scope;
import liquibase.UpdateSummaryEnum;
import liquibase.command.CommandScope;
import liquibase.command.core.UpdateCommandStep;
import liquibase.command.core.helpers.DbUrlConnectionArgumentsCommandStep;
import liquibase.command.core.helpers.ShowSummaryArgument;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.ValidationFailedException;
import liquibase.lockservice.LockService;
import liquibase.lockservice.LockServiceFactory;
import liquibase.ui.LoggerUIService;

/** The schema's changes, in {@code migrations/}. */
public final class Migrations {
    /** On the classpath. */
    public static final String CHANGELOG = "migrations/changelog.yaml";

    private static final long RECHECK_SECONDS = 1;

    private Migrations() {}

    /**
     * Does what is not done yet; waits while another node does it.
     *
     * @throws IOException what was done to the database before does not fit
     */
    static void run(Connection connection) throws SQLException, IOException {
        try {
            boolean first = isFirst(connection);
            var database =
                    DatabaseFactory.getInstance().findCorrectDatabaseImplementation(new JdbcConnection(connection));
            LockService lock = LockServiceFactory.getInstance().getLockService(database);
            lock.setChangeLogLockRecheckTime(RECHECK_SECONDS);
            if (first) {
                // Liquibase makes its own table before it takes its lock, which of two nodes at once only one can.
                // Where the table is there, it takes the lock only
                // where there is something to do: a node that has nothing to migrate waits for nobody.
                lock.waitForLock();
            }
            Scope.child(Map.of(Scope.Attr.ui.name(), new LoggerUIService()), () -> new CommandScope(
                            UpdateCommandStep.COMMAND_NAME)
                    .addArgumentValue(DbUrlConnectionArgumentsCommandStep.DATABASE_ARG, database)
                    .addArgumentValue(UpdateCommandStep.CHANGELOG_FILE_ARG, CHANGELOG)
                    .addArgumentValue(ShowSummaryArgument.SHOW_SUMMARY, UpdateSummaryEnum.OFF)
                    .execute());
        } catch (Exception e) {
            if (e.getCause() instanceof ValidationFailedException unfit) {
                throw new IOException("the migrations do not fit the database: " + unfit.getMessage(), e);
            }
            throw new SQLException("the migrations failed: " + e.getMessage(), e);
        }
    }

    /** Whether nothing was ever migrated here. */
    private static boolean isFirst(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT to_regclass(quote_ident(current_schema()) || '.databasechangelog') IS NULL")) {
            return row.next() && row.getBoolean(1);
        }
    }
}
