package dev.bide.ops;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.db.DataSourceFactory;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.ValidationMethod;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;

/** The {@code database} part of the configuration. Opens the database: one that is given, or the embedded one. */
public final class DatabaseConfiguration {
    private static final String JDBC = "jdbc:postgresql://";

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
     * Connections that this node holds at most, a quarter of them for firing timers and the rest for requests. Default 32: a database does
     * more with few that are busy than with many that wait for its cores. All nodes together stay below the server's {@code max_connections}.
     */
    @JsonProperty
    @Min(4)
    @Max(1000)
    int maxConnections = 32;

    /** Connections that each of the two keeps when there is nothing to do. Default 8. */
    @JsonProperty
    @Min(0)
    @Max(1000)
    int minConnections = 8;

    /** How long a request waits for a free connection before it is answered 503. Default 5s. */
    @JsonProperty
    @NotNull
    Duration maxWaitForConnection = Duration.seconds(5);

    /** How long a start waits for a database that does not answer yet. Default 60s. */
    @JsonProperty
    @NotNull
    Duration startTimeout = Duration.seconds(60);

    /** Further properties of the PostgreSQL JDBC driver, over ours. Default none. */
    @JsonProperty
    @NotNull
    Map<String, String> properties = new LinkedHashMap<>();

    /**
     * Of all connections, the job store's: a quarter. It has a handful of threads, and none of them may wait until requests give one back: a node that can't check
     * in is taken for dead.
     */
    public int connectionsForJobs() {
        return Math.max(3, maxConnections / 4);
    }

    /** The others. */
    public int connectionsForRequests() {
        return maxConnections - connectionsForJobs();
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
        if (given.isPresent()) {
            DataSourceFactory pool = pool(given.get());
            given(user).ifPresent(pool::setUser);
            given(password).ifPresent(pool::setPassword);
            return OpenDatabase.connect(pool, startTimeout.toJavaDuration());
        }
        EmbeddedDatabase embedded =
                EmbeddedDatabase.start(Path.of(given(dataDirectory).orElse("./data")));
        return OpenDatabase.embedded(pool(embedded.jdbcUrl()), embedded);
    }

    private DataSourceFactory pool(String jdbcUrl) {
        DataSourceFactory pool = new DataSourceFactory();
        pool.setDriverClass("org.postgresql.Driver");
        pool.setUrl(jdbcUrl);
        pool.setProperties(driverProperties());
        pool.setMinSize(minConnections);
        pool.setInitialSize(minConnections);
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

    private Map<String, String> driverProperties() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("ApplicationName", "bide");
        // Batched inserts become one statement with many rows.
        all.put("reWriteBatchedInserts", "true");
        all.put("tcpKeepAlive", "true");
        all.put("connectTimeout", "5");
        // Longer than any statement of ours: a connection to a database that fell silent is given up, not kept for
        // ever.
        all.put("socketTimeout", "60");
        all.putAll(properties);
        return all;
    }

    private static Optional<String> given(@Nullable String text) {
        return Optional.ofNullable(text).filter(value -> !value.isBlank());
    }
}
