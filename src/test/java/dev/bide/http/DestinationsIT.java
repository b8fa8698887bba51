package dev.bide.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bide.http.TestServer.Answer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The calls that show third parties and set what they get. */
class DestinationsIT {
    @RegisterExtension
    static final ApiExtension API = ApiExtension.api();

    private static final TestServer SERVER = API.server();
    private static final String PATH = "/destinations/api.example.com:443";

    @BeforeEach
    void nothingIsSet() {
        API.postgres().sql().execute("TRUNCATE destination, destination_figures");
    }

    @Test
    void limits_are_set_and_taken_back() {
        SERVER.get(PATH).problem(404);
        JsonNode set =
                put(PATH, "{'maxConcurrentCalls':16,'callsPerSecond':120}").json(200);
        assertThat(set.path("destination").textValue()).isEqualTo("api.example.com:443");
        assertThat(set.path("limits"))
                .hasToString("{\"maxConcurrentCalls\":16,\"callsPerSecond\":120,\"from\":\"database\",\"binding\":[]}");
        assertThat(set.path("latencyMs")).hasToString("{\"p50\":null,\"p95\":null}");
        assertThat(set.path("waiting")).hasToString("{\"count\":0,\"exact\":true}");
        assertThat(SERVER.get(PATH).json(200)).isEqualTo(set);
        assertThat(put(PATH, "{'maxConcurrentCalls':16,'callsPerSecond':120}").json(200))
                .isEqualTo(set);
        assertThat(put(PATH, "{'callsPerSecond':null}").json(200).path("limits"))
                .hasToString(
                        "{\"maxConcurrentCalls\":256,\"ofEachNode\":true,\"from\":\"configuration\",\"binding\":[]}");
        SERVER.get(PATH).problem(404);
    }

    @Test
    void a_pause_may_have_a_reason_and_keeps_its_beginning() {
        JsonNode paused = SERVER.send("POST", PATH + "/pause", null).json(200);
        assertThat(paused.path("paused").booleanValue()).isTrue();
        assertThat(paused.has("reason")).isFalse();
        JsonNode again = post(PATH + "/pause", "{'reason':'they move'}").json(200);
        assertThat(again.path("reason").textValue()).isEqualTo("they move");
        assertThat(again.path("pausedAt")).isEqualTo(paused.path("pausedAt"));
        JsonNode resumed = SERVER.send("POST", PATH + "/resume", null).json(200);
        assertThat(resumed.path("paused").booleanValue()).isFalse();
        assertThat(resumed.has("pausedAt")).isFalse();
        assertThat(SERVER.send("POST", PATH + "/resume", null).json(200)).isEqualTo(resumed);
    }

    @Test
    void names_are_read_as_calls_read_them() {
        for (String name : List.of("API.Example.com:443", "api.example.com.:443")) {
            assertThat(SERVER.send("POST", "/destinations/" + name + "/pause", null)
                            .json(200)
                            .path("destination")
                            .textValue())
                    .isEqualTo("api.example.com:443");
        }
        assertThat(SERVER.send("POST", "/destinations/%5B2001:DB8:0::1%5D:8443/pause", null)
                        .json(200)
                        .path("destination")
                        .textValue())
                .isEqualTo("[2001:db8::1]:8443");
        assertThat(SERVER.send("POST", "/destinations/b%C3%BCcher.example:80/pause", null)
                        .json(200)
                        .path("destination")
                        .textValue())
                .isEqualTo("xn--bcher-kva.example:80");
        assertThat(API.postgres().sql().number("SELECT count(*) FROM destination"))
                .isEqualTo(3);
        for (String none : List.of(
                "api.example.com",
                "api.example.com:0",
                "api.example.com:65536",
                "api.example.com:x",
                ":443",
                "a%20b:443",
                "user@host:443",
                "a%2Fb:443",
                "2001:db8::1:443",
                "x".repeat(300) + ":443",
                "%5Bnonsense%5D:443")) {
            for (String call : List.of("/pause", "/resume")) {
                Answer answer = SERVER.send("POST", "/destinations/" + none + call, null);
                if (none.contains("%2F")) {
                    assertThat(answer.status()).as(none).isBetween(400, 422);
                } else {
                    assertThat(answer.fields(422)).as(none).containsExactly("destination");
                }
            }
        }
        assertThat(put("/destinations/nonsense/limits", "{}").fields(422)).containsExactly("destination");
        assertThat(SERVER.get("/destinations/nonsense").fields(422)).containsExactly("destination");
        assertThat(API.postgres().sql().number("SELECT count(*) FROM destination"))
                .isEqualTo(3);
    }

