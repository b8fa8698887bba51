package dev.bide.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.bide.http.TestServer.Answer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is answered before, or without, the engine being asked. */
class ServerTest {
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    private static final AtomicReference<Health.Report> HEALTH = new AtomicReference<>();

    @RegisterExtension
    static final TestServer SERVER = new TestServer(() -> NoServices.with(HEALTH::get, InstantSource.fixed(NOW)));

    @RegisterExtension
    static final TestServer LOCKED =
            new TestServer(() -> NoServices.with(HEALTH::get, InstantSource.fixed(NOW)), "key-one", "key-two");

    @RegisterExtension
    static final TestServer WATCHED = new TestServer(
                    () -> NoServices.with(HEALTH::get, InstantSource.fixed(NOW)), "writer", "both")
            .readKeys("reader", "both");

    @RegisterExtension
    static final TestServer NAMED =
            new TestServer(() -> NoServices.with(HEALTH::get, InstantSource.fixed(NOW))).hosts("bide.example");

    private static final String PREVIEW = "{\"delay\":{\"type\":\"period\",\"amount\":1,\"unit\":\"hours\"}}";
    private static final UUID ID = UUID.randomUUID();

    @BeforeEach
    void healthy() {
        HEALTH.set(new Health.Report(true, Map.of("node", "n1")));
    }

    @Test
    void previews_a_delay() {
        assertThat(SERVER.post("/delays/preview", PREVIEW).json(200))
                .hasToString(
                        "{\"dueAt\":\"2026-11-24T13:00:00.000Z\",\"local\":\"2026-11-24T13:00:00Z\",\"timezone\":\"UTC\",\"rule\":\"1 hour after the wait begins\"}");
        assertThat(SERVER.post("/delays/preview", """
                {"delay":{"type":"weekdays","days":["MONDAY"],"at":"09:00"},"from":"2026-11-24T12:00:00+01:00","timezone":"Europe/Berlin"}""").json(200).path("dueAt").textValue())
                .isEqualTo("2026-11-30T08:00:00.000Z");
        assertThat(SERVER.post(
                                "/delays/preview",
                                "{\"delay\":{\"type\":\"date\",\"date\":\"2020-01-01\",\"ifPast\":\"skip\"}}")
                        .json(200))
                .hasToString(
                        "{\"dueAt\":null,\"timezone\":\"UTC\",\"rule\":\"when 1 January 2020 begins, or at once on that day, UTC; skipped if that has passed\"}");
    }

    @Test
    void previews_a_delay_from_a_list_of_starts() {
        String delay =
                "{\"delay\":{\"type\":\"date\",\"date\":\"2027-03-28\",\"at\":\"02:30\",\"ifPast\":\"reject\"},\"timezone\":\"Europe/Berlin\",";

        JsonNode items = SERVER.post(
                        "/delays/preview",
                        delay
                                + "\"from\":[\"2027-03-02T10:00:00Z\",\"2027-03-29T00:00:00+02:00\",\"2010-01-01T00:00:00Z\"]}")
                .json(200);

        assertThat(items)
                .hasToString(
                        "{\"items\":[{\"dueAt\":\"2027-03-28T01:30:00.000Z\",\"local\":\"2027-03-28T03:30:00+02:00\","
                                + "\"timezone\":\"Europe/Berlin\",\"rule\":\"28 March 2027 at 02:30, Europe/Berlin; refused if that has passed\","
                                + "\"clockChange\":{\"kind\":\"gap\",\"local\":\"2027-03-28T02:30:00\"}},"
                                + "{\"error\":{\"field\":\"delay.date\",\"message\":\"has passed\"}},"
                                + "{\"error\":{\"field\":\"delay.date\",\"message\":\"makes the wait end more than 10 years after it begins\"}}]}");
        assertThat(SERVER.post("/delays/preview", delay + "\"from\":[\"2027-03-02T10:00:00Z\"]}")
                        .json(200)
                        .path("items"))
                .as("a list of one is a list")
                .hasSize(1);
        String start = "\"2027-03-02T10:00:00Z\",";
        assertThat(SERVER.post("/delays/preview", delay + "\"from\":[" + start.repeat(19) + start.replace(",", "]}"))
                        .json(200)
                        .path("items"))
                .hasSize(20);
    }

