package dev.bide.delivery.lease;

import dev.bide.delivery.address.DestinationName;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leases, by a Redis that the workers of a cluster have in common. What it may give out together is the sum of the shares of those workers that go by leases: each says so,
 * there, some times a second, and one that can't, or that goes by its share for whatever destination, is left out. So also where some reach Redis and some don't, all of
 * them together have no more than the limit. Thread-safe.
 */
public final class Leases implements Lessor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Leases.class);

    private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long TURN_MILLIS = 25;
    private static final long BEAT = 250 * MILLISECOND;

    /** For so long a worker is known to go by leases. */
    private static final long KNOWN = 1_000 * MILLISECOND;

    /** A connection of which nothing has come for so long is dropped. */
    private static final long DEAD = 5_000 * MILLISECOND;

    private static final long TRIED_EVERY = 1_000 * MILLISECOND;

    /** What is so for less is not worth a line of the log. */
    private static final long WORTH_TELLING = 1_000 * MILLISECOND;

    private static final Script LEASE = Script.of("lease.lua");
    private static final Script WORKERS = Script.of("workers.lua");

    /** Who shares. */
    private record Sharing(String nodeId, List<String> members) {}

    private final Redis redis;
    private final Supplier<String> cluster;
    private final Set<Tenant> active = ConcurrentHashMap.newKeySet();
    private final LongAdder answered = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread own = new Thread(work, "leases");
        own.setDaemon(true);
        return own;
    });

    private volatile Sharing sharing = new Sharing("", List.of());
    private volatile Set<String> leasing = Set.of();

    /** When the newest answer was asked for that says who is leasing; before that, nobody is known to. */
    private volatile long knownAt = System.nanoTime() - KNOWN;

    private volatile @Nullable Throwable lastFault;
    private volatile boolean away;
    private volatile boolean started;

    /** Those that follow are of the thread alone. */
    private long beatAt = knownAt;

    private long connectedAt = System.nanoTime();
    private long lookedAroundAt = connectedAt;
    private long turnedAt = connectedAt;
    private boolean told;

    /**
     * @param url of Redis, whose text is in no message
     * @param cluster a name that all nodes of this cluster have, and no other; asked once there is something to lease
     * @throws IllegalArgumentException where it is no url of a Redis
     */
    public Leases(String url, Supplier<String> cluster) {
        this.redis = new Redis(RedisUrl.of(url));
        this.cluster = cluster;
    }

    /**
     * One destination's, to be closed once it is forgotten.
     *
     * @param lane of the destination
     * @param underWay calls to it
     * @param changed is run whenever what it holds is another, under no lock
     */
    public Lease of(DestinationName name, IntSupplier lane, IntSupplier underWay, Runnable changed) {
        return new Lease(name, this, lane, underWay, changed);
    }

    /** Leases only where this node is one of the members. @param members in order of name */
    public synchronized void members(String nodeId, List<String> members) {
        if (!sharing.members().equals(members)) {
            sharing = new Sharing(nodeId, List.copyOf(members));
        }
        if (!started && members.contains(nodeId)) {
            started = true;
            redis.connect();
            thread.scheduleWithFixedDelay(this::turn, 0, TURN_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    public LeaseFigures figures() {
        return new LeaseFigures(answered.sum(), failed.sum(), away);
    }

    private void turn() {
        try {
            long now = now();
            active.forEach(Tenant::turn);
            if (now - beatAt >= BEAT) {
                beatAt = now;
                beat(now);
            }
            mend(now);
            tell(now);
        } catch (RuntimeException | Error e) {
            LOG.warn("Leasing failed, and goes on: {}", e.toString());
        }
    }

    /** Says that this node goes by leases, and hears who else does. */
    private void beat(long now) {
        boolean well = active.stream().noneMatch(Tenant::isAway);
        redis.run(
                        WORKERS,
                        "bide:" + cluster.get() + ":{workers}",
                        nodeId(),
                        well ? "1" : "0",
                        Long.toString(KNOWN / MILLISECOND))
                .whenComplete((names, fault) -> {
                    if (fault == null && now() - now < Lease.PATIENCE) {
                        leasing = names.stream().map(String::valueOf).collect(Collectors.toUnmodifiableSet());
                        knownAt = now;
                        answered();
                    } else {
                        failed(fault);
                    }
                });
    }

    private void mend(long now) {
        if (lost(now) && now - lookedAroundAt > TimeUnit.SECONDS.toNanos(1)) {
            lookedAroundAt = now;
            redis.lookAround();
        }
        if (!up() && now - connectedAt > (redis.isConnected() ? DEAD : TRIED_EVERY)) {
            connectedAt = now;
            redis.connectAnew();
        }
    }

    private boolean lost(long now) {
        return now - knownAt > BEAT + KNOWN / 2 || active.stream().anyMatch(Tenant::isAway);
    }

    private void tell(long now) {
        boolean lost = lost(now);
        if (lost == told) {
            turnedAt = now;
        }
        away = lost;
        if (now - turnedAt > WORTH_TELLING) {
            told = lost;
            if (lost) {
                Throwable fault = lastFault;
                LOG.warn(
                        "Redis at {} does not answer, limits are shared out by who lives until it does: {}",
                        redis,
                        fault == null ? "no answer in time" : words(fault));
            } else {
                LOG.info("Redis at {} answers, limits are leased", redis);
            }
        }
    }

    private static String words(Throwable fault) {
        Throwable cause = fault;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.toString();
    }

    @Override
    public long now() {
        return System.nanoTime();
    }

    @Override
    public boolean up() {
        return now() - knownAt < KNOWN;
    }

    @Override
    public void add(Tenant tenant) {
        active.add(tenant);
    }

    @Override
    public void remove(Tenant tenant) {
        active.remove(tenant);
    }

    @Override
    public boolean isOn() {
        return started;
    }

    @Override
    public void answered() {
        answered.increment();
    }

    @Override
    public void failed(@Nullable Throwable fault) {
        failed.increment();
        lastFault = fault == null ? null : Redis.cause(fault);
    }

    @Override
    public String nodeId() {
        return sharing.nodeId();
    }

    @Override
    public CompletionStage<List<Object>> ask(DestinationName name, String... arguments) {
        return redis.run(LEASE, "bide:" + cluster.get() + ":{" + name + "}", arguments);
    }

    @Override
    public int share(int whole, int lane) {
        Sharing now = sharing;
        return ClusterShare.View.of(now.nodeId(), now.members()).of(whole, lane);
    }

    @Override
    public int pool(int whole, int lane) {
        Sharing now = sharing;
        Set<String> leasers = new HashSet<>(up() ? leasing : Set.of());
        leasers.add(now.nodeId());
        return now.members().stream()
                .filter(leasers::contains)
                .mapToInt(member -> ClusterShare.View.of(member, now.members()).of(whole, lane))
                .sum();
    }

    @Override
    public void close() {
        thread.shutdownNow();
        redis.close();
    }
}
