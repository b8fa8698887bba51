package dev.bide.delivery;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import okhttp3.Dns;
import org.jspecify.annotations.Nullable;

/**
 * Looks up names on threads of its own, because a lookup can't be told to stop: who waits for one waits only as long as
 * he wants. What was found is kept for ten seconds
 * (that nothing was found, for one), so that what was checked is what is connected to; and for ten minutes
 * in case the next lookup fails or hangs, be it because others fill the threads (RFC 8767).
 */
final class HostResolver implements AutoCloseable {

    private static final int THREADS = 32;
    private static final int QUEUE = 1_000;
    private static final int HOSTS_KEPT = 10_000;
    private static final Duration FRESH = Duration.ofSeconds(10);
    private static final Duration NOTHING_FRESH = Duration.ofSeconds(1);
    private static final Duration USABLE = Duration.ofMinutes(10);
    private static final Duration WAIT_WHERE_USABLE = Duration.ofMillis(500);

    /** With this many lookups under way, storing an action no longer waits for one. */
    private static final int BUSY = 8;

    private final Dns dns;
    private final AddressGuard guard;
    private final ThreadPoolExecutor threads;
    private final AsyncCache<String, Found> fresh;
    private final Cache<String, Found> usable;

    /** @param refusal of the first address; null where {@code allowed} holds any */
    private record Found(
            List<InetAddress> allowed, @Nullable String refusal) {

        /** Of a name that has no address. */
        static final Found NOTHING = new Found(List.of(), null);

        boolean nothing() {
            return allowed.isEmpty() && refusal == null;
        }
    }

    HostResolver(Dns dns, AddressGuard guard) {
        this.dns = dns;
        this.guard = guard;
        this.threads = new ThreadPoolExecutor(
                THREADS, THREADS, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(QUEUE), task -> {
                    Thread thread = new Thread(task, "delivery-dns");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        this.fresh = Caffeine.newBuilder()
                .expireAfter(Expiry.creating((String host, Found found) -> found.nothing() ? NOTHING_FRESH : FRESH))
                .maximumSize(HOSTS_KEPT)
                .executor(Runnable::run)
                .buildAsync();
        this.usable = Caffeine.newBuilder()
                .expireAfterWrite(USABLE)
                .maximumSize(HOSTS_KEPT)
                .executor(Runnable::run)
                .build();
    }

    /**
     * The addresses of a host that may be called, at least one.
     *
     * @throws BlockedAddressException where none of its addresses may be called
     * @throws UnknownHostException where it has none, or none was found in time
     * @throws InterruptedException with the lookup going on
     */
    List<InetAddress> addresses(String host, Duration wait) throws IOException, InterruptedException {
        Found found = find(host, wait);
        if (found.refusal() != null) {
            throw new BlockedAddressException(found.refusal());
        }
        return found.allowed();
    }

    /** Why a host may not be called, as far as can be told soon; a name that nobody knows may be known tomorrow. */
    Optional<String> refusal(String host, Duration wait) {
        try {
            Found found = find(host, threads.getActiveCount() < BUSY ? wait : Duration.ZERO);
            return Optional.ofNullable(found.refusal());
        } catch (UnknownHostException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private Found find(String host, Duration wait) throws UnknownHostException, InterruptedException {
        Found before = usable.getIfPresent(host);
        Duration patience = before != null && wait.compareTo(WAIT_WHERE_USABLE) > 0 ? WAIT_WHERE_USABLE : wait;
        String failure;
        try {
            Found found = fresh.get(host, (key, executor) -> lookup(key)).get(patience.toNanos(), TimeUnit.NANOSECONDS);
            if (!found.nothing()) {
                return found;
            }
            failure = "no address found for " + host;
        } catch (TimeoutException e) {
            failure = "no answer from DNS for " + host;
        } catch (RejectedExecutionException e) {
            failure = "too many lookups under way to look up " + host;
        } catch (ExecutionException e) {
            throw new IllegalStateException("looking up " + host, e);
        }
        if (before == null) {
            throw new UnknownHostException(failure);
        }
        return before;
    }

    private CompletableFuture<Found> lookup(String host) {
        Optional<IpLiteral> literal = IpLiteral.parse(host);
        return literal.isPresent()
                ? CompletableFuture.completedFuture(
                        check(host, List.of(literal.get().address())))
                : CompletableFuture.supplyAsync(() -> ask(host), threads);
    }

    private Found ask(String name) {
        try {
            Found found = check(name, dns.lookup(name));
            usable.put(name, found);
            return found;
        } catch (UnknownHostException | RuntimeException e) {
            return Found.NOTHING;
        }
    }

    private Found check(String host, List<InetAddress> addresses) {
        List<InetAddress> allowed = addresses.stream().filter(guard::allows).toList();
        String refusal = null;
        if (allowed.isEmpty()) {
            refusal = addresses.stream()
                    .findFirst()
                    .flatMap(guard::refusal)
                    .map(why -> host + ": " + why)
                    .orElse(null);
        }
        return new Found(allowed, refusal);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
