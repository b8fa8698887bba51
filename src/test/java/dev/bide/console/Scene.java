package dev.bide.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bide.ServiceExtension;
import dev.bide.testing.StubThirdParty;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What somebody set up by the API before they came with a browser. */
final class Scene {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_AT_ONCE = 1000;
    private static final AtomicInteger NAMES = new AtomicInteger();

    private final ServiceExtension service;
    private final StubThirdParty thirdParty;
    /** Apart from what other tests of this service made. */
    private final String name = "Scene " + NAMES.incrementAndGet();

    Scene(ServiceExtension service, StubThirdParty thirdParty) {
        this.service = service;
        this.thirdParty = thirdParty;
    }

    String name() {
        return name;
    }

    /** Waits a week, then till the first Monday or Thursday at ten, then till Christmas Eve. */
    String workflow() {
        return made(
                "/v1/workflows", """
                {"name": "%s", "timezone": "Asia/Ho_Chi_Minh", "tasks": [
                  {"name": "welcome", "delay": {"type": "period", "amount": 1, "unit": "weeks"}, "action": %s},
                  {"name": "reminder", "delay": {"type": "weekdays", "days": ["MONDAY", "THURSDAY"], "at": "10:00"}, "action": %s},
                  {"name": "christmas", "delay": {"type": "date", "date": "--12-24", "at": "09:00"}, "action": %s}]}
                """.formatted(name, action("/welcome"), action("/reminder"), action("/christmas")));
    }

    String run(String workflow, String key) {
        return made("/v1/workflows/" + workflow + "/runs", "{\"key\": \"%s\"}".formatted(key));
    }

    String timer(String key, String amountAndUnit, String path) {
        String[] period = amountAndUnit.split(" ");
        return made("/v1/timers", """
                {"key": "%s", "delay": {"type": "period", "amount": %s, "unit": "%s"}, "action": %s}""".formatted(key, period[0], period[1], action(path)));
    }

    /** Many at once, with keys that are counted. */
    void timers(int count, String amountAndUnit, String path) {
        String[] period = amountAndUnit.split(" ");
        for (int from = 0; from < count; from += MOST_AT_ONCE) {
            String some = IntStream.range(from, Math.min(count, from + MOST_AT_ONCE))
                    .mapToObj(n -> """
                            {"key": "%s %d", "delay": {"type": "period", "amount": %s, "unit": "%s"}, "action": %s}""".formatted(name, n, period[0], period[1], action(path)))
                    .collect(Collectors.joining(","));
            made("/v1/timers/bulk", "{\"timers\": [" + some + "]}");
        }
    }

    /** As many as there are in the destination's groups of failures, once they are there. */
    void awaitDead(int count) {
        await().atMost(Duration.ofSeconds(60)).until(() -> dead() == count);
    }

    private int dead() throws IOException, InterruptedException {
        int dead = 0;
        for (JsonNode group : get("/v1/problems?host=" + destination()).path("items")) {
            dead += group.path("count").intValue();
        }
        return dead;
    }

    /** Of the third party. */
    String destination() {
        return URI.create(thirdParty.url("/")).getAuthority();
    }

    /** A timer that died: its answer is final. */
    String deadTimer(String key) {
        thirdParty.answer((path, attempt) -> path.startsWith("/gone") ? 410 : 200);
        String timer = timer(key, "0 seconds", "/gone");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> get("/v1/timers/" + timer).path("status").asText().equals("dead"));
        return timer;
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        return JSON.readTree(service.get(path).body());
    }

    private String action(String path) {
        return "{\"method\": \"POST\", \"url\": \"%s\", \"body\": {\"hello\": \"world\"}}"
                .formatted(thirdParty.url(path));
    }

    private String made(String path, String body) {
        try {
            HttpResponse<String> answer = service.send(service.request(path)
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body)));
            assertThat(answer.statusCode()).as(answer.body()).isIn(200, 201);
            return JSON.readTree(answer.body()).path("id").asText();
        } catch (IOException e) {
            throw new AssertionError(path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(path, e);
        }
    }
}
