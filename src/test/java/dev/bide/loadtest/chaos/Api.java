package dev.bide.loadtest.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Asks nodes by HTTP. A request that fails is an answer too: status 0. Safe for several threads. */
final class Api implements AutoCloseable {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /**
     * An answer, or that there was none.
     *
     * @param status 0 where there was none
     * @param sentAt milliseconds since 1970
     * @param answeredAt likewise
     */
    record Answer(int status, String body, long sentAt, long answeredAt) {
        JsonNode json() {
            try {
                return body.isEmpty() ? MissingNode.getInstance() : MAPPER.readTree(body);
            } catch (JsonProcessingException e) {
                return MissingNode.getInstance();
            }
        }

        /** Milliseconds since 1970; 0 where the answer has none. */
        long dueAt() {
            String text = json().path("dueAt").asText();
            return text.isEmpty() ? 0 : Instant.parse(text).toEpochMilli();
        }

        long millis() {
            return answeredAt - sentAt;
        }
    }

    private final ExecutorService threads = Executors.newFixedThreadPool(4, task -> {
        Thread thread = new Thread(task, "client");
        thread.setDaemon(true);
        return thread;
    });
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .executor(threads)
            .build();

    CompletableFuture<Answer> send(String method, String url, String body, Duration timeout) {
        return send(method, url, body, "", timeout);
    }

    /** @param key sent as a bearer's, unless it is empty */
    CompletableFuture<Answer> send(String method, String url, String body, String key, Duration timeout) {
        HttpRequest.Builder building = HttpRequest.newBuilder(URI.create(url))
                .timeout(timeout)
                .header("Content-Type", "application/json")
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (!key.isEmpty()) {
            building.header("Authorization", "Bearer " + key);
        }
        HttpRequest request = building.build();
        long sentAt = System.currentTimeMillis();
        return client.sendAsync(request, BodyHandlers.ofString()).handle((response, fault) -> {
            long now = System.currentTimeMillis();
            return fault == null ? answer(response, sentAt, now) : new Answer(0, String.valueOf(fault), sentAt, now);
        });
    }

    private static Answer answer(HttpResponse<String> response, long sentAt, long now) {
        return new Answer(response.statusCode(), response.body(), sentAt, now);
    }

    /** The same, and waits. */
    Answer ask(String method, String url, String body, Duration timeout) {
        return send(method, url, body, timeout).join();
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
