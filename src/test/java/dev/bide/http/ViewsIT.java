package dev.bide.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bide.http.TestServer.Answer;
import dev.bide.testing.Sql;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What people look at: workflows by name, as they were, and who waits in them. */
class ViewsIT {
    @RegisterExtension
    static final ApiExtension API = ApiExtension.api();

    private static final TestServer SERVER = API.server();
    private static final String ONE_DAY = "'delay':{'type':'period','amount':1,'unit':'days'}";

    @Test
    void workflows_are_found_by_a_part_of_their_newest_name_in_small_letters_or_capitals() {
        String mark = UUID.randomUUID().toString();
        String first = workflow("Straße NACH Ürümqi " + mark, "one");
        String second = workflow("before " + mark, "one");
        ObjectNode renamed = SERVER.get("/workflows/" + second).json(200).deepCopy();
        renamed.put("name", "nach Hause 100%_ " + mark);
        SERVER.send("PUT", "/workflows/" + second, renamed.toString().getBytes(UTF_8))
                .json(200);
        String old = workflow("nach oben " + mark, "one");
        assertThat(SERVER.send("DELETE", "/workflows/" + old, null).status()).isEqualTo(204);

        assertThat(ids(SERVER.get("/workflows?query=NaCH"))).containsExactly(second, first);
        assertThat(ids(SERVER.get("/workflows?query=%C3%BCR%C3%9CMQI"))).containsExactly(first);
        assertThat(ids(SERVER.get("/workflows?query=100%25_%20" + mark))).containsExactly(second);
        assertThat(ids(SERVER.get("/workflows?query=before"))).isEmpty();
        assertThat(ids(SERVER.get("/workflows?archived=true&query=" + mark))).containsExactly(old);
        assertThat(ids(SERVER.get("/workflows?archived=false&query=" + mark))).containsExactly(second, first);

        JsonNode page = SERVER.get("/workflows?limit=1&query=" + mark).json(200);
        assertThat(ids(SERVER.get("/workflows?limit=1&query=" + mark + "&cursor="
                        + page.path("nextCursor").textValue())))
                .containsExactly(first);
    }

    @Test
    void every_version_is_listed_and_shown_as_it_was() {
        String id = workflow("first", "one");
        JsonNode first = SERVER.get("/workflows/" + id).json(200);
        for (String name : List.of("second", "third")) {
            ObjectNode edited = SERVER.get("/workflows/" + id).json(200).deepCopy();
            edited.put("name", name);
            SERVER.send("PUT", "/workflows/" + id, edited.toString().getBytes(UTF_8))
                    .json(200);
        }

        String path = "/workflows/" + id + "/versions";
        JsonNode page = SERVER.get(path + "?limit=2").json(200);
        assertThat(page.path("items").findValuesAsText("name")).containsExactly("third", "second");
        JsonNode item = page.path("items").path(1);
        assertThat(item.path("version").intValue()).isEqualTo(2);
        JsonNode rest = SERVER.get(
                        path + "?limit=2&cursor=" + page.path("nextCursor").textValue())
                .json(200);
        assertThat(rest.path("items").findValuesAsText("name")).containsExactly("first");
        assertThat(rest.path("nextCursor").isNull()).isTrue();

        Answer second = SERVER.get(path + "/2");
        assertThat(second.header("ETag")).isEqualTo("\"2\"");
        assertThat(second.json(200).path("name").textValue()).isEqualTo("second");
        assertThat(second.json().path("updatedAt")).isEqualTo(item.path("createdAt"));
        assertThat(second.json().path("createdAt")).isEqualTo(first.path("createdAt"));
        assertThat(SERVER.get(path + "/1").json(200)).isEqualTo(first);
        assertThat(SERVER.get(path + "/2", "If-None-Match", "\"2\"").status()).isEqualTo(304);

        for (String none : List.of("0", "4", "01", "x", "2147483648")) {
            SERVER.get(path + "/" + none).problem(404);
        }
        SERVER.get("/workflows/" + UUID.randomUUID() + "/versions").problem(404);
        SERVER.get("/workflows/" + UUID.randomUUID() + "/versions/1").problem(404);
    }

