package dev.bide.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bide.http.TestServer.Answer;
import dev.bide.workflow.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is tried before it is done, against what is then done. */
class TrialsIT {
    @RegisterExtension
    static final ApiExtension API = ApiExtension.worker();

    private static final TestServer SERVER = API.server();
    private static final MockWebServer THIRD_PARTY = new MockWebServer();
    private static final Queue<RecordedRequest> SENT = new ConcurrentLinkedQueue<>();

    @BeforeAll
    static void start() throws IOException {
        THIRD_PARTY.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                SENT.add(request);
                return request.getTarget().startsWith("/bad")
                        ? new MockResponse.Builder()
                                .code(422)
                                .body("no such\r\ncustomer \u0000" + "😀".repeat(300))
                                .build()
                        : new MockResponse.Builder().code(200).body("fine").build();
            }
        });
        THIRD_PARTY.start();
    }

    @AfterAll
    static void stop() {
        THIRD_PARTY.close();
    }

    @Test
    void a_simulated_run_has_the_times_and_calls_of_a_real_one() {
        String all = "'headers':{'X-Who':'{{input.name}} {{run.key}}'},'body':{'input':'{{input}}','price':1.50,"
                + "'run':'{{run.id}}','key':'{{run.key}}','task':'{{task.name}}','timer':'{{timer.id}}','due':'{{timer.dueAt}}','none':'{{input.none}}','text':'of {{run.id}}'}";
        JsonNode workflow = post(
                        "/workflows",
                        "{'name':'n','timezone':'Asia/Kathmandu','tasks':["
                                + task("past", "'type':'date','date':'2020-01-01','ifPast':'skip'", all) + ","
                                + task("first", "'type':'period','amount':0,'unit':'seconds'", all) + ","
                                + task("second", "'type':'period','amount':1,'unit':'seconds'", all) + ","
                                + task("third", "'type':'weekdays','days':['MONDAY','THURSDAY'],'at':'03:14'", all)
                                + ","
                                + task(
                                        "last",
                                        "'type':'period','amount':2,'unit':'days','at':'09:00','timezone':'Europe/Berlin'",
                                        all)
                                + "]}")
                .json(201);
        String path = "/workflows/" + workflow.path("id").textValue();
        String input = "'input':{'name':'Ada','digits':100.00,'deep':{'a':[1e3,null]}}";
        String run = post(path + "/runs", "{'timezone':'America/St_Johns'," + input + "}")
                .json(201)
                .path("id")
                .textValue();

        await().until(() -> SERVER.get("/runs/" + run).json(200).path("history").size() == 3);
        JsonNode history = SERVER.get("/runs/" + run).json(200).path("history");
        String first = "{'timezone':'America/St_Johns'," + input + ",'from':'"
                + history.path(0).path("createdAt").textValue() + "'";
        JsonNode whole = post(path + "/simulate", first + "}").json(200);
        assertThat(names(whole)).containsExactly("past", "first", "second", "third", "last");
        assertThat(whole.path("steps").path(0).path("skipped").booleanValue()).isTrue();
        assertThat(whole.path("steps").path(0).has("dueAt")).isFalse();
        assertThat(whole.path("endsAt")).isEqualTo(whole.path("steps").path(4).path("dueAt"));
        for (int i = 0; i < history.size(); i++) {
            JsonNode timer = history.path(i);
            String after = i == 0
                    ? ""
                    : ",'afterTaskId':'" + history.path(i - 1).path("taskId").textValue() + "'";
            Answer simulated = post(
                    path + "/simulate",
                    first.replaceAll(
                                    "'from':.*",
                                    "'from':'" + timer.path("createdAt").textValue() + "'") + after + "}");
            JsonNode steps = simulated.json(200).path("steps");
            JsonNode step = steps.path(i == 0 ? 1 : 0);
            assertThat(step.path("taskId")).isEqualTo(timer.path("taskId"));
            assertThat(step.path("dueAt")).isEqualTo(timer.path("dueAt"));
            assertThat(steps.path(steps.size() - 1).path("name").textValue()).isEqualTo("last");
            if (i < 2) {
                RecordedRequest sent = sent(timer.path("id").textValue());
                JsonNode request = step.path("request");
                assertThat(request.path("method").textValue()).isEqualTo(sent.getMethod());
                assertThat(request.path("url").textValue()).isEqualTo(url("/ok"));
                String timerId = timer.path("id").textValue();
                String madeUp = request.path("headers").path("Idempotency-Key").textValue();
                String madeUpRun = request.path("body").path("run").textValue();
                assertThat(UUID.fromString(madeUp)).isNotEqualTo(UUID.fromString(timerId));
                assertThat(simulated.response().body())
                        .as("digit by digit")
                        .contains("\"body\":"
                                + sent.getBody().utf8().replace(timerId, madeUp).replace(run, madeUpRun) + "}");
                Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
                request.path("headers")
                        .properties()
                        .forEach(header -> headers.put(
                                header.getKey(), header.getValue().textValue().replace(madeUp, timerId)));
                Map<String, String> sentHeaders = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
                sent.getHeaders().forEach(header -> sentHeaders.put(header.getFirst(), header.getSecond()));
                sentHeaders.keySet().removeAll(Set.of("Host", "Connection", "Content-Length"));
                assertThat(headers).isEqualTo(sentHeaders);
            }
        }
        assertThat(SERVER.get("/runs?workflowId=" + workflow.path("id").textValue())
                        .json(200)
                        .path("items"))
                .as("nothing is stored")
                .hasSize(1);
    }

    @Test
    void a_simulation_goes_by_the_version_asked_for_and_ends_where_a_delay_can_not_be_used() {
        JsonNode workflow = post(
                        "/workflows",
                        "{'name':'n','tasks':["
                                + task(
                                        "late",
                                        "'type':'date','date':'2027-03-28','at':'02:30','timezone':'Europe/Berlin'",
                                        "'method':'GET'")
                                + ","
                                + task("bad", "'type':'date','date':'2020-01-01','ifPast':'reject'", "'method':'GET'")
                                + ","
                                + task("never", "'type':'period','amount':1,'unit':'days'", "'method':'GET'") + "]}")
                .json(201);
        String path = "/workflows/" + workflow.path("id").textValue();
        SERVER.send("PUT", path, "{\"name\":\"m\"}".getBytes(UTF_8)).json(200);
        assertThat(SERVER.send("DELETE", path, null).status()).isEqualTo(204);
        String from = "'from':'2027-03-01T00:00:00Z'";

        JsonNode steps =
                post(path + "/simulate", "{" + from + ",'version':1}").json(200).path("steps");
        assertThat(steps).hasSize(2);
        assertThat(steps.path(0).path("local").textValue()).isEqualTo("2027-03-28T03:30:00+02:00");
        assertThat(steps.path(0).path("clockChange"))
                .hasToString("{\"kind\":\"gap\",\"local\":\"2027-03-28T02:30:00\"}");
        assertThat(steps.path(0).path("request").has("body")).isFalse();
        assertThat(steps.path(1))
                .hasToString(
                        "{\"taskId\":\""
                                + workflow.path("tasks").path(1).path("id").textValue()
                                + "\",\"name\":\"bad\",\"from\":\"2027-03-28T01:30:00.000Z\",\"timezone\":\"UTC\",\"rule\":\"when 1 January 2020 begins,"
                                + " or at once on that day, UTC; refused if that has passed\",\"skipped\":false,\"error\":\"delay.date has passed\"}");
        assertThat(post(path + "/simulate", "{" + from + "}").json(200))
                .as("the newest has no tasks")
                .hasToString("{\"steps\":[],\"endsAt\":\"2027-03-01T00:00:00.000Z\"}");
        post(path + "/simulate", "{'version':3}").problem(404);
        post("/workflows/" + UUID.randomUUID() + "/simulate", "{}").problem(404);
        String task = workflow.path("tasks").path(0).path("id").textValue();
        assertThat(post(path + "/simulate", "{'afterTaskId':'" + task + "'}").fields(422))
                .containsExactly("afterTaskId");
        assertThat(post(
                                path + "/simulate",
                                "{'input':[],'from':7,'version':0.5,'afterTaskId':'x','timezone':'Z','key':'k'}")
                        .fields(422))
                .containsExactlyInAnyOrder("from", "version", "afterTaskId", "timezone", "key");
        assertThat(post(path + "/simulate", "{'input':[]}").fields(422)).containsExactly("input");
        assertThat(post(path + "/simulate", "{'version':0}").fields(422)).containsExactly("version");
        assertThat(post(path + "/simulate", "{'input':{'a':'" + "x".repeat(262_145) + "'}}")
                        .fields(422))
                .containsExactly("input");
    }

    @Test
    void a_new_version_for_active_runs_is_previewed_and_then_leads_to_its_operation() {
        JsonNode workflow = post(
                        "/workflows",
                        "{'name':'n','tasks':["
                                + task("one", "'type':'period','amount':2,'unit':'days'", "'method':'GET'") + ","
                                + task("two", "'type':'period','amount':2,'unit':'days'", "'method':'GET'") + "]}")
                .json(201);
        String path = "/workflows/" + workflow.path("id").textValue();
        JsonNode timer = post(path + "/runs", "{}").json(201).path("timer");
        String one = workflow.path("tasks").path(0).path("id").textValue();
        String two = workflow.path("tasks").path(1).path("id").textValue();
        byte[] body = ("{\"name\":\"n\",\"tasks\":["
                        + task("new", "'type':'period','amount':0,'unit':'seconds'", "'method':'GET'") + ","
                        + task("one", "'type':'period','amount':3,'unit':'days'", "'method':'GET'") + "]}")
                .replace('\'', '"')
                .getBytes(UTF_8);
        String due =
                Json.text(Instant.parse(timer.path("createdAt").textValue()).plus(Duration.ofDays(3)));

        Answer preview = SERVER.send("PUT", path + "?applyTo=active&dryRun=true", body, "If-Match", "\"1\"");
        assertThat(preview.json(200))
                .hasToString(
                        "{\"tasks\":[{\"name\":\"new\",\"change\":\"added\",\"waiting\":{\"count\":0,\"exact\":true},\"dueAtOnce\":{\"count\":0,\"exact\":true}},"
                                + "{\"taskId\":\"" + one
                                + "\",\"name\":\"one\",\"change\":\"changed\",\"waiting\":{\"count\":1,\"exact\":true},\"dueAtOnce\":{\"count\":0,\"exact\":true},"
                                + "\"earliestDueAt\":\"" + due + "\",\"latestDueAt\":\"" + due + "\"},"
                                + "{\"taskId\":\"" + two
                                + "\",\"name\":\"two\",\"change\":\"removed\",\"waiting\":{\"count\":0,\"exact\":true},\"dueAtOnce\":{\"count\":0,\"exact\":true}}]}");
        assertThat(preview.header("Operation-Location")).isNull();
        assertThat(SERVER.get(path).json(200).path("version").intValue()).isEqualTo(1);
        SERVER.send("PUT", path + "?applyTo=active&dryRun=true", body, "If-Match", "\"2\"")
                .problem(412);
        assertThat(SERVER.send("PUT", path + "?dryRun=true", body).fields(400)).containsExactly("dryRun");
        assertThat(SERVER.send("PUT", path + "?applyTo=active&dryRun=yes", body).fields(400))
                .containsExactly("dryRun");

        Answer applied = SERVER.send("PUT", path + "?applyTo=active&dryRun=false", body, "If-Match", "\"1\"");
        assertThat(applied.json(200).path("version").intValue()).isEqualTo(2);
        assertThat(applied.header("ETag")).isEqualTo("\"2\"");
        String operation = applied.header("Operation-Location");
        assertThat(operation).startsWith("/v1/operations/");
        assertThat(SERVER.get(operation.substring(3)).json(200).path("kind").textValue())
                .isEqualTo("apply-version");
        assertThat(SERVER.get("/timers/" + timer.path("id").textValue())
                        .json(200)
                        .path("dueAt")
                        .textValue())
                .isEqualTo(due);
        assertThat(SERVER.send("PUT", path, body).header("Operation-Location")).isNull();
    }

    @Test
    void calls_that_can_not_be_sent_or_shown_have_an_error_in_their_place() {
        List<String> tasks = new ArrayList<>();
        String now = "'type':'period','amount':0,'unit':'seconds'";
        tasks.add(task("break", now, "'headers':{'X':'{{input.line}}'}"));
        tasks.add(task("long", now, "'body':['" + "{{input}} ".repeat(5) + "']"));
        for (int i = 0; i < 20; i++) {
            tasks.add(task("large", now, "'body':'{{input}}'"));
        }
        String path = "/workflows/"
                + post("/workflows", "{'name':'n','tasks':[" + String.join(",", tasks) + "]}")
                        .json(201)
                        .path("id")
                        .textValue();

        JsonNode steps = post(path + "/simulate", "{'input':{'line':'a\\nb','much':'" + "x".repeat(250_000) + "'}}")
                .json(200)
                .path("steps");

        assertThat(steps).hasSize(22);
        assertThat(steps.path(0).path("error").textValue())
                .isEqualTo("header X must not hold control characters or line breaks");
        assertThat(steps.path(1).path("error").textValue()).isEqualTo("filled with its values it is too long");
        assertThat(steps.path(2).path("request").path("body").path("much").textValue())
                .hasSize(250_000);
        assertThat(steps.path(21).path("error").textValue()).contains("too large to be shown");
        assertThat(steps.path(21).has("dueAt")).isTrue();
    }

    @Test
    void an_attempt_that_is_refused_keeps_the_beginning_of_the_answer() {
        String timer = "/timers/"
                + post(
                                "/timers",
                                "{'delay':{'type':'period','amount':0,'unit':'seconds'},'action':{'url':'" + url("/bad")
                                        + "'}}")
                        .json(201)
                        .path("id")
                        .textValue();
        await().until(() ->
                SERVER.get(timer).json(200).path("status").textValue().equals("dead"));

        JsonNode attempt = SERVER.get(timer).json(200).path("attempts").path(0);
        assertThat(attempt.path("answer").textValue()).isEqualTo("no such\ncustomer \ufffd" + "😀".repeat(251));
        assertThat(attempt.path("error").textValue())
                .startsWith("answer 422: no such")
                .hasSizeLessThan(200);
    }

    @Test
    void a_call_to_try_an_action_is_made_once_and_stores_nothing() {
        String body = "{'action':{'url':'" + url("/ok")
                + "','headers':{'X':'{{input.name}}'},'body':{'digits':'{{input.digits}}','key':'{{run.key}}'}},"
                + "'input':{'name':'Ada','digits':1.50}}";
        long timers = SERVER.get("/timers?limit=500").json(200).path("items").size();

        Answer tried = post("/actions/test", body);

        JsonNode trial = tried.json(200);
        assertThat(trial.path("outcome").textValue()).isEqualTo("delivered");
        assertThat(trial.path("httpStatus").intValue()).isEqualTo(200);
        assertThat(trial.path("answer").textValue()).isEqualTo("fine");
        assertThat(trial.path("durationMs").isIntegralNumber()).isTrue();
        assertThat(trial.has("error")).isFalse();
        assertThat(tried.response().body()).contains("\"body\":{\"digits\":1.50,\"key\":null}");
        RecordedRequest sent = sent(
                trial.path("request").path("headers").path("Idempotency-Key").textValue());
        assertThat(sent.getHeaders().get("Bide-Test")).isEqualTo("true");
        assertThat(sent.getHeaders().get("Bide-Attempt")).isEqualTo("1");
        assertThat(sent.getHeaders().get("X")).isEqualTo("Ada");
        assertThat(sent.getBody().utf8()).isEqualTo("{\"digits\":1.50,\"key\":null}");
        assertThat(SERVER.get("/timers?limit=500").json(200).path("items")).hasSize((int) timers);

        JsonNode refused = post("/actions/test", "{'action':{'url':'" + url("/bad") + "'}}")
                .json(200);
        assertThat(refused.path("outcome").textValue()).isEqualTo("refused");
        assertThat(refused.path("httpStatus").intValue()).isEqualTo(422);
        assertThat(refused.path("answer").textValue()).startsWith("no such\ncustomer");
        assertThat(refused.path("error").textValue()).startsWith("answer 422: no such");
    }

    @Test
    void a_call_to_try_an_action_goes_by_the_rules_and_the_guard_of_all_calls() {
        assertThat(post("/actions/test", "{'action':{'url':'http://10.1.2.3/'}}")
                        .fields(422))
                .containsExactly("action.url");
        assertThat(post("/actions/test", "{'action':{'url':'http://localtest.invalid/'}}")
                        .json(200)
                        .path("outcome")
                        .textValue())
                .as("a name that nobody has")
                .isEqualTo("failed");
        assertThat(post(
                                "/actions/test",
                                "{'action':{'url':'ftp://x','headers':{'Bide-Test':'no'}},'timeout':'PT31S','input':[],'nope':1}")
                        .fields(422))
                .contains("nope");
        assertThat(post("/actions/test", "{'action':{'url':'" + url("/ok") + "'},'timeout':'PT31S'}")
                        .fields(422))
                .containsExactly("timeout");
        assertThat(post("/actions/test", "{'action':{'url':'" + url("/ok") + "'},'input':7}")
                        .fields(422))
                .containsExactly("input");
        assertThat(post("/actions/test", "{'input':{}}").fields(422)).containsExactly("action");
        assertThat(post(
                                "/actions/test",
                                "{'action':{'url':'" + url("/ok")
                                        + "','headers':{'X':'{{input.a}}'}},'input':{'a':'b\\nc'}}")
                        .fields(422))
                .containsExactly("action");
    }

    @Test
    void a_paused_destination_is_not_tried() {
        MockWebServer other = new MockWebServer();
        try (other) {
            other.start();
            String destination = "127.0.0.1:" + other.getPort();
            String body = "{'action':{'url':'http://" + destination + "/'}}";
            SERVER.post("/destinations/" + destination + "/pause").json(200);
            post("/actions/test", body).problem(409);
            assertThat(other.getRequestCount()).isZero();
            SERVER.post("/destinations/" + destination + "/resume").json(200);
            other.enqueue(new MockResponse.Builder().code(200).build());
            assertThat(post("/actions/test", body).json(200).path("outcome").textValue())
                    .isEqualTo("delivered");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void four_are_tried_at_once_and_a_full_destination_is_not_called() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        Dispatcher holding = new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
                held.await();
                return new MockResponse.Builder().code(200).build();
            }
        };
        MockWebServer slow = new MockWebServer();
        slow.setDispatcher(holding);
        slow.start();
        MockWebServer other = new MockWebServer();
        other.setDispatcher(holding);
        other.start();
        String destination = "127.0.0.1:" + slow.getPort();
        String body = "{\"action\":{\"url\":\"http://" + destination + "/\"}}";
        try (slow;
                other) {
            SERVER.send("PUT", "/destinations/" + destination + "/limits", "{\"maxConcurrentCalls\":3}".getBytes(UTF_8))
                    .json(200);
            List<CompletableFuture<Answer>> calls = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                calls.add(SERVER.begin("POST", "/actions/test", body));
            }
            await().until(() -> slow.getRequestCount() == 3);
            JsonNode full = SERVER.post("/actions/test", body).json(200);
            assertThat(full.path("outcome").textValue()).isEqualTo("not-called");
            assertThat(full.path("error").textValue()).contains("under way");
            calls.add(SERVER.begin("POST", "/actions/test", body.replace(destination, "127.0.0.1:" + other.getPort())));
            await().until(() -> other.getRequestCount() == 1);
            SERVER.post("/actions/test", body).problem(429);
            held.countDown();
            for (CompletableFuture<Answer> call : calls) {
                assertThat(call.get().json(200).path("outcome").textValue()).isEqualTo("delivered");
            }
        } finally {
            held.countDown();
        }
    }

    private static RecordedRequest sent(String timer) {
        return SENT.stream()
                .filter(request -> timer.equals(request.getHeaders().get("Idempotency-Key")))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> names(JsonNode simulation) {
        List<String> names = new ArrayList<>();
        simulation.path("steps").forEach(step -> names.add(step.path("name").textValue()));
        return names;
    }

    /** @param action more of it than its url */
    private static String task(String name, String delay, String action) {
        return "{'name':'" + name + "','delay':{" + delay + "},'action':{'url':'" + url("/ok") + "'," + action + "}}";
    }

    private static String url(String path) {
        return "http://127.0.0.1:" + THIRD_PARTY.getPort() + path;
    }

    private static Answer post(String path, String body) {
        return SERVER.post(path, body.replace('\'', '"'));
    }
}
