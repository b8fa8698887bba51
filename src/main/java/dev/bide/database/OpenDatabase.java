package dev.bide.database;

import com.codahale.metrics.MetricRegistry;
import dev.bide.embedded.EmbeddedDatabase;
import dev.bide.jobstore.DatabaseClock;
import dev.bide.jobstore.DatabaseFault;
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
    private static final Logger LOG = LoggerFactory.getLogger(OpenDatabase.class);
    /** Wrong password, no such user, no such database: no waiting mends these. */
    private static final Set<String> FINAL = Set.of("28P01", "28000", "3D000");

    private static final String SOCKET_TIMEOUT = "socketTimeout";

    /**
     * A statement of a migration may take hours. But one that waits for a lock, of a backup maybe, has all that come after it wait too: the cluster that runs. So it
     * gives up, and is tried again. And a node that is frozen while it migrates must not keep the lock of migrations for ever.
     */
    private static final SessionLimits MIGRATING = new SessionLimits(
            Duration.ZERO,
            Duration.ofSeconds(3),
            Duration.ZERO,
            Duration.ofMinutes(1),
            Duration.ofMinutes(1),
            Duration.ZERO);

    private static final SessionLimits PROBING = SessionLimits.brief(
            Duration.ofSeconds(2), Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(3));

    /** Of a command that asks or says something small. */
    private static final SessionLimits COMMAND = SessionLimits.brief(
            Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofSeconds(40));

    private final DataSourceFactory pool;
    private final OpenSockets sockets;
    private final @Nullable EmbeddedDatabase embedded;
    private final List<DataSourceProxy> pools = new CopyOnWriteArrayList<>();

    private OpenDatabase(DataSourceFactory pool, OpenSockets sockets, @Nullable EmbeddedDatabase embedded) {
        this.pool = pool;
        this.sockets = sockets;
        this.embedded = embedded;
    }

    static OpenDatabase embedded(DataSourceFactory pool, OpenSockets sockets, EmbeddedDatabase embedded) {
        OpenDatabase database = new OpenDatabase(pool, sockets, embedded);
        embedded.whenMoved(() -> database.follow(embedded.jdbcUrl()));
        return database;
    }

    /** New connections go to the new url; those to the old one are dead. */
    private void follow(String jdbcUrl) {
        pool.setUrl(jdbcUrl);
        pools.forEach(built -> built.setUrl(jdbcUrl));
        LOG.warn("The database moved. {}", invitation());
    }

    static OpenDatabase connect(DataSourceFactory pool, OpenSockets sockets, Duration timeout) throws IOException {
        OpenDatabase database = new OpenDatabase(pool, sockets, null);
        long end = System.nanoTime() + timeout.toNanos();
        for (int round = 0; ; round++) {
            try {
                database.refuseWhatCannotServe();
                return database;
            } catch (SQLException e) {
                boolean unknown = HostNames.isUnknown(e);
                if (unknown || FINAL.contains(String.valueOf(e.getSQLState())) || System.nanoTime() - end > 0) {
                    throw new IOException(
                            "cannot connect to the database (DATABASE_URL) at " + database.name() + ": "
                                    + (unknown ? "its host's name does not resolve" : e.getMessage()),
                            e);
                }
                if (round % 5 == 0) {
                    LOG.warn(
                            "{} does not answer yet, waiting up to {} s: {}",
                            database.name(),
                            timeout.toSeconds(),
                            e.getMessage());
                }
                pause();
            }
        }
    }

    /** @throws IOException a server or a pooler on which Bide's promises can't hold */
    private void refuseWhatCannotServe() throws SQLException, IOException {
        try (Connection one = migrationConnection();
                Connection other = migrationConnection()) {
            int version = one.getMetaData().getDatabaseMajorVersion();
            if (version < ServerCheck.OLDEST_VERSION) {
                throw new IOException("the database at " + name() + " is PostgreSQL " + version + "; Bide needs "
                        + ServerCheck.OLDEST_VERSION + " or newer");
            }
            if (SharedSessions.between(one, other)) {
                throw new IOException("DATABASE_URL (" + name()
                        + ") leads to a pooler that gives each transaction another session (as PgBouncer"
                        + " does with pool_mode=transaction), and what keeps a node that is frozen from holding up the others"
                        + " belongs to a session. Name PostgreSQL itself, or a pool with pool_mode=session");
            }
        }
    }

    /**
     * Warns of each setting of a database that is given on which a promise of ours does not hold, and of nodes that go by another {@code failover}.
     *
     * @param nodeConnections this node holds at most
     * @param retentionDays finished timers are kept, where the database does not say it yet
     * @param failover for how long a node may be silent
     */
    public void check(int nodeConnections, int retentionDays, Duration failover) throws SQLException {
        ServerCheck check = new ServerCheck(nodeConnections, retentionDays, failover);
        try (Connection connection = DriverManager.getConnection(pool.getUrl(), properties())) {
            if (embedded == null) {
                // The settings of an embedded one are ours, and checked by whoever starts it.
                check.findings(connection).forEach(finding -> LOG.warn("The database: {}", finding));
            }
            check.otherNodes(connection).forEach(LOG::warn);
        }
    }

    /** The settings of a pool for it. */
    DataSourceFactory settings() {
        return pool;
    }

    /** The settings of a pool whose connections may be silent for long, as migrations are. */
    public DataSourceFactory migrationSettings() {
        pool.setInitializationQuery(MIGRATING.initialization());
        return pool;
    }

    /** One connection for a command that asks or says something small; to be stopped by the caller before the database is closed. */
    public ManagedDataSource forCommand(String name) {
        return pool(new MetricRegistry(), name, 1, SessionName.DEFAULT, COMMAND);
    }

    /** A new pool of so many connections, to be managed and stopped by the caller before the database is closed. */
    ManagedDataSource pool(MetricRegistry metrics, String name, int connections, String session, SessionLimits limits) {
        ManagedDataSource built = pool.build(metrics, name);
        if (built instanceof DataSourceProxy proxy) {
            proxy.setInitSQL(limits.initialization());
            proxy.getDbProperties().putIfAbsent(SOCKET_TIMEOUT, seconds(limits.socket()));
            proxy.getDbProperties().replace(SessionName.PROPERTY, SessionName.DEFAULT, session);
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

    /**
     * Brings the schema up to date, one node at a time; the others wait.
     *
     * @param patience how long it is tried again where others hold what it needs
     */
    public void migrate(Duration patience) throws SQLException, IOException {
        long end = System.nanoTime() + patience.toNanos();
        for (; ; ) {
            try (Connection connection = migrationConnection()) {
                Migrations.run(connection);
                return;
            } catch (SQLException e) {
                if (DatabaseFault.of(e) != DatabaseFault.LOCKED || System.nanoTime() - end > 0) {
                    throw e;
                }
                LOG.warn(
                        "The migrations wait for a lock that somebody holds, as a backup does; trying again for up to {} s: {}",
                        patience.toSeconds(),
                        e.getMessage());
            }
            pause();
        }
    }

    /**
     * Says whether the database is there, and measures its time for {@code clock}; to be closed before it. Where it is another server than before, what is open to that one is
     * closed.
     *
     * @throws IOException it isn't
     */
    public DatabaseProbe probe(DatabaseClock clock) throws IOException {
        return DatabaseProbe.start(
                () -> {
                    Properties properties = properties();
                    properties.put("connectTimeout", "2");
                    properties.put(SOCKET_TIMEOUT, seconds(PROBING.socket()));
                    return connect(properties, PROBING);
                },
                clock,
                this::leave);
    }

    /** Nobody waits any longer for a server that another one has taken the place of. */
    private void leave(long goneNanos) {
        LOG.warn(
                "The database is another server now, or was started anew; {} connections to the one before are closed",
                sockets.closeMadeBefore(goneNanos));
    }

    /** Not from the pool: a migration may be silent for longer than a request's statement may. */
    private Connection migrationConnection() throws SQLException {
        Properties properties = properties();
        properties.remove(SOCKET_TIMEOUT);
        return connect(properties, MIGRATING);
    }

    private Connection connect(Properties properties, SessionLimits limits) throws SQLException {
        Connection connection = DriverManager.getConnection(pool.getUrl(), properties);
        try {
            limits.apply(connection);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private static String seconds(Duration duration) {
        return Long.toString(duration.toSeconds());
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
        sockets.close();
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