    @Test
    void names_the_start_that_is_wrong() {
        String delay = "{\"delay\":{\"type\":\"period\",\"amount\":1,\"unit\":\"hours\"},\"from\":";
        String start = "\"2027-03-02T10:00:00Z\",";
        assertThat(SERVER.post("/delays/preview", delay + "[" + start + "null," + start + "7,\"today\"]}")
                        .fields(422))
                .containsExactly("from[1]", "from[3]", "from[4]");
        for (String wrong : List.of("[]", "[" + start.repeat(20) + start.replace(",", "]"), "7", "{}", "\"today\"")) {
            assertThat(SERVER.post("/delays/preview", delay + wrong + "}").fields(422))
                    .as(wrong)
                    .containsExactly("from");
        }
    }

    @Test
    void names_the_field_of_a_delay_that_cannot_be_used() {
        var problem = SERVER.post(
                        "/delays/preview",
                        "{\"delay\":{\"type\":\"date\",\"date\":\"2020-01-01\",\"ifPast\":\"reject\"}}")
                .problem(422);
        assertThat(problem.path("errors")).hasToString("[{\"field\":\"delay.date\",\"message\":\"has passed\"}]");
        assertThat(problem.path("detail").textValue()).isEqualTo("delay.date has passed");
        assertThat(problem.path("type").textValue()).isEqualTo("urn:bide:problem:invalid");

        assertThat(SERVER.post("/delays/preview", "{\"delay\":{\"type\":\"date\",\"date\":\"2200-01-01\"}}")
                        .fields(422))
                .containsExactly("delay.date");
    }

    @Test
    void says_how_it_is() {
        assertThat(SERVER.get("/health").json(200)).hasToString("{\"status\":\"UP\",\"node\":\"n1\"}");

        HEALTH.set(new Health.Report(false, Map.of()));
        Answer down = SERVER.get("/health");
        assertThat(down.json(503)).hasToString("{\"status\":\"DOWN\"}");
        assertThat(down.header("Retry-After")).isEqualTo("2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/nothing", "/timers/1/2/3", "/workflows/x/y"})
    void knows_no_such_path(String path) {
        SERVER.get(path).problem(404);
    }

    @ParameterizedTest
    @CsvSource({
        "PUT,/timers,'GET,HEAD,POST'",
        "DELETE,/timers/{id},'GET,PATCH'",
        "GET,/timers/{id}/cancel,POST",
        "POST,/runs,GET",
        "POST,/health,GET",
        "GET,/delays/preview,POST",
    })
    void names_the_methods_of_a_path(String method, String path, String allowed) {
        Answer answer = SERVER.send(method, path.replace("{id}", ID.toString()), null);

        answer.problem(405);
        assertThat(answer.header("Allow").replace(" ", "").split(",")).contains(allowed.split(","));
    }

    @Test
    void takes_json_only() {
        byte[] body = PREVIEW.getBytes(StandardCharsets.UTF_8);
        SERVER.send("POST", "/delays/preview", body, "Content-Type", "text/plain")
                .problem(415);
        SERVER.send("POST", "/delays/preview", body, "Content-Type", "application/x-www-form-urlencoded")
                .problem(415);
        SERVER.send("POST", "/delays/preview", body, "Content-Type", "application/problem+json")
                .problem(415);
        SERVER.send("POST", "/delays/preview", body, "Content-Type", "json").problem(415);
        SERVER.send("POST", "/delays/preview", body, "Content-Type", "").problem(415);
        SERVER.send("POST", "/delays/preview", body, "Content-Type", "application/json; charset=utf-8")
                .json(200);
        SERVER.send("POST", "/delays/preview", body, "Content-Type", "application/json", "Accept", "text/html")
                .json(200);
        assertThat(SERVER.send(HttpRequest.newBuilder(SERVER.uri("/delays/preview"))
                                .POST(HttpRequest.BodyPublishers.ofString(PREVIEW))
                                .build())
                        .problem(415)
                        .path("type")
                        .textValue())
                .as("without a Content-Type")
                .isEqualTo("urn:bide:problem:unsupported-media-type");
    }

