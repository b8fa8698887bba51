package dev.bide.thirdparty;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ThirdPartyServerIT {
    private static final Instant NOW = Instant.parse("2027-03-01T08:00:00.123Z");

    private final HttpClient client = HttpClient.newHttpClient();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private ThirdPartyServer server;

    @BeforeEach
    void start() throws Exception {
        server = ThirdPartyServer.start(
                "127.0.0.1", 0, 3, InstantSource.fixed(NOW), new PrintStream(printed, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    @Test
    void answers_any_path_and_method() throws Exception {
        assertThat(call("POST", "/anything?at=all", "k").statusCode()).isEqualTo(200);
        assertThat(call("DELETE", "/", "k").statusCode()).isEqualTo(200);
    }

    @Test
    void fails_as_often_as_asked_for_each_key() throws Exception {
        assertThat(statuses("/x?fail=2", "one", 4)).containsExactly(503, 503, 200, 200);
        assertThat(statuses("/x?fail=1&status=429", "two", 2)).containsExactly(429, 200);
        assertThat(statuses("/x?failAlways", "three", 2)).containsExactly(500, 500);
        assertThat(statuses("/x?status=400", "four", 2)).containsExactly(400, 400);
    }

    @Test
    void tells_when_to_retry_only_where_it_fails() throws Exception {
        assertThat(call("POST", "/x?fail=1&retryAfter=7", "k").headers().firstValue("Retry-After"))
                .hasValue("7");
        assertThat(call("POST", "/x?fail=1&retryAfter=7", "k").headers().firstValue("Retry-After"))
                .isEmpty();
    }

    @Test
    void answers_late_when_asked() throws Exception {
        long start = System.nanoTime();
        assertThat(call("POST", "/x?delay=300ms", "k").statusCode()).isEqualTo(200);
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(300_000_000);
    }

    @Test
    void refuses_a_wish_that_is_none() throws Exception {
        assertThat(call("POST", "/x?delay=soon", "k").statusCode()).isEqualTo(400);
        assertThat(call("POST", "/x?status=99", "k").statusCode()).isEqualTo(400);
    }

    @Test
    void remembers_the_newest_calls_and_prints_each() throws Exception {
        for (String key : List.of("a", "b", "c", "d")) {
            call("POST", "/hook", key);
        }
        JsonNode calls = get("/_calls").get("calls");
        assertThat(calls.findValuesAsText("key")).containsExactly("d", "c", "b");
        assertThat(calls.get(0).get("body").asText()).isEqualTo("{\"of\":\"d\"}");
        assertThat(calls.get(0).get("receivedAt").asText()).isEqualTo(NOW.toString());
        assertThat(calls.get(0).get("headers").get("idempotency-key").get(0).asText())
                .isEqualTo("d");
        assertThat(get("/_calls?key=c&limit=1").get("calls")).hasSize(1);
        assertThat(get("/_calls/count")).isEqualTo(new ObjectMapper().readTree("{\"calls\":4,\"keys\":4}"));
        assertThat(printed.toString(StandardCharsets.UTF_8).lines())
                .hasSize(4)
                .allMatch(line -> line.contains("POST /hook"));
    }

    @Test
    void the_ledger_holds_every_key_with_its_first_time_and_count() throws Exception {
        call("POST", "/hook", "0190163d-8694-739b-aea5-966c26f8ad90");
        call("POST", "/hook", "0190163d-8694-739b-aea5-966c26f8ad90");
        call("POST", "/hook", "odd,key");
        assertThat(text("/_ledger").lines())
                .containsExactlyInAnyOrder(
                        "key,firstReceivedAt,dueAt,count",
                        "0190163d-8694-739b-aea5-966c26f8ad90," + NOW.toEpochMilli() + "," + (NOW.toEpochMilli() - 23)
                                + ",2",
                        "\"odd,key\"," + NOW.toEpochMilli() + "," + (NOW.toEpochMilli() - 23) + ",1");
    }

    @Test
    void forgets_when_asked() throws Exception {
        call("POST", "/hook", "a");
        assertThat(call("DELETE", "/_calls", "a").statusCode()).isEqualTo(204);
        assertThat(get("/_calls").get("calls")).isEmpty();
        assertThat(get("/_calls/count").get("calls").asInt()).isZero();
    }

    private List<Integer> statuses(String path, String key, int calls) throws Exception {
        List<Integer> statuses = new ArrayList<>();
        for (int call = 0; call < calls; call++) {
            statuses.add(call("POST", path, key).statusCode());
        }
        return statuses;
    }

    private HttpResponse<String> call(String method, String path, String key) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(address(path))
                .method(method, HttpRequest.BodyPublishers.ofString("{\"of\":\"" + key + "\"}"))
                .header("Idempotency-Key", key)
                .header("Bide-Due-At", NOW.minusMillis(23).toString())
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private JsonNode get(String path) throws Exception {
        return new ObjectMapper().readTree(text(path));
    }

    private String text(String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(address(path)).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private URI address(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }
}
