package dev.bide.database;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.bide.embedded.EmbeddedDatabase;
import io.dropwizard.db.DataSourceFactory;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MaxDuration;
import io.dropwizard.validation.MinDuration;
import io.dropwizard.validation.ValidationMethod;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;

/** The {@code database} part of the configuration. Opens the database: one that is given, or the embedded one. */
public final class DatabaseConfiguration {
    private static final String JDBC = "jdbc:postgresql://";

    /** A set of many callers' items waits so long for what one of them needs; then it is written without that one, which is tried again. */
    private static final java.time.Duration LOCK_OF_OTHERS = java.time.Duration.ofMillis(100);

    /** Longer than any statement that writes a set takes on a database that is well, and shorter than anybody should wait for one that is gone. */
    private static final java.time.Duration SHORT_STATEMENT = java.time.Duration.ofSeconds(8);

    private static final java.time.Duration SHORT_SOCKET = java.time.Duration.ofSeconds(10);

    /** One of each scheduler, that of the timers and that of the upkeep. */
    private static final int CHECK_INS = 2;

    /** Longer than a partition takes to be dropped or frozen. */
    private static final java.time.Duration LONG_STATEMENT = java.time.Duration.ofMinutes(30);

    /**
     * Of a url that names several servers, of which one is primary. Each that is dead or frozen holds up a new connection for as long as its connect timeout, or until it says whether
     * it wants TLS. What the driver learned of a server is true for a short time only: one that it has just seen to be a standby may be the primary now, and would not be asked
     * for ten seconds by default.
     */
    private static final Map<String, String> OF_SEVERAL_SERVERS =
            Map.of("connectTimeout", "2", "sslResponseTimeout", "2000", "hostRecheckSeconds", "2");

    /** {@code jdbc:postgresql://host:port/name}. Default none: an embedded PostgreSQL below {@link #dataDirectory}. */
    @JsonProperty
    @Nullable
    String url;

    /** Default none: as the url says. */
    @JsonProperty
    @Nullable
    String user;

    /** Default none: as the url says. */
    @JsonProperty
    @Nullable
    String password;

    /** Where the embedded PostgreSQL keeps its programs and data. Default {@code ./data}. Not used with a url. */
    @JsonProperty
    @NotNull
    String dataDirectory = "./data";

    /**
     * Connections that this node holds at most. Default 32: a database does more with few that are busy than with many that wait for its cores. They are cut into
     * shares, so that no kind of work waits for another: a quarter for firing timers, a quarter for storing new ones, a sixth for changes by request, a tenth for the upkeep, the rest for reads.
     * Three more, which wait behind no work at all, look at the database and say that this node lives. All nodes together stay below the server's {@code max_connections}.
     */
    @JsonProperty
    @Min(12)
    @Max(1000)
    int maxConnections = 32;

    /** Connections that each share keeps when there is nothing to do. Default 4. */
    @JsonProperty
    @Min(0)
    @Max(1000)
    int minConnections = 4;

    /** How long a request waits for a free connection, and at most for a statement, before it is answered 503. Default 5s. */
    @JsonProperty
    @NotNull
    @MinDuration(value = 1, unit = TimeUnit.SECONDS)
    @MaxDuration(value = 1, unit = TimeUnit.MINUTES)
    Duration maxWaitForConnection = Duration.seconds(5);

    /** How long a start waits for a database that does not answer yet, or goes away meanwhile, or for locks that others hold while it migrates. Default 60s. */
    @JsonProperty
    @NotNull
    Duration startTimeout = Duration.seconds(60);

    /** Further properties of the PostgreSQL JDBC driver, over ours. Default none. */
    @JsonProperty
    @NotNull
    Map<String, String> properties = new LinkedHashMap<>();

    /** How long a start waits for the database. */
    public java.time.Duration startTimeout() {
        return startTimeout.toJavaDuration();
    }

    /** All that a node holds at most, with the one over which the database is looked at and those of check-ins. */
    public int allConnections() {
        return maxConnections + 1 + CHECK_INS;
    }

    /**
     * Of all connections, those for one kind of work. Each has as many as it has threads that hurry: the job stores of a node some eight, accepting
     * {@code engine.acceptWriters} of each kind and the bulk calls under way.
     */
    int connections(Share share) {
        int jobs = Math.max(3, maxConnections / 4);
        int accepting = Math.max(2, maxConnections / 4);
        int upkeep = Math.max(2, maxConnections / 10);
        int changes = Math.max(2, maxConnections / 6);
        return switch (share) {
            case JOBS -> jobs;
            case ACCEPTING -> accepting;
            case UPKEEP -> upkeep;
            case CHANGES -> changes;
            case CHECK_INS -> CHECK_INS;
            case READS -> maxConnections - jobs - accepting - upkeep - changes;
        };
    }

