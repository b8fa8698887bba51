package dev.bide.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bide.delivery.DeliveryOutcome.Deferred;
import dev.bide.delivery.DeliveryOutcome.Delivered;
import dev.bide.delivery.DeliveryOutcome.Reason;
import dev.bide.delivery.DeliveryOutcome.Retryable;
import dev.bide.delivery.destination.HeldLanes;
import io.dropwizard.jackson.Jackson;
import java.io.FileInputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One destination's trouble is not another's. */
class DelivererDestinationsIT {

    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    /** @param destination of each, as JSON */
    private static DeliveryConfiguration configuration(String destination) throws Exception {
        DeliveryConfiguration configuration = Jackson.newObjectMapper()
                .readValue(
                        "{\"defaultDestination\": " + destination.replace('\'', '"') + "}",
                        DeliveryConfiguration.class);
        return configuration.allowing("127.0.0.0/8");
    }

    @Test
    void a_hung_destination_takes_its_share_of_threads_and_no_more() throws Exception {
        DeliveryConfiguration configuration = configuration("{'maxConcurrentCalls': 5}");
        CountDownLatch released = new CountDownLatch(1);
        try (RawServer hung = new RawServer(connection -> {
                    connection.request();
                    released.await();
                    connection.answer(OK);
                });
                RawServer good = new RawServer(connection -> {
                    connection.request();
                    connection.answer(OK);
                });
                Delivery delivery = configuration.build(InstantSource.system())) {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                Thread thread = new Thread(() -> delivery.deliverer().deliver(Requests.post(hung.url())));
                thread.start();
                threads.add(thread);
            }
            await().until(() -> delivery.figures().inFlight() == 5);
            for (int i = 0; i < 20; i++) {
                Deferred deferred = (Deferred) delivery.deliverer().deliver(Requests.post(hung.url()));
                assertThat(deferred.reason()).isEqualTo(Reason.DESTINATION_FULL);
            }
            assertThat(delivery.deliverer().deliver(Requests.post(good.url()))).isInstanceOf(Delivered.class);
            assertThat(delivery.figures().deferred()).containsEntry(Reason.DESTINATION_FULL, 20L);
            released.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(delivery.deliverer().deliver(Requests.post(hung.url()))).isInstanceOf(Delivered.class);
        }
    }

    @Test
    void a_destination_that_fails_is_left_alone_until_it_recovers() throws Exception {
        DeliveryConfiguration configuration =
                configuration("{'breaker': {'minimumCalls': 5, 'trialCalls': 2, 'openFor': '200ms'}}");
        AtomicBoolean broken = new AtomicBoolean(true);
        try (RawServer server = new RawServer(connection -> {
                    while (true) {
                        connection.request();
                        connection.answer(broken.get() ? "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n" : OK);
                    }
                });
                Delivery delivery = configuration.build(InstantSource.system())) {
            for (int i = 0; i < 5; i++) {
                assertThat(delivery.deliverer().deliver(Requests.post(server.url())))
                        .isInstanceOf(Retryable.class);
            }
            assertThat(delivery.deliverer().deliver(Requests.post(server.url())))
                    .isInstanceOf(Deferred.class);
            assertThat(server.requests()).isEqualTo(5);
            assertThat(delivery.figures().openBreakers()).containsExactly("127.0.0.1:" + server.port());
            broken.set(false);
            await().until(() -> delivery.deliverer().deliver(Requests.post(server.url())) instanceof Delivered);
            await().until(() -> delivery.figures().openBreakers().isEmpty()
                    || delivery.deliverer().deliver(Requests.post(server.url())) instanceof Retryable);
            assertThat(delivery.figures().openBreakers()).isEmpty();
        }
    }

    /** Where its lane is held it keeps its turn; one that is kept in no lane, as earlier versions stored them, comes back later. */
    @Test
    void only_a_timer_of_its_destinations_lane_keeps_its_turn() throws Exception {
        DeliveryConfiguration configuration = configuration("{'callsPerSecond': 1}");
        try (RawServer server = new RawServer(connection -> {
                    connection.request();
                    connection.answer(OK);
                });
                Delivery delivery = configuration.build(InstantSource.system())) {
            HttpAction action = Requests.post(server.url()).action();
            assertThat(delivery.deliverer().deliver(Requests.post(server.url())))
                    .isInstanceOf(Delivered.class);
            int lane = delivery.lanes().lane(server.url());
            for (boolean asked : new boolean[] {false, true}) {
                if (asked) {
                    delivery.lanes().rooms();
                }
                for (int kept : new int[] {lane, lane + 1, HeldLanes.NONE}) {
                    DeliveryOutcome outcome = delivery.deliverer()
                            .deliver(new DeliveryRequest(
                                    "t",
                                    1,
                                    Requests.DUE,
                                    action,
                                    null,
                                    java.time.Duration.ofSeconds(5),
                                    java.time.Duration.ofDays(1),
                                    kept));
                    assertThat(((Deferred) outcome).held()).isEqualTo(asked && kept == lane);
                    assertThat(((Deferred) outcome).retryIn()).isPositive();
                }
            }
            assertThat(delivery.lanes().rooms()).containsOnlyKeys(lane);
        }
    }

    @Test
    void a_request_of_another_url_than_was_said_is_sent_to_its_own() throws Exception {
        DeliveryConfiguration configuration = new DeliveryConfiguration().allowing("127.0.0.0/8");
        try (RawServer server = new RawServer(connection -> {
                    connection.request();
                    connection.answer(OK);
                });
                Delivery delivery = configuration.build(InstantSource.system())) {
            for (String said : new String[] {"http://127.0.0.1:9/", ""}) {
                int before = server.requests();
                assertThat(delivery.deliverer()
                                .deliver(said, HeldLanes.NONE, () -> Requests.post(server.url()), () -> true))
                        .isInstanceOf(Delivered.class);
                assertThat(server.requests()).isEqualTo(before + 1);
            }
        }
    }

    /** Whatever keeps a node from calling, all that it puts off come back at one pace. */
    @Test
    void what_this_node_has_no_memory_for_comes_back_at_a_pace() throws Exception {
        DeliveryConfiguration configuration = new DeliveryConfiguration();
        configuration.deferralsPerSecond = 2;
        try (Delivery delivery = configuration.build(InstantSource.system())) {
            int late = 0;
            for (int i = 0; i < 30; i++) {
                java.time.Duration retryIn =
                        delivery.deliverer().putOff(Reason.NO_MEMORY).retryIn();
                late += retryIn.toSeconds() >= 5 ? 1 : 0;
            }
            assertThat(late).isGreaterThan(15);
            assertThat(delivery.figures().deferred().get(Reason.NO_MEMORY)).isEqualTo(30);
        }
    }

    /** One attempt is spent on the answer that asks; the others wait without one. */
    @Test
    void who_answers_with_retry_after_is_left_alone_for_that_long() throws Exception {
        DeliveryConfiguration configuration = new DeliveryConfiguration().allowing("127.0.0.0/8");
        AtomicBoolean busy = new AtomicBoolean(true);
        try (RawServer server = new RawServer(connection -> {
                    while (true) {
                        connection.request();
                        connection.answer(
                                busy.get() ? "HTTP/1.1 429 Slow\r\nRetry-After: 2\r\nContent-Length: 0\r\n\r\n" : OK);
                    }
                });
                Delivery delivery = configuration.build(InstantSource.system())) {
            Retryable told = (Retryable) delivery.deliverer().deliver(Requests.post(server.url()));
            assertThat(told.retryAfter()).isEqualTo(java.time.Duration.ofSeconds(2));
            for (int i = 0; i < 100; i++) {
                Deferred deferred = (Deferred) delivery.deliverer().deliver(Requests.post(server.url()));
                assertThat(deferred.reason()).isEqualTo(Reason.ASKED_TO_WAIT);
            }
            assertThat(server.requests()).isEqualTo(1);
            busy.set(false);
            await().until(() -> delivery.deliverer().deliver(Requests.post(server.url())) instanceof Delivered);
            assertThat(server.requests()).isEqualTo(2);
        }
    }

    /** A timer that honours no more than its {@code maxBackoff} is not held back for longer by what it was told itself. */
    @Test
    void nobody_is_left_alone_for_longer_than_the_timer_that_was_told_so_honours() throws Exception {
        DeliveryConfiguration configuration = new DeliveryConfiguration().allowing("127.0.0.0/8");
        try (RawServer server = new RawServer(connection -> {
                    connection.request();
                    connection.answer("HTTP/1.1 503 Away\r\nRetry-After: 3600\r\nContent-Length: 0\r\n\r\n");
                });
                Delivery delivery = configuration.build(InstantSource.system())) {
            DeliveryRequest request = new DeliveryRequest(
                    "t",
                    1,
                    Requests.DUE,
                    Requests.post(server.url()).action(),
                    null,
                    java.time.Duration.ofSeconds(5),
                    java.time.Duration.ofSeconds(2),
                    HeldLanes.NONE);
            Retryable told = (Retryable) delivery.deliverer().deliver(request);
            assertThat(told.retryAfter()).isEqualTo(java.time.Duration.ofHours(1));
            Deferred deferred = (Deferred) delivery.deliverer().deliver(request);
            assertThat(deferred.reason()).isEqualTo(Reason.ASKED_TO_WAIT);
            assertThat(deferred.retryIn()).isLessThan(java.time.Duration.ofSeconds(10));
            await().until(() -> delivery.deliverer().deliver(request) instanceof Retryable);
        }
    }

    /** Whoever refuses was reached, so the network is there: their timers spend their attempts, however many are stopped together. */
    @Test
    void destinations_that_are_stopped_together_are_not_the_nodes_fault() throws Exception {
        DeliveryConfiguration configuration = new DeliveryConfiguration().allowing("127.0.0.0/8");
        List<RawServer> servers = new ArrayList<>();
        try (Delivery delivery = configuration.build(InstantSource.system())) {
            for (int i = 0; i < 5; i++) {
                servers.add(new RawServer(connection -> {
                    connection.request();
                    connection.answer("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
                }));
            }
            List<DeliveryRequest> requests =
                    servers.stream().map(server -> Requests.post(server.url())).toList();
            for (DeliveryRequest request : requests) {
                assertThat(delivery.deliverer().deliver(request)).isInstanceOf(Delivered.class);
            }
            for (RawServer server : servers) {
                server.close();
            }
            int spent = 0;
            for (int i = 0; i < 100; i++) {
                DeliveryOutcome outcome = delivery.deliverer().deliver(requests.get(i % 5));
                spent += outcome instanceof Retryable ? 1 : 0;
            }
            assertThat(spent).isGreaterThanOrEqualTo(50);
            assertThat(delivery.figures().deferred().getOrDefault(Reason.NODE_FAULT, 0L))
                    .isZero();
            try (RawServer back = new RawServer(connection -> {
                connection.request();
                connection.answer(OK);
            })) {
                assertThat(delivery.deliverer().deliver(Requests.post(back.url())))
                        .isInstanceOf(Delivered.class);
                assertThat(delivery.deliverer().deliver(requests.get(0))).isInstanceOf(Retryable.class);
            }
        }
    }

    /** Each timer makes the attempts that it was promised, and those to a good path beside it are not held up. */
    @Test
    void a_path_that_always_fails_closes_nothing() throws Exception {
        DeliveryConfiguration configuration = new DeliveryConfiguration().allowing("127.0.0.0/8");
        try (RawServer server = new RawServer(connection -> {
                    while (true) {
                        connection.request();
                        connection.answer("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n");
                    }
                });
                Delivery delivery = configuration.build(InstantSource.system())) {
            for (int i = 0; i < 300; i++) {
                assertThat(delivery.deliverer().deliver(Requests.post(server.url())))
                        .isInstanceOf(Retryable.class);
            }
            assertThat(delivery.figures().openBreakers()).isEmpty();
        }
    }

    @Test
    void a_certificate_that_nobody_vouches_for_is_worth_another_attempt(@TempDir Path directory) throws Exception {
        DeliveryConfiguration configuration = new DeliveryConfiguration().allowing("127.0.0.0/8");
        try (MockWebServer server = new MockWebServer();
                Delivery delivery = configuration.build(InstantSource.system())) {
            server.useHttps(selfSigned(directory).getSocketFactory());
            server.start();
            Retryable outcome = (Retryable)
                    delivery.deliverer().deliver(Requests.post("https://127.0.0.1:" + server.getPort() + "/"));
            assertThat(outcome.error()).startsWith("TLS: ");
            assertThat(server.getRequestCount()).isZero();
        }
    }

    static SSLContext selfSigned(Path directory) throws Exception {
        char[] password = "changeit".toCharArray();
        Path store = directory.resolve("keys.p12");
        int exit = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "a",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=127.0.0.1",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "changeit",
                        "-keystore",
                        store.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("keytool.log").toFile())
                .start()
                .waitFor();
        assertThat(exit).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = new FileInputStream(store.toFile())) {
            keys.load(in, password);
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }
}
