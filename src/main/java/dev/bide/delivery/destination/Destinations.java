package dev.bide.delivery.destination;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import dev.bide.delivery.address.DestinationName;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/** The destinations this node has called lately; what is said of them is forgotten after ten minutes without a call. */
public final class Destinations implements AutoCloseable {

    private static final Duration REMEMBERED = Duration.ofMinutes(10);

    private final OkHttpClient client;
    private final Threads threads;
    private final HeldLanes lanes;
    private final Destination.Waits waits;
    private final long keepAliveMillis;
    private final DestinationLimits defaults;
    private final Map<String, DestinationLimits> overrides;
    private final Cache<DestinationName, Destination> known;

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

    /** @param lanes is told which destinations are remembered */
    public Destinations(Settings settings, Threads threads, OkHttpClient client, HeldLanes lanes) {
        this.client = client;
        this.threads = threads;
        this.lanes = lanes;
        this.waits = new Destination.Waits(settings.longestPause());
        this.keepAliveMillis = settings.keepAlive().toMillis();
        this.defaults = settings.defaults();
        this.overrides = settings.named().entrySet().stream()
                .collect(Collectors.toMap(entry -> entry.getKey().toLowerCase(Locale.ROOT), Map.Entry::getValue));
        this.known = Caffeine.newBuilder()
                .maximumSize(settings.remembered())
                .expireAfterAccess(REMEMBERED)
                .executor(Runnable::run)
                .evictionListener(
                        (@Nullable DestinationName name, @Nullable Destination destination, RemovalCause cause) -> {
                            if (destination != null) {
                                lanes.forgotten(destination.name());
                                destination.close();
                            }
                        })
                .build();
    }

    public Destination of(DestinationName name) {
        return known.get(name, this::create);
    }

    /** Those whose breaker lets nothing through, or only trials. */
    List<String> open() {
        return known.asMap().values().stream()
                .filter(Destination::open)
                .map(destination -> destination.name().toString())
                .sorted()
                .toList();
    }

    int count() {
        return known.asMap().size();
    }

    private Destination create(DestinationName name) {
        DestinationLimits limits = overrides.get(name.toString());
        if (limits == null) {
            limits = overrides.getOrDefault(name.host(), defaults);
        }
        // A pool for each: OkHttp walks through all connections of a pool for each call, and locks each it looks at.
        OkHttpClient own = client.newBuilder()
                .connectionPool(new ConnectionPool(limits.maxConcurrentCalls, keepAliveMillis, TimeUnit.MILLISECONDS))
                .build();
        lanes.remembered(name);
        return new Destination(name, limits, waits, threads, own);
    }

    @Override
    public void close() {
        known.asMap().values().forEach(Destination::close);
    }
}
