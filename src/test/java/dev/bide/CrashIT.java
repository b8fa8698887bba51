package dev.bide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar, killed together with its database in the middle of its work. */
class CrashIT {
    private static final int TIMERS = 2_000;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final HttpClient client = HttpClient.newHttpClient();
    private final ObjectMapper mapper = new ObjectMapper();

    @TempDir
    Path directory;

    private CalledParty thirdParty;
    private JarProcess service;

    @BeforeEach
    void start() throws Exception {
        thirdParty = new CalledParty();
        startService();
    }

    @AfterEach
    void stop() throws Exception {
        kill();
        thirdParty.close();
    }

    @Test
    void delivers_every_accepted_timer_through_two_kills_of_service_and_database() throws Exception {
        Instant due = Instant.now().plusSeconds(6);
        Set<String> accepted = store(due);
        assertThat(accepted).hasSize(TIMERS);
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> thirdParty.calls() > 0);
        kill();
        int before = thirdParty.ledger().size();
        startService();
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> thirdParty.calls() > before);
        kill();
        startService();
        await().atMost(PATIENCE).until(() -> thirdParty.ledger().keySet().containsAll(accepted));
        await().atMost(PATIENCE)
                .until(() -> get("/v1/timers?status=scheduled").path("items").isEmpty());
        Map<String, Integer> ledger = thirdParty.ledger();
        assertThat(ledger.keySet()).isEqualTo(accepted);
        long twice = ledger.values().stream().filter(count -> count > 1).count();
        System.out.println("CrashIT: " + before + " of " + TIMERS + " called before the first kill, " + twice
                + " called more than once");
        assertThat(ledger.values())
                .as("once, and once more for each kill at the most")
                .allMatch(count -> count <= 3);
    }

    private Set<String> store(Instant due) throws Exception {
        Duration wait = Duration.between(Instant.now(), due);
        ObjectNode timer = mapper.createObjectNode();
        timer.putObject("delay")
                .put("type", "period")
                .put("amount", wait.toSeconds())
                .put("unit", "seconds");
        timer.putObject("action").put("url", thirdParty.url("/crash?delay=20ms"));
        ArrayNode timers = mapper.createArrayNode();
        for (int i = 0; i < TIMERS; i++) {
            timers.add(timer);
        }
        String body =
                mapper.createObjectNode().<ObjectNode>set("timers", timers).toString();
        HttpResponse<String> answer = client.send(
                HttpRequest.newBuilder(service.uri("/v1/timers/bulk"))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        Set<String> ids = new HashSet<>();
        mapper.readTree(answer.body())
                .get("results")
                .forEach(result -> ids.add(result.get("id").asText()));
        return ids;
    }

    private void startService() throws Exception {
        service = JarProcess.start(directory, List.of("-Xmx512m"), Map.of(), "server")
                .awaitUp();
    }

    /** SIGKILL for the service and every process of its database. */
    private void kill() throws Exception {
        service.kill();
        Path pidFile = directory.resolve("data/postgresql-18/postmaster.pid");
        long postmaster = Long.parseLong(Files.readAllLines(pidFile).get(0).strip());
        ProcessHandle.of(postmaster).ifPresent(handle -> {
            List<ProcessHandle> all =
                    new java.util.ArrayList<>(handle.descendants().toList());
            handle.destroyForcibly();
            all.forEach(ProcessHandle::destroyForcibly);
            await().atMost(PATIENCE).until(() -> !handle.isAlive());
        });
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        return mapper.readTree(
                client.send(HttpRequest.newBuilder(service.uri(path)).build(), BodyHandlers.ofString())
                        .body());
    }
}
