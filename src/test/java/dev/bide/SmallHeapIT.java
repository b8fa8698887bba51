package dev.bide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.testing.TimerJson;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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
    private static final int MEBIBYTE = 1 << 20;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    Path directory;

    private JarProcess service;

    @BeforeEach
    void start() throws Exception {
        service = JarProcess.start(directory, List.of("-Xmx300m"), Map.of(), "server")
                .awaitUp();
    }

    @AfterEach
    void stop() throws Exception {
        service.close();
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
        assertThat(service.alive()).isTrue();
        assertThat(service.said()).doesNotContain("OutOfMemoryError");
    }

    private static byte[] timer(String body) {
        return TimerJson.withBody(body).getBytes(StandardCharsets.UTF_8);
    }

    private static String filled(String begin, String part, String end, int size) {
        return begin + part.repeat((size - begin.length() - end.length()) / part.length()) + end;
    }

    private CompletableFuture<HttpResponse<String>> post(String path, byte[] body) {
        return client.sendAsync(
                HttpRequest.newBuilder(service.uri(path))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofByteArray(body))
                        .build(),
                BodyHandlers.ofString());
    }
}
