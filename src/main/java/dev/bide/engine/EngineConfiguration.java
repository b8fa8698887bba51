package dev.bide.engine;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.bide.delivery.Delivery;
import dev.bide.trace.Traces;
import dev.bide.workflow.store.Database;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.DataSizeUnit;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MaxDuration;
import io.dropwizard.validation.MinDataSize;
import io.dropwizard.validation.MinDuration;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.quartz.SchedulerException;

/** How this node works. */
public final class EngineConfiguration {
    /** A node checks in every second, and looks for silent ones as often, ms. */
    private static final long CHECK_IN_AND_LOOK_MILLIS = 2_000;

    private static final int SHARE_IN_HAND = 8;

    /**
     * Calls to third parties under way at once on this node. Default 512. Raise it for slow third parties: calls a second times seconds a call
     * is what is needed. Destinations that take longer than a second share half of them, those that never answered an eighth. Threads are made on demand; on
     * JVM 21 and later they are virtual.
     */
    @JsonProperty
    @Min(1)
    @Max(10_000)
    int threads = 512;

    /**
     * How long a node may be silent before others take its timers over. Default 5s. Shorter means quicker failover, but a node that a pause of
     * its JVM holds up for longer loses what it had in its hands: those timers are called twice. The same on all nodes: each stops acting by its
     * own, and judges the others by it.
     */
    @JsonProperty
    @MinDuration(value = 3, unit = TimeUnit.SECONDS)
    @MaxDuration(value = 10, unit = TimeUnit.MINUTES)
    Duration failover = Duration.seconds(5);

    /**
     * The memory for what is called right now: inputs of runs and bodies. Default none: an eighth of the heap. Half of it is for the calls of
     * all threads, which so may have some kilobytes each (at most 16 KiB) and are read together; the other half for larger ones, each of which
     * is read by itself when there is room for six times its size, or put off without an attempt. One destination may have a quarter of that half.
     * Raise it where many calls are large, or slow.
     */
    @JsonProperty
    @Nullable
    @MinDataSize(value = 1, unit = DataSizeUnit.MEBIBYTES)
    DataSize inHandSize;

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

    /** Calls to third parties under way at once, at most. */
    public int threads() {
        return threads;
    }

    /** The engine of this node; not started. {@code clock} should be one for all nodes: it says what is due. */
    public Engine build(
            Node node,
            Databases databases,
            Delivery delivery,
            DeliveryObserver observer,
            InstantSource clock,
            NoticesConfiguration.Settings notices,
            Traces traces)
            throws SchedulerException {
        return new Engine(settings(), node, databases, delivery, observer, clock, notices.settings(), traces);
    }

    /** The same where nobody is told of anything but by channels of the database, and nothing is traced. */
    public Engine build(
            Node node, Databases databases, Delivery delivery, DeliveryObserver observer, InstantSource clock)
            throws SchedulerException {
        return build(node, databases, delivery, observer, clock, NoticesConfiguration.Settings.NONE, Traces.OFF);
    }

    /** The same where all connections are alike. */
    public Engine build(
            Node node,
            Database database,
            DataSource source,
            Delivery delivery,
            DeliveryObserver observer,
            InstantSource clock)
            throws SchedulerException {
        return build(
                node, new Databases(database, database, database, database, source, source), delivery, observer, clock);
    }

    /** What this node's configuration says; what the cluster keeps stands in the database. */
    public int retentionDays() {
        return (int) retention.toDays();
    }

    /** How long a node may be silent before others take its timers over. */
    public java.time.Duration failover() {
        return failover.toJavaDuration();
    }

    private Engine.Settings settings() {
        return new Engine.Settings(
                threads,
                retentionDays(),
                shutdownGrace.toJavaDuration(),
                failoverMargin(),
                inHandBytes(),
                acceptWriters,
                acceptQueue);
    }

    long inHandBytes() {
        return inHandSize == null ? Runtime.getRuntime().maxMemory() / SHARE_IN_HAND : inHandSize.toBytes();
    }

    /** What of {@link #failover} is left when a check-in every second is taken off, ms. */
    long failoverMargin() {
        return failover.toMilliseconds() - CHECK_IN_AND_LOOK_MILLIS;
    }
}