    @Test
    void what_is_wrong_is_named() {
        for (String most : List.of("0", "-1", "100001", "1e30", "1.5", "'1'", "true", "{}")) {
            assertThat(put(PATH, "{'maxConcurrentCalls':" + most + "}").fields(422))
                    .as(most)
                    .containsExactly("maxConcurrentCalls");
        }
        assertThat(put(PATH, "{'callsPerSecond':1000001,'maxConcurrentCalls':0,'calls':1}")
                        .fields(422))
                .containsExactlyInAnyOrder("maxConcurrentCalls", "callsPerSecond", "calls");
        put(PATH, "[]").problem(400);
        SERVER.send("PUT", PATH + "/limits", null).problem(400);
        for (String reason :
                List.of("''", "' '", "'a\\u0007b'", "1", "'" + "r".repeat(501) + "'", "'\\u0000'", "'\\ud800'")) {
            assertThat(post(PATH + "/pause", "{'reason':" + reason + "}").fields(422))
                    .as(reason)
                    .containsExactly("reason");
        }
        assertThat(post(PATH + "/pause", "{'why':'x'}").fields(422)).containsExactly("why");
        post(PATH + "/pause", "nonsense").problem(400);
        assertThat(SERVER.get("/destinations?troubled=yes").fields(400)).containsExactly("troubled");
        assertThat(SERVER.get("/destinations?limit=0").fields(400)).containsExactly("limit");
        assertThat(SERVER.get("/destinations?limit=501").fields(400)).containsExactly("limit");
        assertThat(SERVER.get("/destinations?cursor=abc").fields(400)).containsExactly("cursor");
        assertThat(SERVER.get("/destinations?host=a").fields(400)).containsExactly("host");
        assertThat(SERVER.get(PATH + "?x=1").fields(400)).containsExactly("x");
        assertThat(API.postgres().sql().number("SELECT count(*) FROM destination"))
                .isZero();
    }

    @Test
    void the_list_is_by_name_and_goes_on_where_it_stopped() {
        for (int i = 0; i < 7; i++) {
            put("/destinations/h" + i + ".example:443", "{'callsPerSecond':1}").json(200);
        }
        SERVER.send("POST", "/destinations/h3.example:443/pause", null).json(200);
        List<String> seen = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = SERVER.get("/destinations?limit=3" + cursor).json(200);
            assertThat(page.path("items").size()).isLessThanOrEqualTo(3);
            page.path("items").forEach(item -> seen.add(item.path("destination").textValue()));
            String next = page.path("nextCursor").textValue();
            cursor = next == null ? "" : "&cursor=" + next;
        } while (!cursor.isEmpty());
        assertThat(seen).hasSize(7).isSorted().doesNotHaveDuplicates();
        JsonNode troubled = SERVER.get("/destinations?troubled=true").json(200);
        assertThat(troubled.path("scope").textValue()).isEqualTo("the 500 busiest of each node");
        assertThat(troubled.path("items")).hasSize(1);
        assertThat(troubled.path("items").path(0).path("destination").textValue())
                .isEqualTo("h3.example:443");
    }

    /** So that a list that is looked at again and again costs no more than one of them. */
    @Test
    void counts_the_fewer_of_each_the_more_are_on_a_page() {
        String timer =
                "{'delay':{'type':'period','amount':0,'unit':'seconds'},'action':{'url':'https://p7.example/t'}}";
        post("/timers/bulk", "{'timers':[" + String.join(",", Collections.nCopies(230, timer)) + "]}")
                .json(200);
        SERVER.send("POST", "/destinations/p7.example:443/pause", null).json(200);
        JsonNode alone = SERVER.get("/destinations").json(200).path("items").path(0);
        assertThat(alone.path("waiting")).hasToString("{\"count\":230,\"exact\":true}");
        API.postgres()
                .sql()
                .execute("INSERT INTO destination (host, port, lane, paused_at, changed_at)"
                        + " SELECT 'q' || i, 443, i, now(), now() FROM generate_series(1, 499) AS i");
        JsonNode first =
                SERVER.get("/destinations?limit=500").json(200).path("items").path(0);
        assertThat(first.path("destination").textValue()).isEqualTo("p7.example:443");
        assertThat(first.path("waiting")).hasToString("{\"count\":200,\"exact\":false}");
    }

    /** As a newer version may have stored it. */
    @Test
    void an_operation_that_can_not_be_read_is_said_to_be_so() {
        String id = post("/timers/cancel", "{'filter':{'key':'nobody'}}")
                .json(202)
                .path("id")
                .textValue();
        API.postgres()
                .sql()
                .execute("UPDATE operation SET request = '{\"filter\":{\"colour\":\"red\"}}' WHERE id = ?::uuid", id);
        for (JsonNode problem : List.of(
                SERVER.get("/operations/" + id).problem(409),
                SERVER.send("POST", "/operations/" + id + "/cancel", null).problem(409))) {
            assertThat(problem.path("detail").textValue()).contains("can't be read by this version");
        }
    }

    @Test
    void neither_pauses_nor_limits_grow_without_end() {
        API.postgres()
                .sql()
                .execute("INSERT INTO destination (host, port, lane, paused_at, changed_at)"
                        + " SELECT 'p' || i, 443, i, now(), now() FROM generate_series(1, 500) AS i");
        SERVER.send("POST", PATH + "/pause", null).problem(409);
        SERVER.send("POST", "/destinations/p7:443/pause", null).json(200);
        API.postgres()
                .sql()
                .execute("INSERT INTO destination (host, port, lane, max_concurrent_calls, changed_at)"
                        + " SELECT 'l' || i, 443, i, 1, now() FROM generate_series(1, 9500) AS i");
        put(PATH, "{'callsPerSecond':1}").problem(409);
        assertThat(API.postgres().sql().number("SELECT count(*) FROM destination"))
                .isEqualTo(10_000);
    }

    private static Answer put(String path, String body) {
        return SERVER.send("PUT", path.endsWith("/limits") ? path : path + "/limits", bytes(body));
    }

    private static Answer post(String path, String body) {
        return SERVER.send("POST", path, bytes(body));
    }

    private static byte[] bytes(String body) {
        return body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }
}
