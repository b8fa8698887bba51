package dev.bide.ops;

import com.codahale.metrics.MetricRegistry;
import io.dropwizard.db.DataSourceFactory;
import io.dropwizard.db.ManagedDataSource;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.tomcat.jdbc.pool.DataSourceProxy;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A database that took a connection. Closing it stops the embedded server, where it is one; so close it last. */
public final class OpenDatabase implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(OpenDatabase.class);
    /** Wrong password, no such user, no such database: no waiting mends these. */
    private static final Set<String> FINAL = Set.of("28P01", "28000", "3D000");

    private final DataSourceFactory pool;
    private final @Nullable EmbeddedDatabase embedded;
    private final List<DataSourceProxy> pools = new CopyOnWriteArrayList<>();

    private OpenDatabase(DataSourceFactory pool, @Nullable EmbeddedDatabase embedded) {
        this.pool = pool;
        this.embedded = embedded;
    }

    static OpenDatabase embedded(DataSourceFactory pool, EmbeddedDatabase embedded) {
        OpenDatabase database = new OpenDatabase(pool, embedded);
        embedded.whenMoved(() -> database.follow(embedded.jdbcUrl()));
        return database;
    }

    /** New connections go to the new url; those to the old one are dead. */
    private void follow(String jdbcUrl) {
        pool.setUrl(jdbcUrl);
        pools.forEach(built -> built.setUrl(jdbcUrl));
        LOGGER.warn("The database moved. {}", invitation());
    }

    static OpenDatabase connect(DataSourceFactory pool, Duration timeout) throws IOException {
        OpenDatabase database = new OpenDatabase(pool, null);
        long end = System.nanoTime() + timeout.toNanos();
        for (int round = 0; ; round++) {
            try {
                database.migrationConnection().close();
                return database;
            } catch (SQLException e) {
                if (FINAL.contains(String.valueOf(e.getSQLState())) || System.nanoTime() > end) {
                    throw new IOException(
                            "cannot connect to the database (DATABASE_URL) at " + database.name() + ": "
                                    + e.getMessage(),
                            e);
                }
                if (round % 10 == 0) {
                    LOGGER.warn(
                            "{} does not answer yet, waiting up to {} s: {}",
                            database.name(),
                            timeout.toSeconds(),
                            e.getMessage());
                }
                pause();
            }
        }
    }

    /** The settings of a pool for it. */
    public DataSourceFactory settings() {
        return pool;
    }

    /** The settings of a pool whose connections may be silent for long, as migrations are. */
    public DataSourceFactory migrationSettings() {
        pool.getProperties().remove("socketTimeout");
        return pool;
    }

    /** A new pool of so many connections, to be managed and stopped by the caller before the database is closed. */
    public ManagedDataSource pool(MetricRegistry metrics, String name, int connections) {
        ManagedDataSource built = pool.build(metrics, name);
        if (built instanceof DataSourceProxy proxy) {
            int atRest = Math.min(proxy.getMinIdle(), connections);
            proxy.setMaxActive(connections);
            proxy.setMaxIdle(connections);
            proxy.setMinIdle(atRest);
            proxy.setInitialSize(atRest);
            pools.add(proxy);
        }
        return built;
    }

    /**
     * What must end before an embedded database is stopped where the JVM ends without {@link #close}. May wait.
     *
     * @return whether it will be run: false for a database that is given, which nobody here stops
     */
    public boolean usedUntil(Runnable usersEnd) {
        if (embedded == null) {
            return false;
        }
        embedded.usedUntil(usersEnd);
        return true;
    }

    /** Brings the schema up to date, one node at a time; the others wait. */
    public void migrate() throws SQLException {
        try (Connection connection = migrationConnection()) {
            Migrations.run(connection);
        }
    }

    /** Says whether the database is there; to be closed before it. */
    public DatabaseProbe probe() {
        return new DatabaseProbe(() -> {
            Properties properties = properties();
            properties.put("connectTimeout", "2");
            properties.put("socketTimeout", "3");
            return DriverManager.getConnection(pool.getUrl(), properties);
        });
    }

    /** Not from the pool: a migration may be silent for longer than a request's statement may. */
    private Connection migrationConnection() throws SQLException {
        Properties properties = properties();
        properties.remove("socketTimeout");
        return DriverManager.getConnection(pool.getUrl(), properties);
    }

    private Properties properties() {
        Properties properties = new Properties();
        properties.putAll(pool.getProperties());
        if (pool.getUser() != null) {
            properties.put("user", pool.getUser());
        }
        if (pool.getPassword() != null) {
            properties.put("password", pool.getPassword());
        }
        return properties;
    }

    /** For the log: no user and no password in it. */
    public String name() {
        return pool.getUrl().replaceFirst("\\?.*", "");
    }

    /** How others join the embedded database; empty for one that is given. */
    public String invitation() {
        return embedded == null
                ? ""
                : "Another node joins with DATABASE_URL='" + embedded.jdbcUrl() + "', psql with " + embedded.psqlUrl();
    }

    @Override
    public void close() throws IOException {
        if (embedded != null) {
            embedded.close();
        }
    }

    private static void pause() throws IOException {
        try {
            TimeUnit.SECONDS.sleep(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for the database");
        }
    }
}
