package dev.bide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar on a small heap, with runs whose inputs are as large as they may be. */
class LargeInputsIT {
    private static final int RUNS = 500;
    private static final int AT_ONCE = 10;

    /** Calls before settlements are held up: as many as one destination has room for at once. What finds none waits for a settlement to come again. */
    private static final int FIRST = 2;

    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration BLOCKED = Duration.ofSeconds(10);
    private static final Pattern DATABASE = Pattern.compile("jdbc:postgresql://[^\\s,']+[?]user=[^\\s,']+");

    /** 255 KiB, and as a tree of nodes some times that. */
    private static final String INPUT =
            "{\"n\":1.50,\"a\":[" + "{},".repeat(86_000) + "{}],\"text\":\"" + "x".repeat(3_000) + "\"}";

    private final HttpClient client = HttpClient.newHttpClient();
    private final ObjectMapper mapper = new ObjectMapper();

    @TempDir
    Path directory;

    private CalledParty thirdParty;
    private JarProcess service;

    @BeforeEach
    void start() throws Exception {
        thirdParty = new CalledParty();
        service = JarProcess.start(directory, List.of("-Xmx256m"), Map.of(), "server")
                .awaitUp();
    }

    @AfterEach
    void stop() throws Exception {
        service.close();
        thirdParty.close();
    }

    @Test
    void delivers_and_lists_them_all_once_also_after_settlements_were_held_up() throws Exception {
        String workflow = post("/v1/workflows", definition(3600)).path("id").asText();
        String runs =
                "{\"runs\":[" + ("{\"input\":" + INPUT + "},").repeat(AT_ONCE - 1) + "{\"input\":" + INPUT + "}]}";
        for (int i = 0; i < RUNS / AT_ONCE; i++) {
            assertThat(post("/v1/workflows/" + workflow + "/runs/bulk", runs)
                            .path("accepted")
                            .asInt())
                    .isEqualTo(AT_ONCE);
        }
        // All are due at once.
        send("PUT", "/v1/workflows/" + workflow + "?applyTo=active", definition(0));
        holdUpSettlements();
        await().atMost(PATIENCE)
                .until(() -> list("/v1/runs?status=completed&limit=500").size() == RUNS);
        assertThat(list("/v1/runs?limit=500")).hasSize(RUNS);
        assertThat(list("/v1/timers?limit=500")).hasSize(RUNS);
        Map<String, Integer> calls = thirdParty.ledger();
        assertThat(calls).hasSize(RUNS);
        assertThat(calls.values()).containsOnly(1);
        assertThat(service.said()).doesNotContain("OutOfMemoryError");
    }

    /** Somebody has the runs' rows locked for a while, once the first are called. */
    private void holdUpSettlements() throws Exception {
        Matcher url = DATABASE.matcher(service.said());
        assertThat(url.find()).as("the log names the database").isTrue();
        try (Connection connection = DriverManager.getConnection(url.group());
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SELECT FROM run ORDER BY id FOR UPDATE");
            await().atMost(PATIENCE).until(() -> thirdParty.calls() >= FIRST);
            statement.execute("SELECT pg_sleep(" + BLOCKED.toSeconds() + ")");
        }
    }

    private String definition(int seconds) {
        return """
                {"name": "large", "tasks": [{"name": "call",
                  "delay": {"type": "period", "amount": %d, "unit": "seconds"},
                  "action": {"url": "%s", "body": {"n": "{{input.n}}"}}}]}""".formatted(seconds, thirdParty.url("/large?delay=100ms"));
    }

    /** The ids of all pages. */
    private Set<String> list(String path) throws IOException, InterruptedException {
        Set<String> ids = new HashSet<>();
        String cursor = "";
        do {
            JsonNode page = get(path + (cursor.isEmpty() ? "" : "&cursor=" + cursor));
            page.path("items").forEach(item -> ids.add(item.path("id").asText()));
            cursor = page.path("nextCursor").asText("");
        } while (!cursor.isEmpty() && !cursor.equals("null"));
        return ids;
    }

    private JsonNode post(String path, String body) throws IOException, InterruptedException {
        return send("POST", path, body);
    }

    private JsonNode send(String method, String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer = client.send(
                HttpRequest.newBuilder(service.uri(path))
                        .header("Content-Type", "application/json")
                        .method(method, BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
        return mapper.readTree(answer.body());
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        return mapper.readTree(
                client.send(HttpRequest.newBuilder(service.uri(path)).build(), BodyHandlers.ofString())
                        .body());
    }
}
