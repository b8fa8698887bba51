package dev.bide.database;

import com.codahale.metrics.MetricRegistry;
import io.dropwizard.db.ManagedDataSource;
import io.dropwizard.lifecycle.setup.LifecycleEnvironment;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.apache.tomcat.jdbc.pool.DataSourceProxy;

/** A node's pools, one for each {@link Share} of its connections. */
public final class Pools {
    private final Map<Share, ManagedDataSource> pools = new EnumMap<>(Share.class);

    private Pools() {}

    /**
     * Makes them, to be started and stopped with {@code lifecycle}.
     *
     * @param failover for how long a node may be silent before others take its work over: no transaction is left open for longer
     */
    public static Pools open(
            OpenDatabase database,
            DatabaseConfiguration configuration,
            Duration failover,
            MetricRegistry metrics,
            LifecycleEnvironment lifecycle) {
        Pools pools = new Pools();
        for (Share share : Share.values()) {
            ManagedDataSource pool = database.pool(
                    metrics,
                    share.pool(),
                    configuration.connections(share),
                    SessionName.of(failover),
                    configuration.limits(share, failover));
            lifecycle.manage(pool);
            pools.pools.put(share, pool);
        }
        return pools;
    }

    /** For reading by request: no statement takes longer than a request waits for a connection. */
    public DataSource reads() {
        return of(Share.READS);
    }

    /** For changing by request: the same. */
    public DataSource changes() {
        return of(Share.CHANGES);
    }

    /** For storing new timers and runs. */
    public DataSource accepting() {
        return of(Share.ACCEPTING);
    }

    /** For the job stores. */
    public DataSource jobs() {
        return of(Share.JOBS);
    }

    /** For the job stores' check-ins. */
    public DataSource checkIns() {
        return of(Share.CHECK_INS);
    }

    /** For what runs in the background, and may take minutes. */
    public DataSource upkeep() {
        return of(Share.UPKEEP);
    }

    /** Connections of all pools that somebody has. */
    public int inUse() {
        return pools.values().stream()
                .mapToInt(pool -> pool instanceof DataSourceProxy proxy ? proxy.getActive() : 0)
                .sum();
    }

    private DataSource of(Share share) {
        return Objects.requireNonNull(pools.get(share));
    }
}
