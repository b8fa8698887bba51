package dev.bide.delivery.destination;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.bide.delivery.address.DestinationName;
import dev.bide.delivery.lease.ClusterShare;
import dev.bide.delivery.lease.LeaseFigures;
import dev.bide.delivery.lease.Leases;
import dev.bide.delivery.lease.Shares;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/** The destinations this node has called lately; what is said of them is forgotten after ten minutes without a call. */
public final class Destinations implements AutoCloseable {

    private static final Duration REMEMBERED = Duration.ofMinutes(10);

    /** Of calls to one destination at once, the most that can be set. */
    private static final int MOST_CONNECTIONS = 100_000;

    private final OkHttpClient client;
    private final Threads threads;
    private final HeldLanes lanes;
    private final Destination.Waits waits;
    private final long keepAliveMillis;
    private final DestinationLimits defaults;
    private final Map<String, DestinationLimits> overrides;
    private final Cache<DestinationName, Destination> known;
    private final @Nullable Leases leases;
    private final Shares shares = new Shares(System::nanoTime);
    private final long since;
    private volatile Directives directives = Directives.NONE;

    /**
     * What is known of destinations before any is called.
     *
     * @param defaults of each that {@code named} does not have
     * @param named by host, or by host and port, which wins
     * @param remembered at most so many; those unused longest are forgotten
     * @param keepAlive how long a connection may lie idle
     * @param longestPause for how long at most one is left alone because it asked for it
     */
    public record Settings(
            DestinationLimits defaults,
            Map<String, DestinationLimits> named,
            int remembered,
            Duration keepAlive,
            Duration longestPause) {}

    /**
     * @param lanes is told which destinations are remembered
     * @param leases null where limits are shared out by who lives
     */
    public Destinations(
            Settings settings, Threads threads, OkHttpClient client, HeldLanes lanes, @Nullable Leases leases) {
        this(settings, threads, client, lanes, leases, Ticker.systemTicker());
    }

    /** @param ticker by which those that are unused are forgotten */
    Destinations(
            Settings settings,
            Threads threads,
            OkHttpClient client,
            HeldLanes lanes,
            @Nullable Leases leases,
            Ticker ticker) {
        this.leases = leases;
        this.client = client;
        this.threads = threads;
        this.lanes = lanes;
        this.since = System.nanoTime();
        this.waits = new Destination.Waits(settings.longestPause());
        this.keepAliveMillis = settings.keepAlive().toMillis();
        this.defaults = settings.defaults();
        this.overrides = settings.named().entrySet().stream()
                .collect(Collectors.toMap(entry -> entry.getKey().toLowerCase(Locale.ROOT), Map.Entry::getValue));
        this.known = Caffeine.newBuilder()
                .maximumSize(settings.remembered())
                .expireAfterAccess(REMEMBERED)
                .ticker(ticker)
                .executor(Runnable::run)
                .evictionListener(
                        (@Nullable DestinationName name, @Nullable Destination destination, RemovalCause cause) -> {
                            if (destination != null) {
                                destination.close();
                                lanes.forgotten(destination.name());
                            }
                        })
                .build();
    }

    public Destination of(DestinationName name) {
        Destination destination = known.get(name, this::create);
        // One that was made while others were told would not know; and who tells it what has just changed looks again.
        while (!destination.obeys(directives)) {
            destination.obey(directives);
        }
        return destination;
    }

    /**
     * What is set for destinations, from now on: for those that are known, and for those that will be.
     *
     * @return those that are not paused any more
     */
    public synchronized List<Destination> obey(Collection<Directive> set) {
        return obey(Directives.of(set, directives.share()));
    }

    /** Holds this node's share of all limits. @param members in order of name */
    public synchronized void share(String nodeId, List<String> members) {
        ClusterShare share = shares.look(nodeId, members);
        if (share != directives.share()) {
            obey(directives.with(share));
        }
        if (leases != null) {
            leases.members(nodeId, members);
        }
    }

    private List<Destination> obey(Directives next) {
        Directives before = directives;
        if (before.equals(next)) {
            return List.of();
        }
        directives = next;
        known.asMap().values().forEach(destination -> destination.obey(next));
        // One whose time is over is told of nothing, and would have its lane held by what it was told before.
        known.cleanUp();
        return before.paused().stream()
                .filter(name -> !next.paused().contains(name))
                .map(this::of)
                .toList();
    }

    /** Those that are paused. */
    public Set<DestinationName> paused() {
        return directives.paused();
    }

    /** What is configured for this one. */
    public DestinationLimits configured(DestinationName name) {
        DestinationLimits limits = overrides.get(name.toString());
        return limits == null ? overrides.getOrDefault(name.host(), defaults) : limits;
    }

    /** Those that were called, or would have been, in the last minute, or whose timers are held; the busiest of them, at most so many. */
    public List<DestinationFigures> figures(int most) {
        return known.asMap().values().stream()
                .map(destination -> destination.figures(since, lanes.holds(destination.name())))
                .filter(figures -> calls(figures) > 0 || figures.inFlight() > 0 || figures.held())
                .sorted(Comparator.comparingInt(Destinations::calls).reversed())
                .limit(most)
                .toList();
    }

    private static int calls(DestinationFigures figures) {
        return figures.delivered()
                + figures.retryable()
                + figures.refused()
                + figures.deferred().values().stream()
                        .mapToInt(Integer::intValue)
                        .sum();
    }

    /** Those whose breaker lets nothing through, or only trials. */
    List<String> open() {
        return known.asMap().values().stream()
                .filter(Destination::open)
                .map(destination -> destination.name().toString())
                .sorted()
                .toList();
    }

    LeaseFigures leases() {
        return leases == null ? LeaseFigures.NONE : leases.figures();
    }

    int count() {
        return known.asMap().size();
    }

    private Destination create(DestinationName name) {
        DestinationLimits limits = configured(name);
        // A pool for each: OkHttp walks through all connections of a pool for each call, and locks each it looks at. It
        // keeps
        // what is idle, however much that is: no more than there were calls a moment ago, whose number may be set anew.
        OkHttpClient own = client.newBuilder()
                .connectionPool(new ConnectionPool(MOST_CONNECTIONS, keepAliveMillis, TimeUnit.MILLISECONDS))
                .build();
        lanes.remembered(name);
        return new Destination(name, limits, waits, threads, own, () -> lanes.lane(name), leases);
    }

    @Override
    public void close() {
        known.asMap().values().forEach(Destination::close);
        if (leases != null) {
            leases.close();
        }
    }
}
