package dev.bide.delivery;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import okhttp3.Dns;

/**
 * Looks up names on threads of its own, because a lookup can't be told to stop: who waits for one waits only as long as
 * he wants. A name's addresses are kept for ten seconds, so that what was checked is what is connected to.
 */
final class HostResolver implements AutoCloseable {

    private static final int THREADS = 32;
    private static final int QUEUE = 1_000;
    private static final Duration KEPT = Duration.ofSeconds(10);
    private static final int NAMES_KEPT = 10_000;

    /** With this many lookups under way, storing an action no longer waits for one. */
    private static final int BUSY = 8;

    private final Dns dns;
    private final AddressGuard guard;
    private final ThreadPoolExecutor threads;
    private final AsyncCache<String, List<InetAddress>> names;

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
        this.names = Caffeine.newBuilder()
                .expireAfterWrite(KEPT)
                .maximumSize(NAMES_KEPT)
                .executor(Runnable::run)
                .buildAsync();
    }

    /**
     * The addresses of a host that may be called, at least one.
     *
     * @throws BlockedAddressException where none of its addresses may be called
     * @throws UnknownHostException where it has none, or none was found in time
     * @throws InterruptedException with the lookup going on
     */
    List<InetAddress> addresses(String host, Duration wait) throws IOException, InterruptedException {
        List<InetAddress> all = lookup(host, wait);
        List<InetAddress> allowed = all.stream().filter(guard::allows).toList();
        if (allowed.isEmpty()) {
            throw new BlockedAddressException(
                    guard.refusal(all.get(0)).map(why -> host + ": " + why).orElse(host));
        }
        return allowed;
    }

    /** Why a name may not be called, as far as can be told soon; a name that nobody knows may be known tomorrow. */
    Optional<String> refusal(String host, Duration wait) {
        try {
            addresses(host, threads.getActiveCount() < BUSY ? wait : Duration.ZERO);
            return Optional.empty();
        } catch (BlockedAddressException e) {
            return Optional.ofNullable(e.getMessage());
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private List<InetAddress> lookup(String host, Duration wait) throws IOException, InterruptedException {
        Optional<IpLiteral> literal = IpLiteral.parse(host);
        if (literal.isPresent()) {
            return List.of(literal.get().address());
        }
        try {
            return names.get(
                            host.toLowerCase(Locale.ROOT),
                            (name, executor) -> CompletableFuture.supplyAsync(() -> ask(name), threads))
                    .get(wait.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new UnknownHostException("no answer from DNS for " + host);
        } catch (RejectedExecutionException e) {
            throw new UnknownHostException("too many lookups under way to look up " + host);
        } catch (ExecutionException e) {
            throw new UnknownHostException("no address found for " + host);
        }
    }

    private List<InetAddress> ask(String name) {
        try {
            List<InetAddress> addresses = dns.lookup(name);
            if (addresses.isEmpty()) {
                throw new UnknownHostException(name);
            }
            return List.copyOf(addresses);
        } catch (UnknownHostException e) {
            throw new CompletionException(e);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
