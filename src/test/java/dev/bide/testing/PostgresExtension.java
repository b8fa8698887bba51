package dev.bide.testing;

import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneId;
import javax.sql.DataSource;
import org.apache.tomcat.jdbc.pool.PoolProperties;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A database of its own for a test class, on the one embedded PostgreSQL of the JVM. Migrated unless asked otherwise; its sessions' time zone is not the JVM's.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final PostgresExtension POSTGRES = new PostgresExtension();
 * }</pre>
 *
 * or {@code @ExtendWith(PostgresExtension.class)} with a parameter of type {@link DataSource} or {@link PostgresExtension}.
 */
public final class PostgresExtension implements BeforeAllCallback, AfterAllCallback, ParameterResolver {
    private static final String SESSION_ZONE = "America/St_Johns";

    static {
        // What is waited for with a database beside it may take its time on a machine that runs other tests too.
        Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
    }

    private final boolean migrated;
    private String database;
    private org.apache.tomcat.jdbc.pool.DataSource dataSource;

    /** A migrated database. */
    public PostgresExtension() {
        this(true);
    }

    private PostgresExtension(boolean migrated) {
        this.migrated = migrated;
    }

    /** An empty database. */
    public static PostgresExtension unmigrated() {
        return new PostgresExtension(false);
    }

    /** A pool of up to 100 connections, enough for several nodes; auto-commit is on. */
    public DataSource dataSource() {
        return dataSource;
    }

    /** Carries the user; there is no password. Connections made with it have the JVM's time zone, as pgjdbc sends it. */
    public String jdbcUrl() {
        return PostgresServer.instance().url(database);
    }

    public String user() {
        return PostgresServer.USER;
    }

    /** Runs the migrations, on a database that was made without them or once more. */
    public void migrate() {
        PostgresServer.migrate(jdbcUrl());
    }

    /** Runs the migrations on any database. */
    public static void migrate(String jdbcUrl) {
        PostgresServer.migrate(jdbcUrl);
    }

    /** Single statements on {@link #dataSource}. */
    public Sql sql() {
        return new Sql(dataSource);
    }

    /** How many of this database's sessions wait for another's lock. */
    public long waitingForALock() {
        return sql().number(
                        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");
    }

    public boolean somebodyWaitsForALock() {
        return waitingForALock() > 0;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws SQLException {
        if (ZoneId.systemDefault().equals(ZoneId.of(SESSION_ZONE))) {
            throw new IllegalStateException("the session's time zone must differ from the JVM's");
        }
        database = PostgresServer.instance().create(migrated);
        PoolProperties pool = new PoolProperties();
        pool.setUrl(jdbcUrl());
        pool.setDriverClassName("org.postgresql.Driver");
        pool.setInitSQL("SET TIME ZONE '" + SESSION_ZONE + "'");
        pool.setMaxActive(100);
        pool.setMaxIdle(100);
        pool.setInitialSize(0);
        pool.setMinIdle(0);
        pool.setRollbackOnReturn(true);
        // Whoever switched it off need not switch it on again.
        pool.setDefaultAutoCommit(true);
        pool.setJdbcInterceptors("ConnectionState");
        pool.setMaxWait(30_000);
        dataSource = new org.apache.tomcat.jdbc.pool.DataSource(pool);
    }

    @Override
    public void afterAll(ExtensionContext context) throws SQLException {
        dataSource.close(true);
        PostgresServer.instance().drop(database);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == DataSource.class || type == PostgresExtension.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == DataSource.class ? dataSource : this;
    }
}
