package dev.bide.delivery.address;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.bide.delivery.address.Lookups.Lookup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.Security;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import okhttp3.Dns;
import org.jspecify.annotations.Nullable;

/**
 * Looks up names on threads of its own, because a lookup can't be told to stop: who waits for one waits only as long as he wants. What was found is kept for ten
 * seconds (that nothing was found, for one), so that what was checked is what is connected to. Beyond, it serves while the next lookup fails: for a day where nobody
 * answers, be it because others fill the threads (RFC 8767), for ten minutes where the answer is that there is no such name.
 */
public final class HostResolver implements AutoCloseable {

    /** In a failure's message where it is not the name's: nobody answered. In lower case. */
    public static final String NO_RESOLVER = "the resolver does not answer";

    /** What the C library says, and Java after it, where no name server answers; it says something else where they answer that there is no such name. */
    private static final String TEMPORARY = "temporary failure in name resolution";

    private static final int HOSTS_KEPT = 10_000;
    private static final Duration FRESH = Duration.ofSeconds(10);
    private static final Duration NOTHING_FRESH = Duration.ofSeconds(1);
    private static final Duration USABLE = Duration.ofDays(1);
    private static final long USABLE_IF_DENIED_NANOS = Duration.ofMinutes(10).toNanos();

    /** For a lookup that has not begun, and for one whose answer can be done without. */
    private static final long PATIENCE_NANOS = Duration.ofMillis(500).toNanos();

    /** With this many lookups under way, storing an action no longer waits for one. */
    private static final int BUSY = 8;

    /** Names that one request looks up at once: a quarter of the threads. */
    private static final int AT_ONCE = 8;

    private final Dns dns;
    private final AddressGuard guard;
    private final Ticker ticker;
    private final Lookups lookups = new Lookups();
    private final AsyncCache<String, Found> fresh;
    private final Cache<String, Found> usable;

    /**
     * @param refusal of the first address; null where {@code allowed} holds any
     * @param nothing why there is no address; null where there is one
     * @param at by the ticker
     */
    private record Found(
            List<InetAddress> allowed,
            @Nullable String refusal,
            @Nullable String nothing,
            long at) {}

    /** Of a lookup that never began. */
    private static final Found NOT_BEGUN = new Found(List.of(), null, "not looked up", 0);

    /** The lookup has not begun: too many others are under way. */
    public static final class NoPlaceException extends UnknownHostException {
        NoPlaceException(String host) {
            super("too many lookups under way to look up " + host);
        }
    }

    /**
     * Java keeps failures of names for ten seconds of its own, and says of a kept one no more than the name: whether anybody had answered can't be told any more. They
     * are kept here, for one. Java reads this at its first lookup of all, so a process says it as it starts.
     */
    public static void keepNoFailuresOfNames() {
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
    }

    public HostResolver(Dns dns, AddressGuard guard) {
        this(dns, guard, Ticker.systemTicker());
    }

    HostResolver(Dns dns, AddressGuard guard, Ticker ticker) {
        keepNoFailuresOfNames();
        this.dns = dns;
        this.guard = guard;
        this.ticker = ticker;
        this.fresh = Caffeine.newBuilder()
                .expireAfter(
                        Expiry.creating((String host, Found found) -> found.nothing() != null ? NOTHING_FRESH : FRESH))
                .maximumSize(HOSTS_KEPT)
                .ticker(ticker)
                .executor(Runnable::run)
                .buildAsync();
        this.usable = Caffeine.newBuilder()
                .expireAfterWrite(USABLE)
                .maximumSize(HOSTS_KEPT)
                .ticker(ticker)
                .executor(Runnable::run)
                .build();
    }

    /**
     * The addresses of a host that may be called, at least one.
     *
     * @throws BlockedAddressException where none of its addresses may be called
     * @throws NoPlaceException where nobody could be asked
     * @throws UnknownHostException where it has none, or none was found in time
     * @throws InterruptedException with the lookup going on
     */
    public List<InetAddress> addresses(String host, Duration wait) throws IOException, InterruptedException {
        Found found = find(host, wait);
        if (found.refusal() != null) {
            throw new BlockedAddressException(found.refusal());
        }
        return found.allowed();
    }