    @Test
    void a_workflow_says_who_waits_at_each_task_those_of_older_versions_too() {
        String id = workflow("who waits", "gone", "kept", "empty");
        List<String> runs = IntStream.range(0, 5)
                .mapToObj(i -> post("/workflows/" + id + "/runs", "{}")
                        .json(201)
                        .path("id")
                        .textValue())
                .toList();
        JsonNode before = SERVER.get("/workflows/" + id).json(200);
        String gone = before.path("tasks").path(0).path("id").textValue();
        ObjectNode edited = before.deepCopy();
        edited.withArray("tasks").remove(0);
        edited.withArray("tasks").insert(1, edited.withArray("tasks").remove(0));
        SERVER.send("PUT", "/workflows/" + id, edited.toString().getBytes(UTF_8))
                .json(200);
        SERVER.post("/runs/" + runs.get(0) + "/pause").json(200);
        Sql sql = API.postgres().sql();
        sql.execute(
                "UPDATE timer SET status = 'retrying', due_at = '2020-02-03T00:00:00Z' WHERE run_id = ?",
                UUID.fromString(runs.get(1)));
        sql.execute(
                "INSERT INTO timer_dead (id, finished_at, due_at, problem, lane, host, outcome, text, workflow_id, task_id)"
                        + " SELECT gen_random_uuid(), now(), now(), 1, 5, 'a:1', 'failed', '', CAST(? AS uuid), CAST(? AS uuid) FROM generate_series(1, 3)",
                id,
                gone);

        JsonNode items = SERVER.get("/workflows/" + id + "/waiting").json(200).path("items");

        assertThat(items.findValuesAsText("name")).containsExactly("empty", "kept", "gone");
        assertThat(items.findValuesAsText("version")).containsExactly("2", "2", "1");
        assertThat(names(items.path(0))).doesNotContain("earliestDueAt", "latestDueAt");
        JsonNode old = items.path(2);
        assertThat(old.path("taskId").textValue()).isEqualTo(gone);
        assertThat(old.path("waiting")).hasToString("{\"count\":3,\"exact\":true}");
        assertThat(old.path("retrying")).hasToString("{\"count\":1,\"exact\":true}");
        assertThat(old.path("paused")).hasToString("{\"count\":1,\"exact\":true}");
        assertThat(old.path("dead")).hasToString("{\"count\":3,\"exact\":true}");
        assertThat(old.path("earliestDueAt").textValue()).isEqualTo("2020-02-03T00:00:00.000Z");
        assertThat(old.path("latestDueAt").textValue()).isGreaterThan("2026");
        SERVER.get("/workflows/" + UUID.randomUUID() + "/waiting").problem(404);
    }

    @Test
    void a_parameter_that_cannot_be_is_named() {
        String id = workflow("named", "one");
        assertThat(SERVER.get("/workflows?query=" + "q".repeat(201)).fields(400))
                .containsExactly("query");
        assertThat(SERVER.get("/workflows?query=%00").fields(400)).containsExactly("query");
        assertThat(SERVER.get("/workflows?archived=yes").fields(400)).containsExactly("archived");
        assertThat(SERVER.get("/workflows/" + id + "/versions?cursor=x").fields(400))
                .containsExactly("cursor");
        assertThat(SERVER.get("/workflows/" + id + "/waiting?limit=1").fields(400))
                .containsExactly("limit");
        assertThat(SERVER.get("/workflows/" + id + "/versions/1?limit=1").fields(400))
                .containsExactly("limit");
    }

    @Test
    void timers_are_listed_by_key_host_problem_and_several_states() {
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            made.add(post(
                            "/timers",
                            "{'key':'listed-" + i + "'," + ONE_DAY + ",'action':{'url':'https://listed.example/" + i
                                    + "'}}")
                    .json(201)
                    .path("id")
                    .textValue());
        }
        SERVER.post("/timers/" + made.get(1) + "/pause").json(200);
        SERVER.post("/timers/" + made.get(2) + "/cancel").json(200);
        API.postgres()
                .sql()
                .execute(
                        "INSERT INTO timer_dead (id, finished_at, due_at, problem, lane, host, outcome, text)"
                                + " SELECT id, finished_at, due_at, -2, 5, 'listed.example:443', 'failed', '' FROM timer_history WHERE id = ?",
                        UUID.fromString(made.get(2)));

        assertThat(ids(SERVER.get("/timers?key=listed-1"))).containsExactly(made.get(1));
        assertThat(ids(SERVER.get("/timers?key=listed-1&status=scheduled"))).isEmpty();
        assertThat(ids(SERVER.get("/timers?host=listed.example"))).containsExactly(made.get(0));
        assertThat(ids(SERVER.get("/timers?host=LISTED.example:443&status=paused")))
                .containsExactly(made.get(1));
        assertThat(ids(SERVER.get("/timers?host=listed.example:444"))).isEmpty();
        assertThat(ids(SERVER.get("/timers?limit=2&status=paused,cancelled")))
                .containsExactly(made.get(2), made.get(1));
        assertThat(ids(SERVER.get("/timers?problem=fffffffffffffffe")))
                .as("cancelled since")
                .isEmpty();
        API.postgres()
                .sql()
                .execute("UPDATE timer_history SET status = 'dead' WHERE id = ?", UUID.fromString(made.get(2)));
        assertThat(ids(SERVER.get("/timers?problem=fffffffffffffffe"))).containsExactly(made.get(2));
        assertThat(ids(SERVER.get("/timers?problem=0000000000000001"))).isEmpty();

