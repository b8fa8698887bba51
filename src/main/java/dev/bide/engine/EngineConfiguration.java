package dev.bide.engine;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.bide.delivery.Delivery;
import dev.bide.workflow.Database;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MaxDuration;
import io.dropwizard.validation.MinDuration;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.quartz.SchedulerException;

/** How this node works. */
public final class EngineConfiguration {
    /** A node checks in every second, and looks for silent ones as often, ms. */
    private static final long CHECK_IN_AND_LOOK = 2_000;

    /**
     * Calls to third parties under way at once on this node. Default 512. Raise it for slow third parties: calls a second times seconds a call
     * is what is needed. Threads are made on demand; on JVM 21 and later they are virtual.
     */
    @JsonProperty
    @Min(1)
    @Max(10_000)
    int threads = 512;

    /**
     * How long a node may be silent before others take its timers over. Default 5s. Shorter means quicker failover, but a node that a pause of
     * its JVM holds up for longer loses what it had in its hands: those timers are called twice.
     */
    @JsonProperty
    @MinDuration(value = 3, unit = TimeUnit.SECONDS)
    @MaxDuration(value = 10, unit = TimeUnit.MINUTES)
    Duration failover = Duration.seconds(5);

    /** Transactions that store new timers and runs at once, of each kind. Default 2. One can't use the disk while it waits for it. */
    @JsonProperty
    @Min(1)
    @Max(32)
    int acceptWriters = 2;

    /** New timers and new runs that may wait to be stored, of each kind; one more is answered 429. Default 10000. */
    @JsonProperty
    @Min(1)
    @Max(1_000_000)
    int acceptQueue = 10_000;

    /**
     * How long finished timers and runs are kept, in whole days, at most 3650. Default 30 days. Whole partitions are dropped, once their last day
     * is older by the database's clock. Waiting timers are never dropped. The first node of role {@code scheduler} writes it into the database, and
     * that holds for all; {@code retention --days} changes it.
     */
    @JsonProperty
    @MinDuration(value = 1, unit = TimeUnit.DAYS)
    @MaxDuration(value = 3650, unit = TimeUnit.DAYS)
    Duration retention = Duration.days(30);

    /**
     * How long a stopping node waits for calls under way. Default 25s: with server.shutdownGracePeriod less than the machine grants (60 s in
     * the manifests). Calls that take longer are made again by another node.
     */
    @JsonProperty
    @MinDuration(value = 0, unit = TimeUnit.SECONDS)
    Duration shutdownGrace = Duration.seconds(25);

    /** The engine of this node; not started. It fires with connections of {@code source}, which should not be the pool of {@code database}: requests could use that up. */
    public Engine build(
            Node node,
            Database database,
            DataSource source,
            Delivery delivery,
            DeliveryObserver observer,
            InstantSource clock)
            throws SchedulerException {
        return new Engine(this, node, database, source, delivery, observer, clock);
    }

    int retentionDays() {
        return (int) retention.toDays();
    }

    /** What of {@link #failover} is left when a check-in every second is taken off, ms. */
    long failoverMargin() {
        return failover.toMilliseconds() - CHECK_IN_AND_LOOK;
    }
}
