package dev.bide.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Against a real server, of the JDK, whose long answers come in chunks. */
class GeneratorTest {
    private static final TimerOrder ORDER = new TimerOrder(5, "seconds", "http://127.0.0.1:1/", "");
    private static final Pattern NUMBER = Pattern.compile("\"order\":\"(\\d{10})\"");

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> given = new CopyOnWriteArrayList<>();
    private final List<String> taken = new CopyOnWriteArrayList<>();
    private final List<Long> numbers = new CopyOnWriteArrayList<>();
    private final LoadFigures figures = new LoadFigures();
    private HttpServer server;

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    @Test
    void keeps_the_id_of_each_single_timer() throws IOException {
        start(this::accept);
        run(0, new Arrivals(200, 2000, false), 8);
        assertThat(taken).hasSize(200).containsExactlyInAnyOrderElementsOf(given);
        assertThat(numbers).hasSize(200).doesNotHaveDuplicates().allMatch(number -> number < 200);
        assertThat(figures.accepted).hasValue(200);
        assertThat(figures.acceptMicros.count()).isEqualTo(200);
    }

    @Test
    void keeps_the_ids_of_bulk_requests_larger_than_any_socket_buffer() throws IOException {
        start(this::accept);
        run(40_000, new Arrivals(3, 1000, false), 3);
        assertThat(taken).hasSize(120_000).containsExactlyInAnyOrderElementsOf(given);
        assertThat(numbers).hasSize(120_000).doesNotHaveDuplicates();
    }

    @Test
    void does_not_wait_for_answers_before_it_sends_more() throws Exception {
        CountDownLatch allArrived = new CountDownLatch(20);
        start(exchange -> {
            allArrived.countDown();
            awaitQuietly(allArrived);
            accept(exchange);
        });
        run(0, new Arrivals(20, 1000, false), 20);
        assertThat(figures.accepted).hasValue(20);
    }

    @Test
    void counts_the_wait_for_a_connection_as_the_services() throws IOException {
        AtomicInteger requests = new AtomicInteger();
        CountDownLatch never = new CountDownLatch(1);
        start(exchange -> {
            if (requests.incrementAndGet() == 1) {
                awaitQuietly(never, 300);
            }
            accept(exchange);
        });
        run(0, new Arrivals(100, 1000, false), 1);
        // The first one's 300 ms hold up the others, which were due within 100 ms: nearly all of them took 200 ms and
        // more.
        assertThat(figures.acceptMicros.percentile(20)).isGreaterThan(200_000);
    }

    @Test
    void tells_refused_from_wrong_and_unanswered() throws IOException {
        AtomicInteger requests = new AtomicInteger();
        start(exchange -> {
            int request = requests.getAndIncrement();
            if (request < 10) {
                answer(exchange, 429, "{\"status\":429}");
            } else if (request < 15) {
                answer(exchange, 500, "{\"status\":500}");
            } else if (request < 17) {
                exchange.getRequestBody().readAllBytes();
                exchange.close();
            } else {
                accept(exchange);
            }
        });
        run(0, new Arrivals(50, 1000, false), 1);
        assertThat(figures.refused).hasValue(10);
        assertThat(figures.wrong).hasValue(5);
        assertThat(figures.unanswered).hasValue(2);
        assertThat(figures.accepted).hasValue(33);
    }

    @Test
    void counts_what_a_bulk_answer_refuses() throws IOException {
        start(exchange -> answer(
                exchange,
                200,
                "{\"accepted\":1,\"results\":[{\"error\":{\"detail\":\"no\"}},{\"id\":\"" + UUID.randomUUID()
                        + "\"}]}"));
        run(2, new Arrivals(1, 1000, false), 1);
        assertThat(figures.accepted).hasValue(1);
        assertThat(figures.refused).hasValue(1);
    }

    private void start(HttpHandler handler) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/v1/timers", handler);
        server.start();
    }

    private void run(int bulk, Arrivals arrivals, int connections) throws IOException {
        try (Generator generator = new Generator(server.getAddress())) {
            RequestTemplate template = RequestTemplate.of("127.0.0.1", ORDER, bulk);
            generator.run(
                    new Load(
                            template,
                            arrivals,
                            connections,
                            Duration.ofSeconds(10),
                            (most, least, sentAt, answeredAt) -> {
                                assertThat(sentAt).isLessThanOrEqualTo(answeredAt);
                                taken.add(new UUID(most, least).toString());
                            }),
                    figures);
        }
    }

    /** Gives an id to each timer in the request. */
    private void accept(HttpExchange exchange) throws IOException {
        boolean bulk = exchange.getRequestURI().getPath().endsWith("/bulk");
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        StringBuilder results = new StringBuilder();
        List<String> ids = new ArrayList<>();
        List<Long> found = new ArrayList<>();
        Matcher matcher = NUMBER.matcher(body);
        while (matcher.find()) {
            found.add(Long.valueOf(matcher.group(1)));
            String id = UUID.randomUUID().toString();
            ids.add(id);
            results.append(ids.size() == 1 ? "" : ",")
                    .append("{\"id\":\"")
                    .append(id)
                    .append("\"}");
        }
        given.addAll(ids);
        numbers.addAll(found);
        if (bulk) {
            answer(exchange, 200, "{\"accepted\":" + ids.size() + ",\"results\":[" + results + "]}");
        } else {
            answer(exchange, 201, results.toString());
        }
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        exchange.getRequestBody().readAllBytes();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        boolean chunks = bytes.length > 1000;
        exchange.sendResponseHeaders(status, chunks ? 0 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        awaitQuietly(latch, 20_000);
    }

    private static void awaitQuietly(CountDownLatch latch, long millis) {
        try {
            latch.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