        String newest =
                SERVER.get("/timers?limit=1").json(200).path("nextCursor").textValue();
        String due = SERVER.get("/timers?limit=1&dueTo=2999-01-01T00:00:00Z")
                .json(200)
                .path("nextCursor")
                .textValue();
        for (String other : List.of(
                "/timers?dueTo=2999-01-01T00:00:00Z&cursor=" + newest,
                "/timers?status=dead&cursor=" + due,
                "/timers?host=a&cursor=" + due)) {
            assertThat(SERVER.get(other).fields(400)).as(other).containsExactly("cursor");
        }
        assertThat(SERVER.get("/timers?host=a&status=delivered").fields(400)).containsExactly("host");
        assertThat(SERVER.get("/timers?host=a/b").fields(400)).containsExactly("host");
        assertThat(SERVER.get("/timers?problem=FFFFFFFFFFFFFFFE").fields(400)).containsExactly("problem");
        assertThat(SERVER.get("/timers?problem=fffffffffffffffe&status=paused").fields(400))
                .containsExactly("problem");
        assertThat(SERVER.get("/timers?key=k&host=a").fields(400)).containsExactly("key");
        assertThat(SERVER.get("/timers?status=paused,").fields(400)).containsExactly("status");
        assertThat(SERVER.get("/runs?status=failed,gone").fields(400)).containsExactly("status");
    }

    @Test
    void density_counts_by_due_time_and_of_a_host_by_what_fires() {
        String id = workflow("dense", "one");
        String task = SERVER.get("/workflows/" + id)
                .json(200)
                .path("tasks")
                .path(0)
                .path("id")
                .textValue();
        List<String> timers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            JsonNode run = post("/workflows/" + id + "/runs", "{}").json(201);
            timers.add(run.path("timer").path("id").textValue());
        }
        for (int i = 0; i < 3; i++) {
            SERVER.send(
                            "PATCH",
                            "/timers/" + timers.get(i),
                            ("{\"dueAt\":\"2033-01-01T00:00:0" + i + "Z\"}").getBytes(UTF_8))
                    .json(200);
        }
        SERVER.post("/timers/" + timers.get(2) + "/pause").json(200);
        String range = "/timers/density?from=2033-01-01T00:00:00Z&to=2033-01-01T00:00:06Z&buckets=3";

        JsonNode density = SERVER.get(range).json(200);
        assertThat(names(density)).containsExactly("exact", "capacityPerSecond", "buckets");
        assertThat(density.path("exact").booleanValue()).isTrue();
        assertThat(density.path("buckets").path(1))
                .hasToString("{\"from\":\"2033-01-01T00:00:02.000Z\",\"to\":\"2033-01-01T00:00:04.000Z\",\"count\":1}");
        assertThat(density.path("buckets").findValuesAsText("count")).containsExactly("2", "1", "0");
        assertThat(counts(range + "&workflowId=" + id)).containsExactly("2", "1", "0");
        assertThat(counts(range + "&taskId=" + task)).containsExactly("2", "1", "0");
        assertThat(counts(range + "&workflowId=" + id + "&taskId=" + UUID.randomUUID()))
                .containsExactly("0", "0", "0");
        assertThat(counts(range + "&host=127.0.0.1:9")).as("one is paused").containsExactly("2", "0", "0");
        assertThat(counts(range + "&host=127.0.0.1")).containsExactly("0", "0", "0");
        assertThat(counts("/timers/density?to=2999-01-01T00:00:00Z&from=2990-01-01T00:00:00Z"))
                .hasSize(60);
        assertThat(SERVER.get("/timers/density?to=2029-01-01T00:00:00Z")
                        .json(200)
                        .path("buckets"))
                .hasSize(60);

        assertThat(SERVER.get("/timers/density").fields(400)).containsExactly("to");
        assertThat(SERVER.get("/timers/density?to=2020-01-01T00:00:00Z").fields(400))
                .containsExactly("to");
        assertThat(SERVER.get(range + "0000").fields(400)).containsExactly("buckets");
        assertThat(SERVER.get("/timers/density?from=2020-01-01T00:00:00Z&to=2031-01-01T00:00:00.001Z")
                        .fields(400))
                .containsExactly("to");
        assertThat(SERVER.get("/timers/density?from=2020-01-01T00:00:00Z&to=2020-01-01T00:00:00.010Z")
                        .fields(400))
                .containsExactly("to");
        assertThat(SERVER.get(range + "&host=a&taskId=" + task).fields(400)).containsExactly("host");
        assertThat(SERVER.get(range + "&host=a/").fields(400)).containsExactly("host");
        assertThat(SERVER.get(range + "&workflowId=x").fields(400)).containsExactly("workflowId");
    }

    private static List<String> counts(String path) {
        return SERVER.get(path).json(200).path("buckets").findValuesAsText("count");
    }

    private static String workflow(String name, String... tasks) {
        List<String> made = new ArrayList<>();
        for (String task : tasks) {
            made.add("{'name':'" + task + "'," + ONE_DAY + ",'action':{'url':'http://127.0.0.1:9/x'}}");
        }
        return post("/workflows", "{'name':'" + name + "','tasks':[" + String.join(",", made) + "]}")
                .json(201)
                .path("id")
                .textValue();
    }

    private static Answer post(String path, String body) {
        return SERVER.post(path, body.replace('\'', '"'));
    }

    private static List<String> ids(Answer list) {
        List<String> ids = new ArrayList<>();
        list.json(200).path("items").forEach(item -> ids.add(item.path("id").textValue()));
        return ids;
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
