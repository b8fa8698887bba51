package dev.bide.delivery.address;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import okhttp3.HttpUrl;

/**
 * The threads that look up names. A lookup can't be told to stop, and holds its thread for ten seconds and more where a zone does not answer: so a few at once are
 * made for each zone, and names that were found before have threads of their own. Safe for any number of threads.
 */
public final class Lookups implements AutoCloseable {

    private static final int THREADS = 32;
    private static final int THREADS_FOR_KNOWN = 8;

    /** At once for one registrable domain, of either kind. */
    private static final int OF_ONE_ZONE = 4;

    /** Nobody waits any more for one that has not begun by then. */
    private static final long FORGOTTEN_NANOS = 2_000_000_000L;

    /** Waiting for one zone, or for a thread. */
    private static final int QUEUE = 1_000;

    private final ThreadPoolExecutor unknown = pool("delivery-dns", THREADS);
    private final ThreadPoolExecutor known = pool("delivery-dns-known", THREADS_FOR_KNOWN);
    private final Map<String, Zone> zones = new HashMap<>();

    private static final class Zone {
        private final Deque<Work<?>> waiting = new ArrayDeque<>();
        private int underWay;
    }

    /** One lookup. */
    static final class Lookup<T> extends CompletableFuture<T> {
        private final long asked = System.nanoTime();
        private volatile boolean begun;

        /** Whether anybody is being asked. */
        boolean begun() {
            return begun;
        }

        long age() {
            return System.nanoTime() - asked;
        }
    }

    /**
     * @param before whether the host was found before
     * @param refused what comes of a lookup that never begins
     * @throws RejectedExecutionException where too many wait
     */
    <T> Lookup<T> start(String host, boolean before, Supplier<T> ask, T refused) {
        Lookup<T> lookup = new Lookup<>();
        String name = (before ? "+" : "") + zone(host);
        ThreadPoolExecutor threads = before ? known : unknown;
        Work<T> work = new Work<>(name, threads, lookup, ask, refused);
        synchronized (zones) {
            Zone zone = zones.computeIfAbsent(name, ignored -> new Zone());
            if (zone.underWay == OF_ONE_ZONE) {
                if (zone.waiting.size() == QUEUE) {
                    throw new RejectedExecutionException("too many lookups wait for " + name);
                }
                zone.waiting.add(work);
                return lookup;
            }
            try {
                threads.execute(work);
            } catch (RejectedExecutionException e) {
                // No lookup will end that would take it away.
                if (zone.underWay == 0) {
                    zones.remove(name);
                }
                throw e;
            }
            zone.underWay++;
        }
        return lookup;
    }

    private void next(String name, ThreadPoolExecutor threads) {
        synchronized (zones) {
            Zone zone = zones.get(name);
            if (zone == null) {
                return;
            }
            Work<?> waiting = zone.waiting.poll();
            if (waiting != null) {
                try {
                    threads.execute(waiting);
                    return;
                } catch (RejectedExecutionException e) {
                    waiting.refuse();
                    zone.waiting.forEach(Work::refuse);
                    zone.waiting.clear();
                }
            }
            zone.underWay--;
            if (zone.underWay == 0) {
                zones.remove(name);
            }
        }
    }

    private final class Work<T> implements Runnable {
        private final String zone;
        private final ThreadPoolExecutor threads;
        private final Lookup<T> lookup;
        private final Supplier<T> ask;
        private final T refused;

        Work(String zone, ThreadPoolExecutor threads, Lookup<T> lookup, Supplier<T> ask, T refused) {
            this.zone = zone;
            this.threads = threads;
            this.lookup = lookup;
            this.ask = ask;
            this.refused = refused;
        }

        @Override
        public void run() {
            try {
                if (lookup.age() > FORGOTTEN_NANOS) {
                    refuse();
                    return;
                }
                lookup.begun = true;
                lookup.complete(ask.get());
            } catch (RuntimeException | Error e) {
                lookup.completeExceptionally(e);
            } finally {
                next(zone, threads);
            }
        }

        void refuse() {
            lookup.complete(refused);
        }
    }

    /** Lookups of names that were not found before, under way. */
    int busy() {
        return unknown.getActiveCount();
    }

    /** What one party answers for: the registrable domain by the public suffix list, which OkHttp brings along; else the last two labels. */
    public static String zone(String host) {
        try {
            String domain =
                    new HttpUrl.Builder().scheme("http").host(host).build().topPrivateDomain();
            if (domain != null) {
                return domain;
            }
        } catch (RuntimeException e) {
            // By its labels.
        }
        int last = host.lastIndexOf('.');
        return host.substring(host.lastIndexOf('.', last - 1) + 1);
    }

    private static ThreadPoolExecutor pool(String name, int threads) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(QUEUE), task -> {
                    Thread thread = new Thread(task, name);
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    @Override
    public void close() {
        unknown.shutdownNow();
        known.shutdownNow();
    }
}
