package dev.bide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar on a heap that large bodies would fill. */
class SmallHeapIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int MEBIBYTE = 1 << 20;

    private static final String TIMER =
            "{\"delay\":{\"type\":\"period\",\"amount\":1,\"unit\":\"days\"},\"action\":{\"url\":\"http://127.0.0.1:9/\",\"body\":%s}}";

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    Path directory;

    private Process service;
    private int port;

    @BeforeEach
    void start() throws Exception {
        port = freePort();
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx300m",
                "-jar",
                Path.of("target", "bide.jar").toAbsolutePath().toString(),
                "server");
        builder.environment()
                .putAll(Map.of(
                        "HTTP_PORT",
                        String.valueOf(port),
                        "ADMIN_PORT",
                        String.valueOf(freePort()),
                        "DATA_DIR",
                        directory.resolve("data").toString()));
        builder.environment().keySet().removeAll(List.of("DATABASE_URL", "API_KEYS", "ROLES", "NODE_ID"));
        builder.redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile());
        service = builder.start();
        await().atMost(PATIENCE).until(this::up);
    }

    private boolean up() throws InterruptedException {
        assertThat(service.isAlive()).isTrue();
        try {
            return client.send(HttpRequest.newBuilder(uri("/v1/health")).build(), BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false;
        }
    }

    @AfterEach
    void stop() throws Exception {
        service.destroy();
        service.waitFor();
    }

    @Test
    void large_bodies_are_refused_rather_than_fill_it() throws Exception {
        byte[] single = timer(filled("[", "{},", "0]", MEBIBYTE - 200));
        byte[] text = timer("\"" + "x".repeat(MEBIBYTE - 200) + "\"");
        // 10,000 items of 3 kB, 1,000 values each.
        String item = new String(timer(filled("[", "{},", "0]", 3_000)), StandardCharsets.UTF_8);
        byte[] bulk = filled("{\"timers\":[", item + ",", item + "]}", 32 * MEBIBYTE - 4_000)
                .getBytes(StandardCharsets.UTF_8);

        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 16; i++) {
                answers.add(post("/v1/timers", single));
                answers.add(post("/v1/timers", text));
            }
            for (int i = 0; i < 4; i++) {
                answers.add(post("/v1/timers/bulk", bulk));
            }
            for (CompletableFuture<HttpResponse<String>> answer : answers) {
                assertThat(answer.join().statusCode()).as(answer.join().body()).isIn(200, 413, 422, 429);
            }
            answers.clear();
        }

        assertThat(post("/v1/timers", timer("1")).join().statusCode()).isEqualTo(201);
        assertThat(service.isAlive()).isTrue();
        assertThat(Files.readString(directory.resolve("log"))).doesNotContain("OutOfMemoryError");
    }

    private static byte[] timer(String body) {
        return TIMER.formatted(body).getBytes(StandardCharsets.UTF_8);
    }

    private static String filled(String begin, String part, String end, int size) {
        return begin + part.repeat((size - begin.length() - end.length()) / part.length()) + end;
    }

    private CompletableFuture<HttpResponse<String>> post(String path, byte[] body) {
        return client.sendAsync(
                HttpRequest.newBuilder(uri(path))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofByteArray(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
