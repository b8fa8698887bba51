package dev.bide.testing;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A third party on a real port, that remembers its calls and answers as it is told. Fresh for each test. */
public final class StubThirdParty implements BeforeEachCallback, AfterEachCallback {
    private final Map<String, List<Call>> calls = new ConcurrentHashMap<>();
    private volatile BiFunction<String, Integer, Integer> status = (path, attempt) -> 200;
    private volatile BiFunction<String, Integer, String> text = (path, attempt) -> "";
    private volatile Duration delay = Duration.ZERO;
    private MockWebServer server;

    /** A call as it came. */
    public record Call(String key, Instant receivedAt, String path, Map<String, String> headers, String body) {}

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        calls.clear();
        status = (path, attempt) -> 200;
        text = (path, attempt) -> "";
        delay = Duration.ZERO;
        server = new MockWebServer();
        server.setDispatcher(new Answers());
        server.start();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        server.close();
    }

    public String url(String path) {
        return "http://127.0.0.1:" + server.getPort() + path;
    }

    /** @param answer the status for the nth call (from 1) with a key to a path */
    public void answer(BiFunction<String, Integer, Integer> answer) {
        status = answer;
    }

    /** @param body of the same answer */
    public void text(BiFunction<String, Integer, String> body) {
        text = body;
    }

    /** How long each answer takes. */
    public void delay(Duration longer) {
        delay = longer;
    }

    /** The calls with this {@code Idempotency-Key}, in order. */
    public List<Call> calls(Object key) {
        return calls.getOrDefault(key.toString(), List.of());
    }

    /** All calls by {@code Idempotency-Key}. */
    public Map<String, List<Call>> calls() {
        return calls;
    }

    /** All calls of a path, in no order. */
    public List<Call> callsOf(String path) {
        return calls.values().stream()
                .flatMap(List::stream)
                .filter(call -> call.path().equals(path))
                .toList();
    }

    /** The most calls that came within any one second. */
    public int mostInASecond() {
        List<Instant> times = calls.values().stream()
                .flatMap(List::stream)
                .map(Call::receivedAt)
                .sorted()
                .toList();
        int most = 0;
        int first = 0;
        for (int last = 0; last < times.size(); last++) {
            while (!times.get(first).plusSeconds(1).isAfter(times.get(last))) {
                first++;
            }
            most = Math.max(most, last - first + 1);
        }
        return most;
    }

    private final class Answers extends Dispatcher {
        @Override
        public MockResponse dispatch(RecordedRequest request) {
            Instant receivedAt = Instant.now();
            String key = String.valueOf(request.getHeaders().get("Idempotency-Key"));
            Map<String, String> headers = new ConcurrentHashMap<>();
            request.getHeaders().forEach(pair -> headers.put(pair.getFirst(), pair.getSecond()));
            String body = request.getBody() == null ? "" : request.getBody().utf8();
            String path = request.getUrl().encodedPath();
            List<Call> ofKey = calls.computeIfAbsent(key, absent -> new CopyOnWriteArrayList<>());
            ofKey.add(new Call(key, receivedAt, path, headers, body));
            return new MockResponse.Builder()
                    .code(status.apply(path, ofKey.size()))
                    .body(text.apply(path, ofKey.size()))
                    .headersDelay(delay.toMillis(), TimeUnit.MILLISECONDS)
                    .build();
        }
    }
}
