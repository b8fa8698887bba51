package dev.bide.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bide.BideApplication;
import dev.bide.BideConfiguration;
import dev.bide.testing.LogSettings;
import dev.bide.testing.PostgresExtension;
import dev.bide.workflow.figures.Counted;
import dev.bide.workflow.figures.Counts;
import dev.bide.workflow.figures.Percentiles;
import dev.bide.workflow.figures.Stats;
import io.dropwizard.testing.ConfigOverride;
import io.dropwizard.testing.DropwizardTestSupport;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** What a service says in {@code LOG_FORMAT=ecs}, every kind of line but a takeover, which needs a second node, against the Elastic Common Schema. */
class EcsLogsIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

    /** Strict: a field that is there twice is a fault, and so is anything behind the object. */
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    @RegisterExtension
    static final PostgresExtension POSTGRES = PostgresExtension.unmigrated();

    @TempDir
    static Path directory;

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static String address;
    private static String timer;
    private static String run;
    private static String faultId;
    private static List<JsonNode> lines;

    @BeforeAll
    static void all_that_is_told() throws Exception {
        Path log = directory.resolve("bide.log");
        Path access = directory.resolve("access.log");
        DropwizardTestSupport<BideConfiguration> service = service(log, access);
        try (MockWebServer thirdParty = new MockWebServer()) {
            for (int call = 0; call < 1_000; call++) {
                thirdParty.enqueue(new MockResponse.Builder().code(200).build());
            }
            thirdParty.start();
            service.before();
            address = "http://127.0.0.1:" + service.getLocalPort();
            timersAndRuns("127.0.0.1:" + thirdParty.getPort());
            changes("127.0.0.1:" + thirdParty.getPort());
            putOff("127.0.0.1:" + thirdParty.getPort(), log);
            aFaultOfOurs();
            others();
        } finally {
            service.after();
            LogSettings.restore();
        }
        lines = new ArrayList<>();
        for (Path file : List.of(log, access)) {
            for (String line : Files.readAllLines(file)) {
                lines.add(JSON.readTree(line));
            }
        }
    }

    private static DropwizardTestSupport<BideConfiguration> service(Path log, Path access) throws IOException {
        Path config = directory.resolve("config.yml");
        Files.writeString(
                config,
                Files.readString(Path.of("config.yml"))
                        .replace(
                                "    appenders: []",
                                "    appenders: [{type: file, archive: false, currentLogFilename: '" + access
                                        + "', layout: {type: bide-access, format: ecs}}]")
                        .replace("${LOG_ATTEMPTS:-INFO}", "DEBUG")
                        .replace("${LOG_FIGURES:-OFF}", "INFO"));
        return new DropwizardTestSupport<>(
                BideApplication.class,
                config.toString(),
                ConfigOverride.config("database.url", POSTGRES.jdbcUrl()),
                ConfigOverride.config("nodeId", "ecs-it"),
                ConfigOverride.config("server.applicationConnectors[0].port", "0"),
                ConfigOverride.config("server.adminConnectors[0].port", "0"),
                ConfigOverride.config("logging.appenders[0].type", "file"),
                ConfigOverride.config("logging.appenders[0].archive", "false"),
                ConfigOverride.config("logging.appenders[0].currentLogFilename", log.toString()),
                ConfigOverride.config("logging.appenders[0].layout.format", "ecs"));
    }

    /** One that is delivered, then a run whose timer dies. */
    private static void timersAndRuns(String host) throws Exception {
        timer = created("/v1/timers", "{\"delay\":" + now() + ",\"action\":" + action(host) + "}");
        await().atMost(PATIENCE).until(() -> get("/v1/timers/" + timer).contains("\"status\":\"delivered\""));
        String workflow = created(
                "/v1/workflows",
                "{\"name\":\"w\",\"tasks\":[{\"name\":\"t\",\"retry\":{\"maxRetries\":0},\"delay\":" + now()
                        + ",\"action\":" + action("127.0.0.1:1") + "}]}");
        run = created("/v1/workflows/" + workflow + "/runs", "{}");
        await().atMost(PATIENCE).until(() -> get("/v1/runs/" + run).contains("\"status\":\"failed\""));
    }

    /** Of a destination, and of many timers in the background. */
    private static void changes(String host) throws Exception {
        assertThat(post("/v1/destinations/" + host + "/pause", "{}").statusCode())
                .isEqualTo(200);
        assertThat(post("/v1/destinations/" + host + "/resume", "{}").statusCode())
                .isEqualTo(200);
        HttpResponse<String> operation = post("/v1/timers/cancel", "{\"filter\":{\"status\":\"paused\"}}");
        assertThat(operation.statusCode()).as(operation.body()).isEqualTo(202);
        String id = JSON.readTree(operation.body()).get("id").textValue();
        await().atMost(PATIENCE).until(() -> get("/v1/operations/" + id).contains("\"status\":\"completed\""));
    }

    /** More than the destination is given. */
    private static void putOff(String host, Path log) throws Exception {
        HttpRequest limit = HttpRequest.newBuilder(URI.create(address + "/v1/destinations/" + host + "/limits"))
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString("{\"callsPerSecond\":1}"))
                .build();
        assertThat(CLIENT.send(limit, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(200);
        String one = "{\"delay\":" + now() + ",\"action\":" + action(host) + "}";
        String bulk = "{\"timers\":[" + (one + ",").repeat(9) + one + "]}";
        // Workers know of the limit a moment later; what came before is called.
        await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(2)).until(() -> {
            HttpResponse<String> answer = post("/v1/timers/bulk", bulk);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            return Files.readString(log).contains("\"deferral\"");
        });
    }

    private static void aFaultOfOurs() throws Exception {
        POSTGRES.sql().execute("ALTER TABLE workflow RENAME TO workflow_elsewhere");
        HttpResponse<String> answer = CLIENT.send(
                HttpRequest.newBuilder(URI.create(address + "/v1/workflows?limit=1"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        POSTGRES.sql().execute("ALTER TABLE workflow_elsewhere RENAME TO workflow");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(500);
        faultId = answer.body();
    }

    /** A library by way of java.util.logging, a line within a trace, and what is told each minute. */
    private static void others() {
        java.util.logging.Logger.getLogger("okhttp3.OkHttpClient")
                .log(
                        java.util.logging.Level.WARNING,
                        "A \"library\"\nspeaks\t\u0001",
                        new IllegalStateException("\"why\""));
        try (MDC.MDCCloseable trace = MDC.putCloseable("trace.id", TRACE);
                MDC.MDCCloseable span = MDC.putCloseable("span.id", "b7ad6b7169203331")) {
            LoggerFactory.getLogger("dev.bide.Traced").info("within a trace");
        }
        Counted none = new Counted(0, true);
        Stats stats = new Stats(
                Instant.EPOCH,
                Duration.ofMinutes(5),
                new Stats.PerSecond(1, 1, 0, 0),
                new Percentiles(10L, 120L, 300L),
                1.0,
                new Counts(none, none, none, none),
                new Stats.Due(none, 0),
                List.of());
        new FigureLog(() -> stats).run();
    }

    @Test
    void every_line_is_by_the_schema() {
        EcsSchema schema = new EcsSchema();
        assertThat(lines).hasSizeGreaterThan(20).allSatisfy(line -> assertThat(schema.faults(line))
                .as(line.toString())
                .isEmpty());
    }

    @Test
    void a_line_that_is_not_by_the_schema_is_found() throws IOException {
        JsonNode line = JSON.readTree(
                "{\"@timestamp\":\"now\",\"message\":1,\"event.category\":\"web\",\"event.outcome\":\"good\","
                        + "\"event.duration\":1.5,\"timer\":\"x\"}");
        assertThat(new EcsSchema().faults(line))
                .contains(
                        "log.level is missing",
                        "@timestamp is no date: \"now\"",
                        "message is no match_only_text: 1",
                        "event.category is no list",
                        "event.outcome may not be \"good\"",
                        "event.duration is no long: 1.5",
                        "timer is no field");
    }

    @Test
    void each_kind_that_one_node_tells_is_among_them() {
        assertThat(values("event.action"))
                .contains(
                        "node-up",
                        "node-stop",
                        "attempt",
                        "death",
                        "deferral",
                        "destination-pause",
                        "destination-resume",
                        "operation-end",
                        "lateness");
        assertThat(values("event.dataset")).containsExactlyInAnyOrder("bide.log", "bide.access");
        assertThat(values("log.level")).contains("INFO", "WARN", "ERROR", "DEBUG");
        assertThat(lines.stream()
                        .filter(line -> line.path("event.action").asText().equals("node-up")))
                .isNotEmpty()
                .allSatisfy(line ->
                        assertThat(line.get("service.node.name").textValue()).isEqualTo("ecs-it"));
    }

    /** Beside what a shipper adds. */
    @Test
    void the_index_template_has_the_fields_that_lines_have_and_no_others() {
        Set<String> fields = new TreeSet<>(Elastic.added());
        lines.forEach(line -> line.fieldNames().forEachRemaining(fields::add));
        assertThat(Elastic.indexed().keySet()).isEqualTo(fields);
    }

    @Test
    void a_death_says_whose_and_where() {
        JsonNode death = one("event.action", "death");
        assertThat(death.get("labels.run_id").textValue()).isEqualTo(run);
        assertThat(death.get("labels.timer_id").textValue()).hasSize(36);
        assertThat(death.get("labels.attempt").textValue()).isEqualTo("1");
        assertThat(death.get("destination.address").textValue()).isEqualTo("127.0.0.1:1");
        assertThat(death.get("event.outcome").textValue()).isEqualTo("failure");
    }

    @Test
    void an_attempt_says_what_came_of_it_and_how_long_it_took() {
        JsonNode attempt = one("labels.timer_id", timer);
        assertThat(attempt.get("event.action").textValue()).isEqualTo("attempt");
        assertThat(attempt.get("event.outcome").textValue()).isEqualTo("success");
        assertThat(attempt.get("http.response.status_code").intValue()).isEqualTo(200);
        assertThat(attempt.get("event.duration").longValue()).isPositive();
    }

    @Test
    void a_fault_has_its_type_its_message_its_stack_and_the_id_that_was_answered() {
        JsonNode fault =
                lines.stream().filter(line -> line.has("error.id")).findFirst().orElseThrow();
        assertThat(faultId).contains(fault.get("error.id").textValue());
        assertThat(fault.get("error.type").textValue()).contains("Exception");
        assertThat(fault.get("error.message").textValue()).contains("workflow");
        assertThat(fault.get("error.stack_trace").textValue()).contains("\tat dev.bide.");
        JsonNode library = one("log.logger", "okhttp3.OkHttpClient");
        assertThat(library.get("message").textValue()).isEqualTo("A \"library\"\nspeaks\t\u0001");
        assertThat(library.get("error.message").textValue()).isEqualTo("\"why\"");
    }

    @Test
    void a_line_within_a_trace_leads_to_it() {
        JsonNode traced = one("trace.id", TRACE);
        assertThat(traced.get("message").textValue()).isEqualTo("within a trace");
        assertThat(traced.get("span.id").textValue()).isEqualTo("b7ad6b7169203331");
    }

    @Test
    void requests_are_told_without_their_queries() {
        JsonNode request = lines.stream()
                .filter(line -> line.path("http.response.status_code").asInt() == 500)
                .findFirst()
                .orElseThrow();
        assertThat(request.get("url.path").textValue()).isEqualTo("/v1/workflows");
        assertThat(request.get("event.outcome").textValue()).isEqualTo("failure");
        assertThat(lines.toString()).doesNotContain("limit=1");
    }

    private static JsonNode one(String field, String value) {
        return lines.stream()
                .filter(line -> line.path(field).asText().equals(value))
                .findFirst()
                .orElseThrow();
    }

    private static Set<String> values(String field) {
        return lines.stream()
                .filter(line -> line.has(field))
                .map(line -> line.get(field).asText())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String now() {
        return "{\"type\":\"period\",\"amount\":0,\"unit\":\"seconds\"}";
    }

    private static String action(String host) {
        return "{\"url\":\"http://" + host + "/hook\"}";
    }

    private static String created(String path, String body) throws Exception {
        HttpResponse<String> answer = post(path, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return JSON.readTree(answer.body()).get("id").textValue();
    }

    private static HttpResponse<String> post(String path, String body) throws Exception {
        return CLIENT.send(
                HttpRequest.newBuilder(URI.create(address + path))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static String get(String path) throws Exception {
        return CLIENT.send(
                        HttpRequest.newBuilder(URI.create(address + path)).build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