    /** How long a connection may do what, where {@code failover} is for how long a node may be silent. */
    SessionLimits limits(Share share, java.time.Duration failover) {
        return switch (share) {
            // Below what another request waits for the connection, so that statements that hang hold up none that comes
            // after them.
            case READS, CHANGES -> {
                java.time.Duration statement =
                        maxWaitForConnection.toJavaDuration().multipliedBy(4).dividedBy(5);
                yield SessionLimits.brief(
                        statement, statement.multipliedBy(3).dividedBy(4), failover, statement.plusSeconds(4));
            }
            case ACCEPTING -> SessionLimits.brief(SHORT_STATEMENT, LOCK_OF_OTHERS, failover, SHORT_SOCKET);
            case JOBS -> SessionLimits.brief(SHORT_STATEMENT, java.time.Duration.ofSeconds(6), failover, SHORT_SOCKET);
            // A check-in that takes longer is too late anyway; another one on another connection may not be.
            case CHECK_INS ->
                SessionLimits.brief(
                        java.time.Duration.ofSeconds(3),
                        java.time.Duration.ofSeconds(2),
                        failover,
                        java.time.Duration.ofSeconds(5));
            case UPKEEP ->
                new SessionLimits(
                        LONG_STATEMENT,
                        java.time.Duration.ofSeconds(5),
                        java.time.Duration.ZERO,
                        failover,
                        java.time.Duration.ZERO,
                        LONG_STATEMENT.plusSeconds(30));
        };
    }

    @ValidationMethod(message = "database.url must have the form jdbc:postgresql://host:port/name")
    boolean isUrlForPostgres() {
        return given(url)
                .map(text -> Driver.parseURL(text, null) != null && text.startsWith(JDBC))
                .orElse(true);
    }

    @ValidationMethod(message = "database.minConnections must not exceed database.maxConnections")
    boolean isMinWithinMax() {
        return minConnections <= maxConnections;
    }

    /**
     * Starts the embedded server if no url is given, and waits until the database takes connections.
     *
     * @throws IOException it doesn't, or can't be started; the message says why
     */
    public OpenDatabase open() throws IOException {
        Optional<String> given = given(url);
        OpenSockets sockets = OpenSockets.create();
        if (given.isPresent()) {
            DataSourceFactory pool = pool(given.get(), sockets);
            given(user).ifPresent(pool::setUser);
            given(password).ifPresent(pool::setPassword);
            return OpenDatabase.connect(pool, sockets, startTimeout.toJavaDuration());
        }
        EmbeddedDatabase embedded =
                EmbeddedDatabase.start(Path.of(given(dataDirectory).orElse("./data")));
        return OpenDatabase.embedded(pool(embedded.jdbcUrl(), sockets), sockets, embedded);
    }

    private DataSourceFactory pool(String jdbcUrl, OpenSockets sockets) {
        DataSourceFactory pool = new DataSourceFactory();
        pool.setDriverClass("org.postgresql.Driver");
        pool.setUrl(jdbcUrl);
        pool.setProperties(driverProperties(jdbcUrl, sockets.name()));
        pool.setMinSize(minConnections);
        pool.setInitialSize(minConnections);
        // Where the database restarts while a node starts: what needs a connection waits for one.
        pool.setIgnoreExceptionOnPreLoad(true);
        pool.setMaxSize(maxConnections);
        pool.setMaxWaitForConnection(maxWaitForConnection);
        pool.setRollbackOnReturn(true);
        // A connection that was idle for a second is tried before use, so that a restarted database costs no request; a
        // busy one is not, so that the hot path
        // pays nothing.
        pool.setCheckConnectionOnBorrow(true);
        pool.setValidationInterval(Duration.seconds(1));
        pool.setValidationQuery("SELECT 1");
        pool.setValidationQueryTimeout(Duration.seconds(3));
        // After a failover the nodes' connections find their way to the new primary and to replicas that were added.
        pool.setMaxConnectionAge(Duration.minutes(30));
        pool.setAutoCommentsEnabled(false);
        return pool;
    }

    /** @param sockets the name of those that are kept */
    Map<String, String> driverProperties(String jdbcUrl, String sockets) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put(SessionName.PROPERTY, SessionName.DEFAULT);
        // Batched inserts become one statement with many rows.
        all.put("reWriteBatchedInserts", "true");
        all.put("tcpKeepAlive", "true");
        all.put("connectTimeout", "5");
        if (namesSeveral(jdbcUrl)) {
            all.putAll(OF_SEVERAL_SERVERS);
        }
        // Finds a server that is gone without a word; each pool has a socket timeout besides, by its statements.
        all.put("socketFactory", KeptAliveSockets.class.getName());
        all.put("socketFactoryArg", sockets);
        all.putAll(properties);
        return all;
    }

    private static boolean namesSeveral(String jdbcUrl) {
        return jdbcUrl.substring(JDBC.length()).split("[/?]", 2)[0].contains(",");
    }

    private static Optional<String> given(@Nullable String text) {
        return Optional.ofNullable(text).filter(value -> !value.isBlank());
    }
}
