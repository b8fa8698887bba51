package dev.bide.delivery.lease;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.AsyncCloseable;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The connection to Redis: one node, by Sentinel, or a Cluster. Nothing here waits, but for {@link #close}. Thread-safe. */
final class Redis implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration TOPOLOGY_EVERY = Duration.ofSeconds(5);

    /** Beyond, what is asked fails at once: nothing is to pile up before one that is frozen. */
    private static final int MOST_WAITING = 10_000;

    /** Two event loops: the least that Lettuce takes. */
    private static final int THREADS = 2;

    private final RedisUrl url;
    private final ClientResources resources = DefaultClientResources.builder()
            .ioThreadPoolSize(THREADS)
            .computationThreadPoolSize(THREADS)
            .build();
    private final @Nullable RedisClient single;
    private final @Nullable RedisClusterClient cluster;

    /** Guarded by this. */
    private @Nullable CompletableFuture<?> connecting;

    private @Nullable AsyncCloseable connection;
    private boolean closed;
    private volatile @Nullable RedisClusterAsyncCommands<String, String> commands;

    /** Why the newest attempt to connect failed. */
    private volatile @Nullable Throwable refusal;

    Redis(RedisUrl url) {
        this.url = url;
        if (url.isCluster()) {
            single = null;
            cluster = RedisClusterClient.create(resources, url.nodes());
            cluster.setOptions(options(ClusterClientOptions.builder()
                            .topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                                    .enablePeriodicRefresh(TOPOLOGY_EVERY)
                                    .enableAllAdaptiveRefreshTriggers()
                                    .adaptiveRefreshTriggersTimeout(PATIENCE)
                                    .build()))
                    .build());
        } else {
            cluster = null;
            single = RedisClient.create(resources, url.nodes().get(0));
            single.setOptions(options(ClientOptions.builder()).build());
        }
    }

    private static <B extends ClientOptions.Builder> B options(B builder) {
        builder.disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(MOST_WAITING)
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(PATIENCE)
                        .keepAlive(true)
                        .build())
                .timeoutOptions(TimeoutOptions.enabled(PATIENCE));
        return builder;
    }

    /** Begins to connect, unless it does. */
    synchronized void connect() {
        if (closed || connecting != null) {
            return;
        }
        if (cluster != null) {
            RedisClusterClient client = cluster;
            connecting = open(
                    client.refreshPartitionsAsync()
                            .thenCompose(found -> client.connectAsync(StringCodec.UTF8))
                            .toCompletableFuture(),
                    StatefulRedisClusterConnection::async);
        } else {
            connecting = open(
                    Objects.requireNonNull(single)
                            .connectAsync(StringCodec.UTF8, url.nodes().get(0))
                            .toCompletableFuture(),
                    StatefulRedisConnection::async);
        }
    }

    private <C extends AsyncCloseable> CompletableFuture<?> open(
            CompletableFuture<C> opening, Function<C, RedisClusterAsyncCommands<String, String>> asynchronous) {
        return opening.whenComplete((opened, fault) -> {
            if (fault == null) {
                opened(opened, asynchronous.apply(opened));
            } else {
                refusal = cause(fault);
            }
        });
    }

    private synchronized void opened(AsyncCloseable opened, RedisClusterAsyncCommands<String, String> asynchronous) {
        if (closed || connection != null) {
            opened.closeAsync();
            return;
        }
        connection = opened;
        commands = asynchronous;
    }

    /** Drops the connection, and opens another: one that leads to somebody frozen looks well for long. */
    synchronized void connectAnew() {
        commands = null;
        AsyncCloseable old = connection;
        connection = null;
        if (old != null) {
            old.closeAsync();
        }
        if (connecting == null || connecting.isDone()) {
            connecting = null;
            connect();
        }
    }

    boolean isConnected() {
        return commands != null;
    }

    /** Looks who is there, where that may have changed. */
    void lookAround() {
        if (cluster != null && commands != null) {
            cluster.refreshPartitionsAsync();
        }
    }

    /** @return what the script does; failed at once where there is no connection */
    CompletionStage<List<Object>> run(Script script, String key, String... arguments) {
        RedisClusterAsyncCommands<String, String> now = commands;
        if (now == null) {
            return CompletableFuture.failedFuture(new IllegalStateException("not connected", refusal));
        }
        String[] keys = {key};
        CompletionStage<List<Object>> kept = now.evalsha(script.digest(), ScriptOutputType.MULTI, keys, arguments);
        return kept.handle((answer, fault) -> fault == null
                        ? CompletableFuture.completedFuture(answer)
                        : cause(fault) instanceof RedisNoScriptException
                                ? now.<List<Object>>eval(script.text(), ScriptOutputType.MULTI, keys, arguments)
                                        .toCompletableFuture()
                                : CompletableFuture.<List<Object>>failedFuture(fault))
                .thenCompose(Function.identity());
    }

    static Throwable cause(Throwable fault) {
        Throwable cause = fault.getCause();
        return fault instanceof CompletionException && cause != null ? cause : fault;
    }

    @Override
    public String toString() {
        return url.toString();
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            commands = null;
        }
        if (cluster != null) {
            cluster.shutdownAsync(0, 1, TimeUnit.SECONDS);
        }
        if (single != null) {
            single.shutdownAsync(0, 1, TimeUnit.SECONDS);
        }
        resources.shutdown(0, 1, TimeUnit.SECONDS);
    }
}
