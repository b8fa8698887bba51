package dev.bide.loadtest.chaos;

import dev.bide.loadtest.Latencies;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Timers for the good third party at a steady rate, each due two seconds after it is made, until this is closed. Safe for several threads. */
final class GoodTimers implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Scene scene;
    private final String node;
    private final int perSecond;
    private final Set<String> accepted = ConcurrentHashMap.newKeySet();
    private final Thread thread = new Thread(this::run, "good timers");
    private volatile boolean over;
    private volatile long refused;

    GoodTimers(Scene scene, String node, int perSecond) {
        this.scene = scene;
        this.node = node;
        this.perSecond = perSecond;
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        long start = System.nanoTime();
        try {
            for (int number = 0; !over; number++) {
                long pause = start + number * 1_000_000_000L / perSecond - System.nanoTime();
                TimeUnit.NANOSECONDS.sleep(Math.max(0, pause));
                post("good-" + number);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void post(String name) {
        String timer = """
                {"delay":{"type":"period","amount":2,"unit":"seconds"},"action":{"url":"%s/ok","body":{"subject":"%s"}}}""".formatted(scene.thirdParty().url(), name);
        scene.api().send("POST", node + "/v1/timers", timer, PATIENCE).thenAccept(answer -> {
            if (answer.status() == 201) {
                accepted.add(name);
            } else {
                refused++;
            }
        });
    }

    /**
     * Waits until all that were accepted were called, though not for ever.
     *
     * @return accepted, and not called
     */
    long awaitCalled(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            Set<String> called = new HashSet<>();
            scene.thirdParty().calls().forEach(call -> called.add(call.subject()));
            long missing =
                    accepted.stream().filter(name -> !called.contains(name)).count();
            if (missing == 0 || System.nanoTime() > end) {
                return missing;
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }

    long refused() {
        return refused;
    }

    /** Lateness of those that were due in that time, in milliseconds; times are milliseconds since 1970. */
    Latencies lateness(long from, long to) {
        return lateness(scene.thirdParty(), from, to);
    }

    /** The same of all first attempts that a third party got. */
    static Latencies lateness(LedgerThirdParty thirdParty, long from, long to) {
        Latencies lateness = new Latencies();
        Set<Object> seen = new HashSet<>();
        thirdParty.calls().stream()
                .filter(call ->
                        call.attempt() == 1 && call.dueAt() >= from && call.dueAt() < to && seen.add(call.timer()))
                .forEach(call -> lateness.record(call.at() - call.dueAt()));
        return lateness;
    }

    @Override
    public void close() {
        over = true;
    }
}
