package dev.bide.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.delivery.DeliveryOutcome.Attempted;
import dev.bide.delivery.DeliveryOutcome.Deferred;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** As a node has it: so many threads, and timers that are put off come again. */
class DelivererThreadsIT {

    private static final int THREADS = 512;
    private static final int GOOD = 100;

    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final Delivery delivery =
            new DeliveryConfiguration().allowing("127.0.0.0/8").build(InstantSource.system(), THREADS);
    private final List<Long> lateness = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void stop() {
        clock.shutdownNow();
        threads.shutdownNow();
        delivery.close();
    }

    private void fire(DeliveryRequest request, boolean measured) {
        threads.execute(() -> {
            DeliveryOutcome outcome = delivery.deliverer().deliver(request);
            if (outcome instanceof Deferred deferred) {
                clock.schedule(() -> fire(request, measured), deferred.retryIn().toMillis(), TimeUnit.MILLISECONDS);
            } else if (measured) {
                Attempted attempted = (Attempted) outcome;
                lateness.add(
                        Duration.between(request.dueAt(), attempted.startedAt()).toMillis());
            }
        });
    }

    private static DeliveryRequest due(String url) {
        HttpAction action = new HttpAction("POST", url, java.util.Map.of(), "{}");
        return new DeliveryRequest("t", 1, Instant.now(), action, null, Duration.ofSeconds(40));
    }

    /** 600 third parties that take connections and say nothing, beside ten timers a second for one that answers and is first called while they hang. */
    @Test
    void hundreds_that_hang_make_nobody_else_late() throws Exception {
        try (ServerSocket hung = new ServerSocket(0, 1_000);
                RawServer good = new RawServer(connection -> {
                    while (true) {
                        connection.request();
                        connection.answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                    }
                })) {
            for (int i = 0; i < 600; i++) {
                fire(due("http://127.1." + i / 200 + "." + (i % 200 + 1) + ":" + hung.getLocalPort() + "/"), false);
            }
            clock.scheduleAtFixedRate(() -> fire(due(good.url()), true), 4_000, 100, TimeUnit.MILLISECONDS);
            org.awaitility.Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> lateness.size() >= GOOD);
        }
        List<Long> sorted = new ArrayList<>(lateness);
        Collections.sort(sorted);
        assertThat(sorted.get(sorted.size() * 95 / 100)).as("p95 of " + sorted).isLessThan(1_000);
    }
}