    @Test
    void takes_no_larger_body_than_the_limit() {
        String most = PREVIEW + " ".repeat(SERVER.configuration().bodyLimit() - PREVIEW.length());
        SERVER.post("/delays/preview", most).json(200);

        SERVER.post("/delays/preview", most + " ").problem(413);
        SERVER.send(HttpRequest.newBuilder(SERVER.uri("/delays/preview"))
                        .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(
                                (most + " ".repeat(9_000_000)).getBytes(StandardCharsets.UTF_8))))
                        .build())
                .problem(413);
        assertThat(SERVER.post("/delays/preview", PREVIEW).status()).isEqualTo(200);
    }

    @Test
    void unpacks_a_body_and_stops_at_the_limit() throws IOException {
        SERVER.send("POST", "/delays/preview", gzip(PREVIEW), "Content-Encoding", "gzip")
                .json(200);
        SERVER.send("POST", "/delays/preview", gzip(PREVIEW + " ".repeat(20_000_000)), "Content-Encoding", "gzip")
                .problem(413);
        SERVER.send("POST", "/delays/preview", PREVIEW.getBytes(StandardCharsets.UTF_8), "Content-Encoding", "gzip")
                .problem(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"br", "deflate", "x-gzip", "gzip, gzip", "zstd"})
    void refuses_a_body_that_it_cannot_unpack(String encoding) throws IOException {
        byte[] body = encoding.startsWith("gzip") ? gzip(PREVIEW) : PREVIEW.getBytes(StandardCharsets.UTF_8);
        SERVER.send("POST", "/delays/preview", body, "Content-Encoding", encoding)
                .problem(415);
        LOCKED.send("POST", "/delays/preview", body, "Content-Encoding", encoding)
                .problem(401);
        SERVER.send("POST", "/delays/preview", PREVIEW.getBytes(StandardCharsets.UTF_8), "Content-Encoding", "identity")
                .json(200);
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    @Test
    void refuses_bytes_that_are_no_utf8() {
        byte[] latin1 = "{\"timezone\":\"caf\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(SERVER.send("POST", "/delays/preview", latin1)
                        .problem(400)
                        .path("detail")
                        .textValue())
                .isEqualTo("The body is not UTF-8");
        SERVER.send("POST", "/delays/preview", new byte[] {'{', '"', (byte) 0xc0, (byte) 0x80, '"', ':', '1', '}'})
                .problem(400);
        SERVER.send("POST", "/delays/preview", PREVIEW.getBytes(StandardCharsets.UTF_16))
                .problem(400);
    }

    @ParameterizedTest
    @CsvSource({
        "/timers?limit=0,limit",
        "/timers?limit=501,limit",
        "/timers?limit=ten,limit",
        "/timers?limit=99999999999,limit",
        "/timers?limit=,limit",
        "/timers?limit=1&limit=2,limit",
        "/timers?cursor=x,cursor",
        "/timers?cursor=%00,cursor",
        "/timers?cursor=AAAAAAAAAAAAAAAAAAAAAH__________,cursor",
        "/workflows?cursor=AAAAAAAAAAAAAAAAAAAAAAAAAAA,cursor",
        "/runs?cursor=________________________________,cursor",
        "/timers?status=asleep,status",
        "/timers?status=SCHEDULED,status",
        "/timers?runId=1,runId",
        "/timers?dueFrom=yesterday,dueFrom",
        "/timers?dueFrom=%2B999999999-01-01T00:00:00Z,dueFrom",
        "/timers?dueFrom=2027-01-01T00:00:00Z&dueTo=2026-01-01T00:00:00Z,dueTo",
        "/timers?state=dead,state",
        "/runs?status=dead,status",
        "/runs?workflowId=x,workflowId",
        "/runs?key=%00,key",
        "/workflows?name=x,name",
    })
    void names_a_query_parameter_that_cannot_be_used(String path, String parameter) {
        assertThat(SERVER.get(path).fields(400)).containsExactly(parameter);
    }

    @Test
    void answers_what_is_hardly_http_with_a_problem_too() throws IOException {
        assertProblem(400, "GET /v1/%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertProblem(400, "GET /v1/timers?limit=%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertProblem(400, "GET /v1/timers HTTP/1.1\r\nConnection: close\r\n\r\n");
        assertProblem(400, "GET /v1/timers HTTP/1.1\r\nHost: localhost\r\nbad header\r\n\r\n");
        assertProblem(431, "GET /v1/timers HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(70_000) + "\r\n\r\n");
        assertProblem(414, "GET /v1/" + "x".repeat(70_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertProblem(417, "POST /v1/timers HTTP/1.1\r\nHost: localhost\r\nExpect: more\r\nContent-Length: 0\r\n\r\n");
        assertProblem(404, "GET /elsewhere HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertProblem(405, "BREW /v1/timers HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertProblem(
                400,
                "POST /v1/delays/preview HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n{}\r\n0\r\n\r\n");
    }

    private static void assertProblem(int status, String request) throws IOException {
        String answer = SERVER.raw(request);
        assertThat(answer)
                .as(request.substring(0, Math.min(100, request.length())))
                .startsWith("HTTP/1.1 " + status + " ");
        assertThat(answer.toLowerCase(java.util.Locale.ROOT)).contains("content-type: application/problem+json");
        assertThat(answer).contains("\"status\":" + status).contains("\"detail\":\"");
    }

    @Test
    void a_fault_of_ours_is_answered_with_its_id_and_nothing_else() {
        // There are no services here, so that asking for one is a fault.
        var problem = SERVER.get("/timers/" + ID).problem(500);

        assertThat(problem.path("instance").textValue()).startsWith("urn:uuid:");
        assertThat(problem.toString()).doesNotContain("NullPointer").doesNotContain("java");
    }

    @Test
    void keeps_the_connection_of_a_refused_request_whose_body_is_there() throws IOException {
        String request = "POST /v1/timers HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}";
        String last = request.replace("Host", "Connection: close\r\nHost");
        assertThat(LOCKED.raw(request + request + last).lines().filter(line -> line.contains("HTTP/1.1 ")))
                .hasSize(3)
                .allMatch(line -> line.endsWith("HTTP/1.1 401 Unauthorized"));
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/timers,,401",
        "/v1/timers/bulk,,401",
        "/v1/workflows,X-Api-Key: nobody,401",
        "/v1/timers,X-Api-Key: key-one+Content-Encoding: br,415",
        "/v1/timers,X-Api-Key: key-one+Content-Length: 9000000,413",
        "/v1/health,,405",
        "/elsewhere,,404",
    })
    void reads_no_more_of_a_request_that_it_refuses(String path, String headers, int status) throws IOException {
        String more = headers == null ? "" : headers.replace("+", "\r\n") + "\r\n";
        String length = more.contains("Content-Length") ? "" : "Content-Length: 1000000\r\n";
        // Returns once the server has closed, though no byte more came.
        String answer = LOCKED.raw("POST " + path + " HTTP/1.1\r\nHost: localhost\r\n" + more + length + "\r\n{");
        assertThat(answer).startsWith("HTTP/1.1 " + status + " ").containsIgnoringCase("\r\nConnection: close\r\n");
    }

    @Test
    void takes_only_chunked_as_a_transfer_encoding() throws IOException {
        String head =
                "POST /v1/delays/preview HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n";
        String body = "\r\n" + Integer.toHexString(PREVIEW.length()) + "\r\n" + PREVIEW + "\r\n0\r\n\r\n";
        assertThat(SERVER.raw(head + "Transfer-Encoding: chunked\r\n" + body)).startsWith("HTTP/1.1 200 ");
        for (String coding :
                new String[] {"gzip, chunked", "gzip,chunked", "chunked, chunked", "identity, chunked", "gzip"}) {
            assertThat(SERVER.raw(head + "Transfer-Encoding: " + coding + "\r\n" + body))
                    .as(coding)
                    .startsWith("HTTP/1.1 400 ");
        }
        assertThat(SERVER.raw(head + "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n" + body))
                .startsWith("HTTP/1.1 400 ");
    }

    @Test
    void refuses_gzip_that_is_not_right_to_its_last_byte() throws IOException {
        byte[] right = gzip(PREVIEW);
        byte[] checksum = right.clone();
        checksum[checksum.length - 6] ^= 1;
        byte[] length = right.clone();
        length[length.length - 1] ^= 1;
        byte[] more = Arrays.copyOf(right, right.length + 1);
        byte[] much = Arrays.copyOf(right, right.length + 1_000);
        byte[] less = Arrays.copyOf(right, right.length - 1);
        byte[] half = Arrays.copyOf(right, right.length / 2);
        for (byte[] body : new byte[][] {checksum, length, more, much, less, half, {31, (byte) 139}, {1}}) {
            SERVER.send("POST", "/delays/preview", body, "Content-Encoding", "gzip")
                    .problem(400);
        }
        ByteArrayOutputStream two = new ByteArrayOutputStream();
        two.write(gzip(PREVIEW.substring(0, 20)));
        two.write(gzip(PREVIEW.substring(20)));
        SERVER.send("POST", "/delays/preview", two.toByteArray(), "Content-Encoding", "gzip")
                .json(200);
        SERVER.send("POST", "/delays/preview", right, "Content-Encoding", "GZIP")
                .json(200);
    }

    /** Java's own reader would fill the stack with them. */
    @Test
    void refuses_gzip_of_very_many_empty_members() throws IOException {
        byte[] empty = gzip("");
        for (int members : new int[] {50, 50_000}) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            for (int i = 0; i < members; i++) {
                body.write(empty);
            }
            body.write(gzip(PREVIEW));
            TestServer.Answer answer =
                    SERVER.send("POST", "/delays/preview", body.toByteArray(), "Content-Encoding", "gzip");
            assertThat(answer.status()).isEqualTo(members == 50 ? 200 : 400);
        }
    }

    @Test
    void ends_the_connection_of_a_request_whose_framing_it_refuses() throws IOException {
        String body = "\r\n" + Integer.toHexString(PREVIEW.length()) + "\r\n" + PREVIEW + "\r\n0\r\n\r\n";
        // Returns once the server has closed.
        assertThat(SERVER.raw(
                        "POST /v1/delays/preview HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                + "Transfer-Encoding: gzip, chunked\r\n" + body))
                .startsWith("HTTP/1.1 400 ")
                .containsIgnoringCase("\r\nConnection: close\r\n");
    }

    @Test
    void wants_a_json_type_for_any_body() {
        byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
        for (String path :
                new String[] {"/timers/" + ID + "/cancel", "/runs/" + ID + "/pause", "/timers/cancel", "/workflows"}) {
            SERVER.send("POST", path, body, "Content-Type", "text/plain").problem(415);
            SERVER.send(HttpRequest.newBuilder(SERVER.uri(path))
                            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                            .build())
                    .problem(415);
        }
        SERVER.send("DELETE", "/workflows/" + ID, body, "Content-Type", "text/plain")
                .problem(415);
        SERVER.send("POST", "/timers/" + ID + "/cancel", body, "Content-Type", "application/merge-patch+json")
                .problem(415);
        SERVER.send("POST", "/nothing", body, "Content-Type", "text/plain").problem(404);
    }

    @Test
    void refuses_a_delay_that_ends_after_the_year9999() {
        String from = ",\"from\":\"9999-12-31T23:59:59.999Z\"}";
        String body = PREVIEW.substring(0, PREVIEW.length() - 1) + from;
        assertThat(SERVER.post("/delays/preview", body).fields(422)).containsExactly("delay.amount");
        assertThat(SERVER.post("/delays/preview", body.replace(":1,", ":0,"))
                        .json(200)
                        .path("dueAt")
                        .textValue())
                .isEqualTo("9999-12-31T23:59:59.999Z");
        assertThat(SERVER.post("/delays/preview", body.replace("9999-12-31T23:59:59.999Z", "+10000-01-01T00:00:00Z"))
                        .fields(422))
                .containsExactly("from");
    }

    @ParameterizedTest
    @CsvSource({
        "localhost,200",
        "LOCALHOST:1,200",
        "localhost.,200",
        "bide.localhost,200",
        "127.0.0.1,200",
        "127.1.2.3:80,200",
        "[::1]:8088,200",
        "bide.example,200",
        "Bide.Example:99,200",
        "evil.example,403",
        "localhost.evil.example,403",
        "127.0.0.1.evil.example,403",
        "127.evil.example,403",
        "128.0.0.1,403",
        "10.0.0.1,403",
        "[::2],403",
    })
    void without_keys_it_answers_to_its_own_names_only(String host, int status) throws IOException {
        for (String path : new String[] {"/v1/health", "/v1/openapi.yaml"}) {
            assertThat(NAMED.raw("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 " + status + " ");
        }
        assertThat(
                        LOCKED.raw(
                                "GET /v1/nothing HTTP/1.1\r\nHost: " + host
                                        + "\r\nX-Api-Key: key-one\r\nOrigin: https://evil.example\r\nSec-Fetch-Site: cross-site\r\nConnection: close\r\n\r\n"))
                .as("with a key")
                .startsWith("HTTP/1.1 404 ");
    }

    @ParameterizedTest
    @CsvSource({
        "Origin: https://evil.example,403",
        "Origin: null,403",
        "Origin: http://localhost:1,403",
        "Origin: http://evil.example:{port},403",
        "Origin: http://localhost:{port},200",
        "Origin: HTTP://LOCALHOST:{port},200",
        "Sec-Fetch-Site: cross-site,403",
        "Sec-Fetch-Site: same-origin,200",
        "Sec-Fetch-Site: none,200",
    })
    void without_keys_it_answers_no_page_of_another_site(String header, int status) throws IOException {
        String headers = "Host: localhost:" + SERVER.port() + "\r\n"
                + header.replace("{port}", String.valueOf(SERVER.port())) + "\r\nConnection: close\r\n";
        assertThat(SERVER.raw("POST /v1/delays/preview HTTP/1.1\r\n" + headers
                        + "Content-Type: application/json\r\nContent-Length: " + PREVIEW.length() + "\r\n\r\n"
                        + PREVIEW))
                .startsWith("HTTP/1.1 " + status + " ");
        assertThat(SERVER.raw("GET /v1/health HTTP/1.1\r\n" + headers + "\r\n")).startsWith("HTTP/1.1 " + status + " ");
        if (status == 403) {
            assertThat(SERVER.raw(
                            "POST /v1/timers/" + ID + "/cancel HTTP/1.1\r\n" + headers + "Content-Length: 0\r\n\r\n"))
                    .startsWith("HTTP/1.1 403 ")
                    .contains("urn:bide:problem:forbidden");
        }
    }

    @Test
    void a_link_of_another_site_may_be_followed() throws IOException {
        String headers =
                "Host: localhost\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nConnection: close\r\n";
        assertThat(SERVER.raw("GET /v1/health HTTP/1.1\r\n" + headers + "\r\n")).startsWith("HTTP/1.1 200 ");
        assertThat(SERVER.raw("POST /v1/timers/cancel HTTP/1.1\r\n" + headers + "Content-Length: 0\r\n\r\n"))
                .startsWith("HTTP/1.1 403 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/timers", "/", "/V1/timers", "/v1x/timers", "/timers/1/cancel", "/v1/nothing", "/v1/nothing/x"})
    void what_is_not_there_is_not_found_whatever_the_method(String path) throws IOException {
        for (String method :
                new String[] {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "BREW"
                }) {
            String answer =
                    SERVER.raw(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            assertThat(answer).as(method + path).startsWith("HTTP/1.1 404 ").contains("application/problem+json");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PROPFIND", "BREW", "TRACE", "COPY", "DELETE"})
    void every_method_that_is_not_allowed_is_told_which_are(String method) throws IOException {
        for (String path : new String[] {"/v1/timers", "/v1/health", "/v1/delays/preview", "/v1/openapi.yaml"}) {
            String answer =
                    SERVER.raw(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            assertThat(answer)
                    .startsWith("HTTP/1.1 405 ")
                    .containsPattern("\r\nAllow: [A-Z]+")
                    .contains("urn:bide:problem:method-not-allowed");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CONNECT /v1/timers HTTP/1.1",
                "GET /v1/health HTTP/3.0",
                "GET /v1/health HTTP/1.7",
                "OPTIONS * HTTP/1.1",
                "BREW * HTTP/1.1",
            })
    void no_mistake_of_a_client_is_a_fault_of_ours(String line) throws IOException {
        String answer = SERVER.raw(line + "\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertThat(answer)
                .startsWith("HTTP/1.1 ")
                .doesNotContain("problem:internal")
                .doesNotContain(" 501 ");
        if (answer.startsWith("HTTP/1.1 405")) {
            assertThat(answer).contains("\r\nAllow: ");
        }
    }

    @Test
    void a_head_promises_no_length_where_the_answer_might_be_packed() throws IOException {
        String rest =
                " /v1/openapi.yaml HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n";
        assertThat(SERVER.raw("HEAD" + rest)).startsWith("HTTP/1.1 200 ").doesNotContain("Content-Length");
        assertThat(SERVER.raw("GET" + rest)).startsWith("HTTP/1.1 200 ").contains("Content-Encoding: gzip");
    }

    @Test
    void makes_no_tunnels() throws IOException {
        try (Socket socket = new Socket("127.0.0.1", SERVER.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write("CONNECT localhost:80 HTTP/1.1\r\nHost: localhost:80\r\n\r\n"
                            .getBytes(StandardCharsets.UTF_8));
            assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.UTF_8))
                    .isEqualTo("HTTP/1.1 404");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/openapi.yaml", "/v1/health", "/v1/nothing", "/nothing", "/v1/timers?limit=0"})
    void a_head_says_how_long_the_answer_is(String path) throws IOException {
        String rest = " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        String get = SERVER.raw("GET " + path + rest);
        String head = SERVER.raw("HEAD " + path + rest);
        int end = get.indexOf("\r\n\r\n") + 4;
        int length = get.substring(end).getBytes(StandardCharsets.UTF_8).length;
        assertThat(head).endsWith("\r\n\r\n").contains("\r\nContent-Length: " + length + "\r\n");
        assertThat(get.substring(0, end)).contains("\r\nContent-Length: " + length + "\r\n");
    }

    @Test
    void asks_for_a_key() {
        Answer without = LOCKED.get("/timers");
        without.problem(401);
        assertThat(without.header("WWW-Authenticate")).isEqualTo("Bearer");
        LOCKED.get("/nothing").problem(401);
        LOCKED.post("/delays/preview", PREVIEW).problem(401);
        for (String wrong : new String[] {
            "Bearer key-three", "Bearer ", "Bearer", "Basic a2V5LW9uZQ==", "key-one", "Bearer key-one,key-two"
        }) {
            LOCKED.get("/nothing", "Authorization", wrong).problem(401);
        }
        LOCKED.post("/delays/preview", PREVIEW, "Authorization", "Bearer key-one")
                .json(200);
        LOCKED.post("/delays/preview", PREVIEW, "authorization", "bearer key-two")
                .json(200);
        LOCKED.post("/delays/preview", PREVIEW, "X-Api-Key", "key-two").json(200);
        LOCKED.get("/nothing", "X-Api-Key", "key-one").problem(404);
    }

    @Test
    void probes_and_the_description_need_no_key() {
        LOCKED.get("/health").json(200);
        assertThat(LOCKED.get("/openapi.yaml").status()).isEqualTo(200);
        LOCKED.get("/health/").problem(401);
    }

    /** Each call of the contract with each kind of key. A parameter that no call knows ends what gets through before an engine is asked. */
    @Test
    void a_key_that_may_only_read_gets_through_to_what_changes_nothing() throws IOException {
        JsonNode paths = new YAMLMapper()
                .readTree(ServerTest.class.getResource("/openapi.yaml"))
                .path("paths");
        Set<String> read = new TreeSet<>();
        int calls = 0;
        for (Map.Entry<String, JsonNode> path : paths.properties()) {
            for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
                if (!operation.getValue().has("operationId")
                        || path.getKey().equals("/health")
                        || path.getKey().equals("/openapi.yaml")) {
                    continue;
                }
                String method = operation.getKey().toUpperCase(Locale.ROOT);
                String url = path.getKey().replaceAll("\\{\\w+}", ID.toString()) + "?nope=1";
                calls++;
                Answer none = WATCHED.send(method, url, null);
                none.problem(401);
                assertThat(none.header("Bide-Rights")).isNull();
                Answer reader = WATCHED.send(method, url, null, "X-Api-Key", "reader");
                assertThat(reader.header("Bide-Rights")).as(method + url).isEqualTo("read");
                if (reader.status() != 403) {
                    read.add(method + " " + path.getKey());
                } else {
                    assertThat(reader.problem(403).path("detail").textValue()).isEqualTo("This API key may only read");
                }
                for (String key : List.of("writer", "both")) {
                    Answer all = WATCHED.send(method, url, null, "Authorization", "Bearer " + key);
                    assertThat(all.status()).as(method + url).isNotIn(401, 403);
                    assertThat(all.header("Bide-Rights")).as(method + url).isEqualTo("all");
                }
            }
        }
        assertThat(calls).isGreaterThan(50);
        assertThat(read)
                .contains("POST /delays/preview", "POST /workflows/{id}/simulate", "GET /timers", "GET /workflows/{id}")
                .filteredOn(call -> !call.startsWith("GET "))
                .hasSize(2);
        assertThat(read).filteredOn(call -> call.startsWith("GET ")).hasSizeGreaterThan(15);
    }

    @ParameterizedTest
    @CsvSource({
        "POST,/v1/delays/preview/,403",
        "POST,/v1//delays/preview,400",
        "POST,/v1/delays/preview;x=y,400",
        "POST,/v1/workflows/a/b/simulate,403",
        "POST,/v1/workflows/a/simulate/x,403",
        "POST,/v1/workflows//simulate,400",
        "PUT,/v1/delays/preview,403",
        "DELETE,/v1/timers,403",
        "OPTIONS,/v1/timers,403",
        "HEAD,/v1/timers?nope=1,400",
        "GET,/v1/nothing,404",
        "POST,/v1/nothing,403",
        "POST,/elsewhere,404",
    })
    void what_is_written_in_another_way_is_no_way_around(String method, String path, int status) throws IOException {
        String answer = WATCHED.raw(
                method + " " + path
                        + " HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: reader\r\nX-HTTP-Method-Override: DELETE\r\nContent-Type: application/json\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
    }

    @Test
    void every_answer_says_what_its_request_may_do() {
        assertThat(SERVER.post("/delays/preview", PREVIEW).header("Bide-Rights"))
                .as("without keys")
                .isEqualTo("all");
        Answer preview = WATCHED.post("/delays/preview", PREVIEW, "X-Api-Key", "reader");
        preview.json(200);
        assertThat(preview.header("Bide-Rights")).isEqualTo("read");
        assertThat(WATCHED.get("/health", "X-Api-Key", "reader").header("Bide-Rights"))
                .isEqualTo("read");
        Answer open = WATCHED.get("/health", "X-Api-Key", "nobody");
        open.json(200);
        assertThat(open.header("Bide-Rights")).as("who may do nothing else").isNull();
        assertThat(WATCHED.post("/delays/preview", "{", "X-Api-Key", "writer").header("Bide-Rights"))
                .as("of a refusal too")
                .isEqualTo("all");
    }
}
