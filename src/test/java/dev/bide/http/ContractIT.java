package dev.bide.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bide.http.TestServer.Answer;
import dev.bide.testing.PostgresExtension;
import java.io.IOException;
import java.net.Socket;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Every call of the contract, on the real engine and a real database. */
class ContractIT {
    @RegisterExtension
    static final ApiExtension API = ApiExtension.worker();

    private static final PostgresExtension POSTGRES = API.postgres();
    private static final TestServer SERVER = API.server();

    private static final MockWebServer THIRD_PARTY = new MockWebServer();
    private static final String ONE_DAY = "'delay':{'type':'period','amount':1,'unit':'days'}";

    static {
        SERVER.configuration().maxConcurrentBulkCalls = 1;
    }

    @BeforeAll
    static void start() throws IOException {
        THIRD_PARTY.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                return new MockResponse.Builder()
                        .code(request.getTarget().startsWith("/bad") ? 400 : 200)
                        .build();
            }
        });
        THIRD_PARTY.start();
    }

    @AfterAll
    static void stop() {
        THIRD_PARTY.close();
    }

    @Test
    void a_workflow_is_made_read_changed_and_archived() {
        Answer made = post(
                "/workflows",
                "{'name':'Onboarding','description':'a\\nb','timezone':'Europe/Berlin','tasks':[" + task("welcome")
                        + "]}");
        JsonNode workflow = made.json(201);
        String path = "/workflows/" + workflow.path("id").textValue();
        assertThat(made.header("Location")).isEqualTo("/v1" + path);
        assertThat(made.header("ETag")).isEqualTo("\"1\"");
        assertThat(names(workflow))
                .containsExactly("id", "version", "name", "description", "timezone", "tasks", "createdAt", "updatedAt");
        assertThat(workflow.path("createdAt").textValue())
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
        assertThat(workflow.path("tasks").path(0))
                .hasToString(
                        "{\"id\":\"" + workflow.path("tasks").path(0).path("id").textValue()
                                + "\",\"name\":\"welcome\",\"delay\":{\"type\":\"period\",\"amount\":1,\"unit\":\"days\"},\"action\":{\"method\":\"POST\",\"url\":\""
                                + url("/ok")
                                + "\",\"body\":{\"price\":100.00,\"nul\":\"\\u0000\"}},\"retry\":{\"maxRetries\":3,\"initialBackoff\":\"PT1S\",\"multiplier\":2.0,\"maxBackoff\":\"PT5M\"},\"timeout\":\"PT10S\"}");

        Answer read = SERVER.get(path);
        assertThat(read.json(200)).isEqualTo(workflow);
        assertThat(read.header("ETag")).isEqualTo("\"1\"");
        Answer unchanged = SERVER.get(path, "If-None-Match", "\"1\"");
        assertThat(unchanged.status()).isEqualTo(304);
        assertThat(unchanged.header("ETag")).isEqualTo("\"1\"");
        assertThat(SERVER.get(path, "If-None-Match", "\"7\"").status()).isEqualTo(200);

        ObjectNode edited = workflow.deepCopy();
        edited.put("name", "Welcome");
        Answer changed = SERVER.send("PUT", path, edited.toString().getBytes(UTF_8), "If-Match", "\"1\"");
        assertThat(changed.json(200).path("version").intValue()).isEqualTo(2);
        assertThat(changed.header("ETag")).isEqualTo("\"2\"");
        assertThat(changed.json().path("tasks")).isEqualTo(workflow.path("tasks"));
        assertThat(changed.json().path("createdAt")).isEqualTo(workflow.path("createdAt"));

        byte[] body = edited.toString().getBytes(UTF_8);
        SERVER.send("PUT", path, body, "If-Match", "\"1\"").problem(412);
        SERVER.send("PUT", path, body, "If-Match", "\"1\", \"9\"").problem(412);
        SERVER.send("PUT", path, body, "If-Match", "W/\"2\"").problem(412);
        SERVER.send("PUT", path, body, "If-Match", "\"two\"").problem(412);
        for (String malformed : List.of("2", "\"2", "", "\"2\" \"3\"", "*, \"2\"")) {
            assertThat(SERVER.send("PUT", path, body, "If-Match", malformed).fields(400))
                    .containsExactly("If-Match");
        }
        SERVER.send("PUT", path, body, "If-Match", "\"1\", \"2\"").json(200);
        SERVER.send("PUT", path + "?applyTo=active", body, "If-Match", "*").json(200);
        SERVER.send("PUT", path, body).json(200);

        assertThat(ids(SERVER.get("/workflows?limit=500")))
                .contains(workflow.path("id").textValue());
        SERVER.send("DELETE", path, null, "If-Match", "\"1\"").problem(412);
        assertThat(SERVER.send("DELETE", path, null, "If-Match", "\"5\"").status())
                .isEqualTo(204);
        assertThat(names(SERVER.get(path).json(200))).contains("archivedAt");
        assertThat(ids(SERVER.get("/workflows?limit=500")))
                .doesNotContain(workflow.path("id").textValue());
        SERVER.send("PUT", path, body).problem(409);
        assertThat(SERVER.send("DELETE", path, null).status()).isEqualTo(204);
        SERVER.send("DELETE", path, null, "If-Match", "\"4\"").problem(412);
        post(path + "/runs", "{}").problem(409);
    }

    @Test
    void channels_are_set_tried_and_removed() {
        String path = "/channels/pager";
        SERVER.get(path).problem(404);
        JsonNode made = SERVER.send(
                        "PUT", path, json("{'type':'webhook','url':'" + url("/ok") + "','events':['timer.dead']}"))
                .json(200);
        assertThat(names(made)).containsExactly("name", "type", "url", "events", "readOnly", "waiting");
        assertThat(SERVER.get(path).json(200)).isEqualTo(made);
        assertThat(SERVER.send("PUT", path, made.toString().getBytes(UTF_8)).json(200))
                .isEqualTo(made);
        assertThat(SERVER.get("/channels").json(200).path("items")).containsExactly(made);
        Answer tried = post(path + "/test", "");
        assertThat(names(tried.json(202))).containsExactly("id", "channel", "timerId");
        SERVER.get("/timers/" + tried.json().path("timerId").textValue()).json(200);

        assertThat(SERVER.send(
                                "PUT",
                                path,
                                json("{'type':'pigeon','to':'a','events':['x',1],'workflowId':'w','more':1}"))
                        .fields(422))
                .containsExactlyInAnyOrder("type", "to", "events[1]", "events[0]", "workflowId", "more");
        assertThat(SERVER.send("PUT", path, json("{'type':'email','to':['nobody']}"))
                        .fields(422))
                .containsExactly("to[0]");
        assertThat(SERVER.send("PUT", path, json("{'type':'slack','url':'http://10.0.0.1/'}"))
                        .fields(422))
                .containsExactly("url");
        assertThat(SERVER.send("PUT", path, json("{'type':'telegram','url':'" + url("/ok") + "'}"))
                        .fields(422))
                .containsExactly("chatId");
        assertThat(SERVER.send("PUT", "/channels/A", json("{'type':'email','to':['a@b.example']}"))
                        .fields(422))
                .containsExactly("name");

        assertThat(SERVER.send("DELETE", path, null).status()).isEqualTo(204);
        SERVER.send("DELETE", path, null).problem(404);
        SERVER.send("POST", path + "/test", null).problem(404);
    }

    private static byte[] json(String text) {
        return text.replace('\'', '"').getBytes(UTF_8);
    }

    @Test
    void tasks_are_added_changed_moved_and_removed() {
        String path = "/workflows/"
                + post("/workflows", "{'name':'n'}").json(201).path("id").textValue();
        post(path + "/runs", "{}").problem(409);

        Answer added = post(path + "/tasks", task("b"));
        assertThat(taskNames(added.json(201))).containsExactly("b");
        assertThat(added.header("ETag")).isEqualTo("\"2\"");
        assertThat(added.header("Location")).isEqualTo("/v1" + path);
        JsonNode two = post(
                        path + "/tasks",
                        task("a").replace("}}", "}},'position':0,'timeout':'PT1S'"),
                        "If-Match",
                        "\"2\"")
                .json(201);
        assertThat(taskNames(two)).containsExactly("a", "b");
        post(path + "/tasks", task("c"), "If-Match", "\"2\"").problem(412);

        ObjectNode b = two.path("tasks").path(1).deepCopy();
        b.put("name", "B").put("position", 0);
        String task = path + "/tasks/" + b.path("id").textValue();
        JsonNode moved = SERVER.send("PUT", task, b.toString().getBytes(UTF_8)).json(200);
        assertThat(taskNames(moved)).containsExactly("B", "a");
        assertThat(moved.path("tasks").path(0).path("id")).isEqualTo(b.path("id"));

        SERVER.send("DELETE", task, null, "If-Match", "\"3\"").problem(412);
        assertThat(taskNames(SERVER.send("DELETE", task, null).json(200))).containsExactly("a");
        SERVER.send("DELETE", task, null).problem(404);
    }

    @Test
    void tasks_that_many_add_at_the_same_time_are_all_added() {
        String path = "/workflows/" + workflow();

        List<Integer> statuses = IntStream.range(0, 12)
                .parallel()
                .mapToObj(i -> post(path + "/tasks", task("many " + i)).status())
                .toList();

        assertThat(statuses).containsOnly(201);
        assertThat(SERVER.get(path).json(200).path("tasks")).hasSize(14);
        assertThat(IntStream.range(0, 4).parallel().mapToObj(i -> SERVER.send("DELETE", path, null)
                        .status()))
                .containsOnly(204);
    }

    @Test
    void a_run_is_started_once_per_key_paused_resumed_and_cancelled() {
        String workflow = workflow();
        Answer started = post(
                "/workflows/" + workflow + "/runs",
                "{'key':'k','timezone':'Asia/Tokyo','input':{'email':'a@example.com'}}");
        JsonNode run = started.json(201);
        String path = "/runs/" + run.path("id").textValue();
        assertThat(started.header("Location")).isEqualTo("/v1" + path);
        assertThat(names(run))
                .containsExactly(
                        "id",
                        "workflowId",
                        "workflowVersion",
                        "key",
                        "status",
                        "timezone",
                        "input",
                        "currentTaskId",
                        "task",
                        "timer",
                        "history",
                        "createdAt",
                        "updatedAt");
        assertThat(run.path("status").textValue()).isEqualTo("active");
        assertThat(run.path("timer").path("runId")).isEqualTo(run.path("id"));
        assertThat(run.path("timer").path("workflowId").textValue()).isEqualTo(workflow);
        assertThat(run.path("timer").path("taskId")).isEqualTo(run.path("currentTaskId"));
        assertThat(run.path("task").path("id")).isEqualTo(run.path("currentTaskId"));
        assertThat(run.path("history")).hasSize(1);

        JsonNode again = post("/workflows/" + workflow + "/runs", "{'key':'k','input':{'email':'b@example.com'}}")
                .json(200);
        assertThat(again).isEqualTo(run);
        assertThat(SERVER.get(path).json(200)).isEqualTo(run);

        assertThat(ids(SERVER.get("/runs?workflowId=" + workflow)))
                .containsExactly(run.path("id").textValue());
        assertThat(ids(SERVER.get("/runs?workflowId=" + workflow + "&status=active&key=k")))
                .hasSize(1);
        assertThat(ids(SERVER.get("/runs?workflowId=" + workflow + "&status=failed")))
                .isEmpty();
        assertThat(names(SERVER.get("/runs?key=k").json(200).path("items").path(0)))
                .doesNotContain("timer", "history", "task");
        assertThat(ids(SERVER.get("/timers?runId=" + run.path("id").textValue())))
                .containsExactly(run.path("timer").path("id").textValue());
        assertThat(ids(SERVER.get("/timers?taskId=" + run.path("currentTaskId").textValue() + "&status=scheduled")))
                .hasSize(1);

        assertThat(status(SERVER.post(path + "/pause"))).isEqualTo("paused");
        assertThat(SERVER.get(path).json(200).path("timer").path("status").textValue())
                .isEqualTo("paused");
        SERVER.post(path + "/pause").problem(409);
        assertThat(status(SERVER.post(path + "/resume"))).isEqualTo("active");
        SERVER.post(path + "/resume").problem(409);
        assertThat(names(SERVER.post(path + "/cancel").json(200))).contains("finishedAt");
        SERVER.post(path + "/cancel").problem(409);
        assertThat(status(SERVER.get(path))).isEqualTo("cancelled");
        assertThat(status(post("/workflows/" + workflow + "/runs", "{'key':'k'}"), 200))
                .isEqualTo("cancelled");
    }

    @Test
    void many_runs_are_started_at_once_and_each_is_judged_alone() {
        String workflow = workflow();
        String existing = post("/workflows/" + workflow + "/runs", "{'key':'b'}")
                .json(201)
                .path("id")
                .textValue();

        JsonNode bulk = post(
                        "/workflows/" + workflow + "/runs/bulk",
                        "{'runs':[{'key':'a'},{'key':5},{'key':'b'},{'input':{'x':{'y':'\\ud800'}}},{}]}")
                .json(200);

        assertThat(names(bulk)).containsExactly("accepted", "results");
        assertThat(bulk.path("accepted").intValue()).isEqualTo(3);
        JsonNode results = bulk.path("results");
        assertThat(results.findValuesAsText("id")).hasSize(3).contains(existing);
        assertThat(results.path(2).path("id").textValue()).isEqualTo(existing);
        assertThat(results.path(1).path("error").path("status").intValue()).isEqualTo(422);
        assertThat(results.path(1).path("error").path("errors").findValuesAsText("field"))
                .containsExactly("key");
        assertThat(results.path(3).path("error").path("errors").findValuesAsText("field"))
                .containsExactly("input.x.y");
        assertThat(ids(SERVER.get("/runs?workflowId=" + workflow))).hasSize(3);

        String empty = post("/workflows", "{'name':'n'}").json(201).path("id").textValue();
        JsonNode refused =
                post("/workflows/" + empty + "/runs/bulk", "{'runs':[{}]}").json(200);
        assertThat(refused.path("accepted").intValue()).isZero();
        assertThat(refused.path("results").path(0).path("error").path("status").intValue())
                .isEqualTo(409);
        post("/workflows/" + UUID.randomUUID() + "/runs/bulk", "{'runs':[]}").problem(404);
    }

    @Test
    void a_timer_is_made_once_per_key_moved_paused_and_cancelled() {
        Answer made =
                post("/timers", "{'key':'moving'," + ONE_DAY + "," + action("/ok") + ",'timezone':'Europe/Berlin'}");
        JsonNode timer = made.json(201);
        String path = "/timers/" + timer.path("id").textValue();
        assertThat(made.header("Location")).isEqualTo("/v1" + path);
        assertThat(names(timer))
                .containsExactly(
                        "id",
                        "status",
                        "dueAt",
                        "createdAt",
                        "delay",
                        "timezone",
                        "action",
                        "retry",
                        "timeout",
                        "attempts",
                        "key");
        assertThat(timer.path("timezone").textValue()).isEqualTo("Europe/Berlin");
        assertThat(Instant.parse(timer.path("dueAt").textValue()))
                .isEqualTo(Instant.parse(timer.path("createdAt").textValue()).plus(Duration.ofDays(1)));
        assertThat(post("/timers", "{'key':'moving'," + ONE_DAY + "," + action("/other") + "}")
                        .json(200))
                .isEqualTo(timer);
        assertThat(SERVER.get(path).json(200)).isEqualTo(timer);

        assertThat(patch(path, "{'dueAt':'2027-06-01T10:00:00.0004+02:00'}")
                        .json(200)
                        .path("dueAt")
                        .textValue())
                .isEqualTo("2027-06-01T08:00:00.001Z");
        JsonNode moved = patch(path, "{'delay':{'type':'period','amount':2,'unit':'weeks'}}")
                .json(200);
        assertThat(moved.path("delay").path("unit").textValue()).isEqualTo("weeks");
        assertThat(status(SERVER.post(path + "/pause"))).isEqualTo("paused");
        SERVER.post(path + "/pause").problem(409);
        assertThat(status(SERVER.post(path + "/resume"))).isEqualTo("scheduled");
        SERVER.post(path + "/resume").problem(409);
        SERVER.post(path + "/redrive").problem(409);
        assertThat(names(SERVER.post(path + "/cancel").json(200))).contains("finishedAt");
        for (String change : List.of("cancel", "pause", "resume", "fire", "redrive")) {
            SERVER.post(path + "/" + change).problem(409);
        }
        patch(path, "{'dueAt':'2027-06-01T10:00:00Z'}").problem(409);
    }

    @Test
    void a_timer_that_is_moved_to_a_delay_without_a_zone_is_counted_in_its_own_again() {
        String there = "'delay':{'type':'date','date':'2031-07-01','at':'09:00','timezone':'Asia/Tokyo'}";
        String here = "{'delay':{'type':'date','date':'2031-07-01','at':'09:00'}}";
        String alone = "/timers/"
                + post("/timers", "{" + there + "," + action("/ok") + ",'timezone':'Europe/Berlin'}")
                        .json(201)
                        .path("id")
                        .textValue();
        String workflow = post(
                        "/workflows",
                        "{'name':'n','timezone':'Europe/Berlin','tasks':[{'name':'t'," + there + "," + action("/ok")
                                + "}]}")
                .json(201)
                .path("id")
                .textValue();
        String ofRun = "/timers/"
                + post("/workflows/" + workflow + "/runs", "{}")
                        .json(201)
                        .path("timer")
                        .path("id")
                        .textValue();

        for (String path : List.of(alone, ofRun)) {
            JsonNode before = SERVER.get(path).json(200);
            assertThat(before.path("timezone").textValue()).isEqualTo("Asia/Tokyo");
            assertThat(before.path("dueAt").textValue()).isEqualTo("2031-07-01T00:00:00.000Z");
            JsonNode moved = patch(path, here).json(200);
            assertThat(moved.path("timezone").textValue()).isEqualTo("Europe/Berlin");
            assertThat(moved.path("dueAt").textValue()).isEqualTo("2031-07-01T07:00:00.000Z");
        }
    }

    @Test
    void a_failed_run_is_redriven_by_the_newest_version() {
        String task = "{'name':'t'," + ONE_DAY + "," + action("/bad") + "}";
        JsonNode workflow =
                post("/workflows", "{'name':'w','tasks':[" + task + "]}").json(201);
        String runs = "/workflows/" + workflow.path("id").textValue() + "/runs";
        JsonNode run = post(runs, "{}").json(201);
        String path = "/runs/" + run.path("id").textValue();
        post(path + "/redrive", "{}").problem(409);
        post(path + "/redrive", "{'version':'older'}").problem(422);
        post(path + "/redrive", "{'versions':'same'}").problem(422);
        SERVER.post("/timers/" + run.path("timer").path("id").textValue() + "/fire")
                .json(200);
        await().untilAsserted(() -> assertThat(status(SERVER.get(path))).isEqualTo("failed"));
        JsonNode redriven = post(path + "/redrive", "{'version':'latest'}").json(200);
        assertThat(redriven.path("id")).isEqualTo(run.path("id"));
        assertThat(redriven.path("timer").path("id"))
                .isEqualTo(run.path("timer").path("id"));
        await().untilAsserted(() -> assertThat(
                        SERVER.get(path).json(200).path("timer").path("attempts"))
                .hasSize(2));
    }

    @Test
    void a_timer_is_fired_and_a_dead_one_redriven() {
        JsonNode good =
                post("/timers", "{" + ONE_DAY + "," + action("/ok") + "}").json(201);
        String path = "/timers/" + good.path("id").textValue();
        SERVER.post(path + "/fire").json(200);
        await().untilAsserted(() -> assertThat(status(SERVER.get(path))).isEqualTo("delivered"));
        JsonNode delivered = SERVER.get(path).json(200);
        assertThat(delivered.path("latenessMs").isIntegralNumber()).isTrue();
        assertThat(names(delivered.path("attempts").path(0)))
                .containsExactly("number", "startedAt", "durationMs", "outcome", "httpStatus");
        SERVER.post(path + "/redrive").problem(409);

        String bad = "/timers/"
                + post("/timers", "{" + ONE_DAY + "," + action("/bad") + "}")
                        .json(201)
                        .path("id")
                        .textValue();
        SERVER.post(bad + "/fire").json(200);
        await().untilAsserted(() -> assertThat(status(SERVER.get(bad))).isEqualTo("dead"));
        SERVER.post(bad + "/fire").problem(409);
        assertThat(ids(SERVER.get("/timers?status=dead"))).contains(bad.substring("/timers/".length()));
        assertThat(status(SERVER.post(bad + "/redrive"))).isEqualTo("scheduled");
        await().untilAsserted(() ->
                assertThat(SERVER.get(bad).json(200).path("attempts")).hasSize(2));
    }

    @Test
    void changes_to_many_are_counted_begun_and_listed() {
        String workflow = post(
                        "/workflows", "{'name':'many','tasks':[{'name':'t'," + ONE_DAY + "," + action("/ok") + "}]}")
                .json(201)
                .path("id")
                .textValue();
        for (int i = 0; i < 3; i++) {
            post("/workflows/" + workflow + "/runs", "{}").json(201);
        }
        String filter = "'filter':{'workflowId':'" + workflow + "'}";
        for (String path : List.of("/timers/fire", "/runs/pause")) {
            JsonNode counted =
                    post(path, "{" + filter + ",'limit':2,'dryRun':true}").json(200);
            assertThat(names(counted)).containsExactly("matched", "earliestDueAt", "latestDueAt", "sample");
            assertThat(counted.path("matched").intValue()).isEqualTo(2);
            assertThat(names(counted.path("sample").path(1))).containsExactly("id", "dueAt");
        }
        assertThat(names(post("/runs/redrive", "{" + filter + ",'dryRun':true}").json(200)))
                .containsExactly("matched", "sample");
        Answer begun = post("/runs/cancel", "{" + filter + ",'limit':2,'reason':'Trying two'}");
        JsonNode operation = begun.json(202);
        String id = operation.path("id").textValue();
        assertThat(begun.header("Location")).isEqualTo("/v1/operations/" + id);
        assertThat(names(operation))
                .containsExactly(
                        "id",
                        "kind",
                        "status",
                        "matched",
                        "done",
                        "failed",
                        "failures",
                        "filter",
                        "limit",
                        "reason",
                        "createdAt",
                        "updatedAt");
        assertThat(operation.path("kind").textValue()).isEqualTo("cancel-runs");
        assertThat(operation.path("filter")).hasToString("{\"workflowId\":\"" + workflow + "\"}");
        assertThat(SERVER.get("/operations/" + id).json(200)).isEqualTo(operation);

        JsonNode dismiss = post("/timers/cancel", "{'filter':{'problem':'ffffffffffffff00','host':'api.example.com'}}")
                .json(202);
        assertThat(dismiss.path("kind").textValue()).isEqualTo("dismiss");
        assertThat(dismiss.path("filter"))
                .hasToString("{\"host\":\"api.example.com\",\"problem\":\"ffffffffffffff00\"}");
        JsonNode several = post("/timers/resume", "{'filter':{'status':['paused','retrying'],'key':'k'}}")
                .json(202);
        assertThat(several.path("filter").path("status")).hasSize(2);
        assertThat(post("/timers/cancel", "{'filter':{'status':['dead']}}")
                        .json(202)
                        .path("filter")
                        .path("status")
                        .textValue())
                .isEqualTo("dead");

        JsonNode page = SERVER.get("/operations?status=running&limit=3").json(200);
        assertThat(page.path("items")).hasSize(3);
        assertThat(page.path("items").path(2)).isEqualTo(dismiss);
        JsonNode next = SERVER.get("/operations?status=running&limit=3&cursor="
                        + page.path("nextCursor").textValue())
                .json(200);
        assertThat(next.path("items").path(0)).isEqualTo(operation);
        assertThat(names(SERVER.post("/operations/" + id + "/cancel").json(200)))
                .contains("endedAt")
                .doesNotContain("startedAt");
        JsonNode cancelled =
                SERVER.get("/operations?status=cancelled").json(200).path("items");
        assertThat(cancelled.path(0).path("id").textValue()).isEqualTo(id);
        assertThat(cancelled.findValuesAsText("status")).containsOnly("cancelled");
    }

    @Test
    void dead_timers_are_told_in_groups() {
        String timer = post("/timers", "{'delay':{'type':'period','amount':0,'unit':'seconds'}," + action("/bad") + "}")
                .json(201)
                .path("id")
                .textValue();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> status(SERVER.get("/timers/" + timer)).equals("dead"));
        JsonNode answer =
                SERVER.get("/problems?host=127.0.0.1:" + THIRD_PARTY.getPort()).json(200);
        assertThat(names(answer)).containsExactly("scope", "items");
        assertThat(answer.path("scope").textValue()).matches("all \\d+");
        JsonNode group = answer.path("items").path(0);
        assertThat(names(group))
                .containsExactly(
                        "problem",
                        "host",
                        "outcome",
                        "httpStatus",
                        "text",
                        "count",
                        "firstAt",
                        "lastAt",
                        "workflowIds",
                        "samples");
        assertThat(group.path("problem").textValue()).matches("[0-9a-f]{16}");
        assertThat(post(
                                "/timers/redrive",
                                "{'filter':{'problem':'" + group.path("problem").textValue() + "'},'dryRun':true}")
                        .json(200)
                        .path("matched")
                        .intValue())
                .isEqualTo(group.path("count").intValue());
    }

    @Test
    void a_list_is_read_page_by_page() {
        String due = "2031-05-01T00:00:0%d.000Z";
        List<String> made = new ArrayList<>();
        IntStream.range(0, 7)
                .forEach(i -> made.add(post("/timers", "{" + ONE_DAY + "," + action("/ok") + "}")
                        .json(201)
                        .path("id")
                        .textValue()));
        for (int i = 0; i < 7; i++) {
            patch("/timers/" + made.get(i), "{'dueAt':'" + due.formatted(6 - i) + "'}")
                    .json(200);
        }
        String filter = "/timers?limit=3&dueFrom=2031-05-01T00:00:01Z&dueTo=2031-05-01T00:00:06Z";
        JsonNode first = SERVER.get(filter).json(200);
        JsonNode second = SERVER.get(
                        filter + "&cursor=" + first.path("nextCursor").textValue())
                .json(200);

        assertThat(first.path("items")).hasSize(3);
        assertThat(second.path("nextCursor").isNull()).isTrue();
        List<String> listed = new ArrayList<>(first.path("items").findValuesAsText("id"));
        listed.addAll(second.path("items").findValuesAsText("id"));
        assertThat(listed).containsExactly(made.get(5), made.get(4), made.get(3), made.get(2), made.get(1));
        assertThat(SERVER.get("/timers?cursor=" + first.path("nextCursor").textValue())
                        .fields(400))
                .containsExactly("cursor");
        assertThat(SERVER.get("/timers?limit=500").json(200).path("items").size())
                .isGreaterThanOrEqualTo(7);
    }

    @Test
    void a_cursor_serves_its_own_list_only() {
        workflow();
        String workflow = workflow();
        post("/workflows/" + workflow + "/runs", "{}").json(201);
        post("/workflows/" + workflow + "/runs", "{}").json(201);
        Map<String, String> cursors = new HashMap<>();
        for (String list : List.of("workflows", "runs", "timers")) {
            cursors.put(
                    list,
                    SERVER.get("/" + list + "?limit=1")
                            .json(200)
                            .path("nextCursor")
                            .textValue());
        }

        cursors.forEach((from, cursor) -> {
            SERVER.get("/" + from + "?cursor=" + cursor).json(200);
            for (String list : cursors.keySet()) {
                if (!list.equals(from)) {
                    assertThat(SERVER.get("/" + list + "?cursor=" + cursor).fields(400))
                            .as(list)
                            .containsExactly("cursor");
                }
            }
            for (String changed : List.of(
                    cursor.substring(1),
                    cursor.substring(0, 26),
                    cursor + "A",
                    changedAt(8, cursor),
                    changedAt(26, cursor))) {
                assertThat(SERVER.get("/" + from + "?cursor=" + changed).fields(400))
                        .as(changed)
                        .containsExactly("cursor");
            }
        });
    }

    @Test
    void many_timers_are_made_at_once_and_each_is_judged_alone() {
        StringBuilder list = new StringBuilder("{'timers':[");
        for (int i = 0; i < 1_500; i++) {
            list.append('{')
                    .append(ONE_DAY)
                    .append(",'action':{'url':'")
                    .append(i % 100 == 7 ? "ftp://x" : url("/ok"))
                    .append("'}},");
        }
        JsonNode bulk = post(
                        "/timers/bulk", list + "{'delay':5},{'key':'last'," + ONE_DAY + "," + action("/ok") + "}]}")
                .json(200);

        assertThat(bulk.path("accepted").intValue()).isEqualTo(1_486);
        assertThat(bulk.path("results")).hasSize(1_502);
        assertThat(bulk.path("results").path(107).path("error").path("errors").findValuesAsText("field"))
                .containsExactly("action.url");
        assertThat(bulk.path("results").path(1_500).path("error").path("errors").findValuesAsText("field"))
                .containsExactly("delay", "action");
        String last = bulk.path("results").path(1_501).path("id").textValue();
        assertThat(SERVER.get("/timers/" + last).json(200).path("key").textValue())
                .isEqualTo("last");
        assertThat(post("/timers/bulk", "{'timers':[]}").json(200)).hasToString("{\"accepted\":0,\"results\":[]}");
    }

    @Test
    void a_bulk_call_too_many_is_told_to_come_back() throws Exception {
        CompletableFuture<Answer> first;
        try (Connection connection = POSTGRES.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("LOCK TABLE timer IN SHARE MODE");
            String one = "{'timers':[{" + ONE_DAY + "," + action("/ok") + "}]}";
            first = SERVER.begin("POST", "/timers/bulk", one.replace('\'', '"'));
            await().until(POSTGRES::somebodyWaitsForALock);
            Answer busy = post("/timers/bulk", "{'timers':[]}");
            busy.problem(429);
            assertThat(busy.header("Retry-After")).isEqualTo("2");
            connection.rollback();
        }
        first.get().json(200);
        post("/timers/bulk", "{'timers':[]}").json(200);
    }

    @Test
    void a_bulk_call_whose_body_is_slow_keeps_no_other_out() throws IOException {
        try (Socket slow = new Socket("127.0.0.1", SERVER.port())) {
            slow.getOutputStream()
                    .write(
                            "POST /v1/timers/bulk HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
                                    .getBytes(UTF_8));
            slow.getOutputStream().flush();
            await().until(() -> SERVER.active() == 1);
            post("/timers/bulk", "{'timers':[]}").json(200);
        }
    }

    @Test
    void a_key_finds_what_exists_whatever_else_the_body_holds() {
        String workflow = workflow();
        String timer = post("/timers", "{'key':'taken'," + ONE_DAY + "," + action("/ok") + "}")
                .json(201)
                .path("id")
                .textValue();
        String run = post("/workflows/" + workflow + "/runs", "{'key':'taken'}")
                .json(201)
                .path("id")
                .textValue();
        List<String> wrong = List.of(
                "{'key':'taken'}",
                "{'key':'taken','nope':1}",
                "{'nope':{'a':[1,2]},'key':'taken'}",
                "{'key':'taken','timezone':'nowhere'}",
                "{'key':'taken'," + ONE_DAY.replace("1", "-1") + "," + action("/ok") + "}",
                "{'key':'taken'," + ONE_DAY + ",'action':{'url':'ftp://x'}}",
                "{'key':'taken','retry':{'maxRetries':1e400}}",
                "{'key':'taken','input':{'\\ud83d':" + "7".repeat(1_001) + ",'a':1,'a':2}}",
                "{'input':{'a':'" + "x".repeat(300_000) + "'},'key':'taken'}",
                "{'input':[" + "0,".repeat(30_000) + "0],'key':'taken'}");
        for (String body : wrong) {
            assertThat(post("/timers", body).json(200).path("id").textValue())
                    .as(body)
                    .isEqualTo(timer);
            assertThat(post("/workflows/" + workflow + "/runs", body)
                            .json(200)
                            .path("id")
                            .textValue())
                    .as(body)
                    .isEqualTo(run);
        }
        String all = String.join(",", wrong);
        JsonNode timers =
                post("/timers/bulk", "{'timers':[" + all + ",{'key':'free'}]}").json(200);
        assertThat(timers.path("results").findValuesAsText("id"))
                .hasSize(wrong.size())
                .containsOnly(timer);
        assertThat(timers.path("accepted").intValue()).isEqualTo(wrong.size());
        JsonNode runs = post(
                        "/workflows/" + workflow + "/runs/bulk",
                        "{'runs':[" + all + ",{'key':'other','nope':1},{'key':'other'}]}")
                .json(200);
        assertThat(runs.path("results").findValuesAsText("id")).hasSize(wrong.size() + 2);
        assertThat(runs.path("results").path(wrong.size()).path("id"))
                .as("what another item has just made")
                .isEqualTo(runs.path("results").path(wrong.size() + 1).path("id"));
        JsonNode made = post(
                        "/timers/bulk",
                        "{'timers':[{'key':'other','nope':1},{'key':'other'," + ONE_DAY + "," + action("/ok") + "}]}")
                .json(200);
        assertThat(made.path("accepted").intValue()).isEqualTo(2);
        assertThat(made.path("results").path(0).path("id").textValue())
                .as("what another item has just made")
                .isNotNull()
                .isEqualTo(made.path("results").path(1).path("id").textValue());
        for (String key : List.of("7", "' '", "'taken','key':'taken'", "null", "'\\ud83d'")) {
            post("/timers", "{'key':" + key + "}").problem(422);
        }
        post("/workflows/" + UUID.randomUUID() + "/runs", "{'key':'taken','nope':1}")
                .problem(422);
        post("/timers", "{'key':'taken'").problem(400);
    }

    @Test
    void one_bad_item_spoils_no_other() {
        String good = "{" + ONE_DAY + "," + action("/ok") + "}";
        String deep = "[".repeat(2_000) + "]".repeat(2_000);
        List<String> bad = List.of(
                "{'\\ud83d':1}",
                "{'a':'\\ude00'}",
                "{'a':" + "9".repeat(1_001) + "}",
                "{'a':1e999999999999}",
                "{'a':" + deep + "}",
                deep,
                "{'" + "n".repeat(60_000) + "':1}");
        for (String body : bad) {
            String item = "{" + ONE_DAY + ",'action':{'url':'" + url("/ok") + "','body':" + body + "}}";
            JsonNode answer = post("/timers/bulk", "{'timers':[" + good + "," + item + "," + good + "]}")
                    .json(200);
            assertThat(answer.path("accepted").intValue()).as(body).isEqualTo(2);
            assertThat(answer.path("results")
                            .path(1)
                            .path("error")
                            .path("status")
                            .intValue())
                    .as(body)
                    .isEqualTo(422);
            post("/timers", item).problem(422);
        }
    }

    @Test
    void lengths_count_code_points() {
        String most = "\ud83d\ude00".repeat(200);
        assertThat(post("/timers", "{'key':'" + most + "'," + ONE_DAY + "," + action("/ok") + "}")
                        .json(201)
                        .path("key")
                        .textValue())
                .isEqualTo(most);
        String workflow = post("/workflows", "{'name':'" + most + "','tasks':[" + task(most) + "]}")
                .json(201)
                .path("id")
                .textValue();
        post("/workflows/" + workflow + "/runs", "{'key':'" + most + "'}").json(201);
        assertThat(ids(SERVER.get("/runs?key=" + java.net.URLEncoder.encode(most, UTF_8))))
                .hasSize(1);
        post("/workflows", "{'name':'" + most + "a'}").problem(422);
        String value = "\ud83d\ude00".repeat(8_190);
        post("/timers", "{" + ONE_DAY + ",'action':{'url':'" + url("/ok") + "','headers':{'X':'" + value + "'}}}")
                .json(201);
        post("/timers", "{" + ONE_DAY + ",'action':{'url':'" + url("/ok") + "','headers':{'X':'" + value + "aa'}}}")
                .problem(422);
    }

    @Test
    void the_cluster_tells_how_it_does_and_did() {
        JsonNode stats = SERVER.get("/stats").json(200);
        assertThat(names(stats))
                .containsExactly("at", "window", "perSecond", "latenessMs", "onTimeShare", "timers", "due", "warnings");
        assertThat(Duration.parse(stats.path("window").textValue())).isBetween(Duration.ZERO, Duration.ofMinutes(5));
        assertThat(names(stats.path("perSecond"))).containsExactly("accepted", "delivered", "retried", "dead");
        assertThat(names(stats.path("latenessMs"))).containsExactly("p50", "p95", "p99");
        assertThat(names(stats.path("timers"))).containsExactly("scheduled", "retrying", "paused", "dead");
        assertThat(names(stats.path("timers").path("scheduled"))).containsExactly("count", "exact");
        assertThat(names(stats.path("due"))).containsExactly("count", "exact", "oldestSeconds");
        assertThat(stats.path("warnings").isArray()).isTrue();

        JsonNode series = await().until(
                        () -> SERVER.get("/stats/series?step=PT10S").json(200),
                        answer -> !answer.path("points").isEmpty());
        assertThat(series.path("step").textValue()).isEqualTo("PT10S");
        JsonNode point = series.path("points").path(0);
        assertThat(names(point)).containsExactly("at", "accepted", "delivered", "retried", "dead", "due", "latenessMs");
        assertThat(point.path("due").isNull()).isTrue();
        assertThat(SERVER.get("/stats/series?step=61&from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z")
                        .json(200)
                        .toString())
                .isEqualTo("{\"step\":\"PT2M\",\"points\":[]}");
    }

    @Test
    void the_nodes_of_the_cluster_are_told() {
        JsonNode items = await().until(() -> SERVER.get("/nodes").json(200).path("items"), nodes -> !nodes.isEmpty());
        assertThat(items).hasSize(1);
        JsonNode node = items.path(0);
        assertThat(names(node))
                .containsExactly(
                        "nodeId",
                        "roles",
                        "version",
                        "startedAt",
                        "lastSeenAt",
                        "clockOffsetMs",
                        "inFlight",
                        "connections",
                        "heap");
        assertThat(node.path("roles").toString()).isEqualTo("[\"api\",\"worker\"]");
        assertThat(names(node.path("connections"))).containsExactly("used", "max");
        assertThat(names(node.path("heap"))).containsExactly("used", "max");
    }

    /** With the body that openapi.yaml shows, of something that is in a state for it; both ways as described. A new operation is asked by itself. */
    @Test
    void every_operation_takes_its_own_example_and_answers_as_described() {
        for (Contract.Operation operation : Contract.operations()) {
            String example = operation.example();
            String body = example == null ? null : example.replace("https://api.example.com", url(""));
            String path = operation
                    .path()
                    .replace("{version}", "1")
                    .replace("{destination}", "127.0.0.1:" + THIRD_PARTY.getPort());
            if (path.contains("{id}")) {
                JsonNode there = there(operation);
                path = path.replace("{id}", there.path("id").textValue())
                        .replace("{taskId}", there.at("/tasks/0/id").asText());
            }
            if (path.contains("{name}")) {
                SERVER.send("PUT", "/channels/example", json("{'type':'webhook','url':'" + url("/ok") + "'}"))
                        .json(200);
                path = path.replace("{name}", "example");
            }
            String query = operation.id().equals("getTimerDensity") ? "?to=2036-01-01T00:00:00Z" : "";

            Answer answer = SERVER.send(operation.method(), path + query, body == null ? null : body.getBytes(UTF_8));

            assertThat(answer.status())
                    .as("%s %s: %s", operation.id(), path, answer.response().body())
                    .isIn(200, 201, 202, 204);
            Contract.holdRequest(operation, body);
            Contract.hold(
                    operation.method(),
                    path,
                    answer.status(),
                    answer.response().headers().firstValue("Content-Type").orElse(""),
                    answer.response().body());
        }
    }

    /** What the operation asks for by its id, in a state that allows it. */
    private static JsonNode there(Contract.Operation operation) {
        String collection = operation.path().split("/", -1)[1];
        if (operation.id().equals("redriveRun")) {
            String workflow = post("/workflows", "{'name':'n','tasks':[" + atOnce("'name':'t',") + "]}")
                    .json(201)
                    .path("id")
                    .textValue();
            return ended("/runs/" + id(post("/workflows/" + workflow + "/runs", "{}")));
        }
        if (operation.id().equals("redriveTimer")) {
            return ended("/timers/" + id(post("/timers", atOnce(""))));
        }
        String made =
                switch (collection) {
                    case "workflows" -> workflow();
                    case "runs" -> id(post("/workflows/" + workflow() + "/runs", "{}"));
                    case "timers" -> id(post("/timers", "{" + ONE_DAY + "," + action("/ok") + "}"));
                    case "operations" -> id(post("/timers/cancel", "{'filter':{'runId':'" + UUID.randomUUID() + "'}}"));
                    default -> throw new IllegalArgumentException(operation.path());
                };
        String path = "/" + collection + "/" + made;
        if (operation.id().startsWith("resume")) {
            SERVER.post(path + "/pause").json(200);
        }
        return SERVER.get(path).json(200);
    }

    private static String id(Answer made) {
        assertThat(made.status()).as(made.response().body()).isLessThan(300);
        return made.json().path("id").textValue();
    }

    /** @param name of a task */
    private static String atOnce(String name) {
        return "{" + name + "'delay':{'type':'period','amount':0,'unit':'seconds'}," + action("/bad") + "}";
    }

    private static JsonNode ended(String path) {
        await().until(() -> List.of("dead", "failed").contains(status(SERVER.get(path))));
        return SERVER.get(path).json(200);
    }

    private static String changedAt(int place, String text) {
        return text.substring(0, place) + (text.charAt(place) == 'A' ? 'B' : 'A') + text.substring(place + 1);
    }

    private static String workflow() {
        return post("/workflows", "{'name':'n','tasks':[" + task("one") + "," + task("two") + "]}")
                .json(201)
                .path("id")
                .textValue();
    }

    private static String task(String name) {
        return "{'name':'" + name + "'," + ONE_DAY + "," + action("/ok") + "}";
    }

    private static String action(String path) {
        return "'action':{'url':'" + url(path) + "','body':{'price':100.00,'nul':'\\u0000'}}";
    }

    private static String url(String path) {
        return "http://127.0.0.1:" + THIRD_PARTY.getPort() + path;
    }

    private static Answer post(String path, String body, String... headers) {
        return SERVER.post(path, body.replace('\'', '"'), headers);
    }

    private static Answer patch(String path, String body) {
        return SERVER.send("PATCH", path, body.replace('\'', '"').getBytes(UTF_8));
    }

    private static String status(Answer answer) {
        return status(answer, 200);
    }

    private static String status(Answer answer, int status) {
        return answer.json(status).path("status").textValue();
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static List<String> taskNames(JsonNode workflow) {
        List<String> names = new ArrayList<>();
        workflow.path("tasks").forEach(task -> names.add(task.path("name").textValue()));
        return names;
    }

    private static List<String> ids(Answer list) {
        List<String> ids = new ArrayList<>();
        list.json(200).path("items").forEach(item -> ids.add(item.path("id").textValue()));
        return ids;
    }
}