    /**
     * Of those among {@code hosts} that may not be called, why not, as far as can be told within {@code wait} for all together; a name that nobody knows may be known
     * tomorrow. A few are looked up at once. Those whose turn has not come when the time is over are not; what is known of them counts.
     */
    public Map<String, String> refusals(Collection<String> hosts, Duration wait) {
        long end = System.nanoTime() + (lookups.busy() < BUSY ? wait.toNanos() : 0);
        List<String> names = List.copyOf(hosts);
        Map<String, String> refusals = new HashMap<>();
        int begun = 0;
        for (int i = 0; i < names.size(); i++) {
            long left = Math.max(0, end - System.nanoTime());
            while (begun < Math.min(names.size(), i + AT_ONCE) && (begun < AT_ONCE || left > 0)) {
                begin(names.get(begun));
                begun++;
            }
            String host = names.get(i);
            Found found = i < begun ? foundWithin(host, Duration.ofNanos(left)) : usable.getIfPresent(host);
            if (found != null && found.refusal() != null) {
                refusals.put(host, found.refusal());
            }
        }
        return refusals;
    }

    private void begin(String host) {
        try {
            pending(host, usable.getIfPresent(host) != null);
        } catch (RejectedExecutionException e) {
            // Who waits for it finds the same.
        }
    }

    private @Nullable Found foundWithin(String host, Duration wait) {
        try {
            return find(host, wait);
        } catch (UnknownHostException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    private Found find(String host, Duration wait) throws UnknownHostException, InterruptedException {
        Found before = usable.getIfPresent(host);
        Found found;
        try {
            found = await(host, wait, before != null);
        } catch (UnknownHostException e) {
            if (before == null) {
                throw e;
            }
            return before;
        }
        String nothing = found.nothing();
        if (nothing == null) {
            return found;
        }
        boolean denied = !nothing.contains(NO_RESOLVER);
        if (before == null || (denied && ticker.read() - before.at() > USABLE_IF_DENIED_NANOS)) {
            throw new UnknownHostException(nothing);
        }
        return before;
    }

    /** @param dispensable whether there is an older answer */
    private Found await(String host, Duration wait, boolean dispensable)
            throws UnknownHostException, InterruptedException {
        long patience = wait.toNanos();
        long first = Math.min(patience, PATIENCE_NANOS);
        try {
            CompletableFuture<Found> pending = pending(host, dispensable);
            Found found = dispensable && pending instanceof Lookup<Found> lookup
                    // Who comes while it has gone on for long already need not find out by himself.
                    ? pending.get(Math.max(0, first - lookup.age()), TimeUnit.NANOSECONDS)
                    : await(pending, host, first, patience - first);
            if (found == NOT_BEGUN) {
                throw new NoPlaceException(host);
            }
            return found;
        } catch (TimeoutException e) {
            throw new UnknownHostException("no answer from DNS for " + host);
        } catch (RejectedExecutionException e) {
            throw new NoPlaceException(host);
        } catch (ExecutionException e) {
            throw new IllegalStateException("looking up " + host, e);
        }
    }

    private static Found await(CompletableFuture<Found> pending, String host, long first, long then)
            throws NoPlaceException, InterruptedException, ExecutionException, TimeoutException {
        try {
            return pending.get(first, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            if (pending instanceof Lookup<Found> lookup && !lookup.begun()) {
                throw new NoPlaceException(host);
            }
            return pending.get(then, TimeUnit.NANOSECONDS);
        }
    }

    private CompletableFuture<Found> pending(String host, boolean before) {
        return fresh.get(host, (key, executor) -> lookup(key, before));
    }

    private CompletableFuture<Found> lookup(String host, boolean before) {
        Optional<IpLiteral> literal = IpLiteral.parse(host);
        return literal.isPresent()
                ? CompletableFuture.completedFuture(
                        check(host, List.of(literal.get().address())))
                : lookups.start(host, before, () -> ask(host), NOT_BEGUN);
    }

    private Found ask(String name) {
        try {
            Found found = check(name, dns.lookup(name));
            if (found.nothing() == null) {
                usable.put(name, found);
            }
            return found;
        } catch (UnknownHostException | RuntimeException e) {
            String message = e.getMessage();
            boolean temporary =
                    message != null && message.toLowerCase(Locale.ROOT).contains(TEMPORARY);
            return nothing(temporary ? NO_RESOLVER + " for " + name : "no address found for " + name);
        }
    }

    private Found nothing(String why) {
        return new Found(List.of(), null, why, ticker.read());
    }

    private Found check(String host, List<InetAddress> addresses) {
        if (addresses.isEmpty()) {
            return nothing("no address found for " + host);
        }
        List<InetAddress> allowed = addresses.stream().filter(guard::allows).toList();
        String refusal = allowed.isEmpty()
                ? guard.refusal(addresses.get(0)).map(why -> host + ": " + why).orElse(null)
                : null;
        return new Found(allowed, refusal, null, ticker.read());
    }

    @Override
    public void close() {
        lookups.close();
    }
}
