package dev.bide.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bide.http.TestServer.Answer;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
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
    static final TestServer SERVER =
            new TestServer(() -> new Api.Services(null, null, null, null, HEALTH::get, InstantSource.fixed(NOW)));

    @RegisterExtension
    static final TestServer LOCKED = new TestServer(
            () -> new Api.Services(null, null, null, null, HEALTH::get, InstantSource.fixed(NOW)),
            "key-one",
            "key-two");

    private static final String PREVIEW = "{\"delay\":{\"type\":\"period\",\"amount\":1,\"unit\":\"hours\"}}";
    private static final UUID ID = UUID.randomUUID();

    @BeforeEach
    void healthy() {
        HEALTH.set(new Health.Report(true, Map.of("node", "n1")));
    }

    @Test
    void previewsADelay() {
        assertThat(SERVER.post("/delays/preview", PREVIEW).json(200))
                .hasToString("{\"dueAt\":\"2026-11-24T13:00:00.000Z\"}");
        assertThat(SERVER.post("/delays/preview", """
                {"delay":{"type":"weekdays","days":["MONDAY"],"at":"09:00"},"from":"2026-11-24T12:00:00+01:00","timezone":"Europe/Berlin"}""").json(200).path("dueAt").textValue())
                .isEqualTo("2026-11-30T08:00:00.000Z");
        assertThat(SERVER.post(
                                "/delays/preview",
                                "{\"delay\":{\"type\":\"date\",\"date\":\"2020-01-01\",\"ifPast\":\"skip\"}}")
                        .json(200))
                .hasToString("{\"dueAt\":null}");
    }

    @Test
    void namesTheFieldOfADelayThatCannotBeUsed() {
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
    void saysHowItIs() {
        assertThat(SERVER.get("/health").json(200)).hasToString("{\"status\":\"UP\",\"node\":\"n1\"}");

        HEALTH.set(new Health.Report(false, Map.of()));
        Answer down = SERVER.get("/health");
        assertThat(down.json(503)).hasToString("{\"status\":\"DOWN\"}");
        assertThat(down.header("Retry-After")).isEqualTo("2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/nothing", "/timers/1/2/3", "/workflows/x/y"})
    void knowsNoSuchPath(String path) {
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
    void namesTheMethodsOfAPath(String method, String path, String allowed) {
        Answer answer = SERVER.send(method, path.replace("{id}", ID.toString()), null);

        answer.problem(405);
        assertThat(answer.header("Allow").replace(" ", "").split(",")).contains(allowed.split(","));
    }

    @Test
    void takesJsonOnly() {
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
                        .json(200))
                .as("without a Content-Type")
                .isNotEmpty();
    }

    @Test
    void takesNoLargerBodyThanTheLimit() {
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
    void unpacksABodyAndStopsAtTheLimit() throws IOException {
        SERVER.send("POST", "/delays/preview", gzip(PREVIEW), "Content-Encoding", "gzip")
                .json(200);
        SERVER.send("POST", "/delays/preview", gzip(PREVIEW + " ".repeat(20_000_000)), "Content-Encoding", "gzip")
                .problem(413);
        SERVER.send("POST", "/delays/preview", PREVIEW.getBytes(StandardCharsets.UTF_8), "Content-Encoding", "gzip")
                .problem(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"br", "deflate", "x-gzip", "gzip, gzip", "zstd"})
    void refusesABodyThatItCannotUnpack(String encoding) throws IOException {
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
    void refusesBytesThatAreNoUtf8() {
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
    void namesAQueryParameterThatCannotBeUsed(String path, String parameter) {
        assertThat(SERVER.get(path).fields(400)).containsExactly(parameter);
    }

    @Test
    void answersWhatIsHardlyHttpWithAProblemToo() throws IOException {
        assertProblem(400, "GET /v1/%zz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        assertProblem(400, "GET /v1/timers?limit=%zz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        assertProblem(400, "GET /v1/timers HTTP/1.1\r\nConnection: close\r\n\r\n");
        assertProblem(400, "GET /v1/timers HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n");
        assertProblem(431, "GET /v1/timers HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(70_000) + "\r\n\r\n");
        assertProblem(414, "GET /v1/" + "x".repeat(70_000) + " HTTP/1.1\r\nHost: a\r\n\r\n");
        assertProblem(417, "POST /v1/timers HTTP/1.1\r\nHost: a\r\nExpect: more\r\nContent-Length: 0\r\n\r\n");
        assertProblem(404, "GET /elsewhere HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        assertProblem(405, "BREW /v1/timers HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        assertProblem(
                400,
                "POST /v1/delays/preview HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n{}\r\n0\r\n\r\n");
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
    void aFaultOfOursIsAnsweredWithItsIdAndNothingElse() {
        // There are no services here, so that asking for one is a fault.
        var problem = SERVER.get("/timers/" + ID).problem(500);

        assertThat(problem.path("instance").textValue()).startsWith("urn:uuid:");
        assertThat(problem.toString()).doesNotContain("NullPointer").doesNotContain("java");
    }

    @Test
    void keepsTheConnectionOfARequestThatItAnswersWithoutItsBody() throws IOException {
        HEALTH.set(new Health.Report(true, Map.of()));
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), LOCKED.uri("").getPort())) {
            BufferedReader answers =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            for (int i = 0; i < 3; i++) {
                socket.getOutputStream()
                        .write("POST /v1/timers HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n"
                                .getBytes(StandardCharsets.UTF_8));
                // It waits for the body, rather than answer and close.
                socket.setSoTimeout(300);
                assertThatThrownBy(answers::read).isInstanceOf(SocketTimeoutException.class);
                socket.setSoTimeout(10_000);
                socket.getOutputStream().write("{}".getBytes(StandardCharsets.UTF_8));
                assertThat(answers.readLine()).isEqualTo("HTTP/1.1 401 Unauthorized");
                int length = 0;
                for (String line = answers.readLine(); !line.isEmpty(); line = answers.readLine()) {
                    if (line.startsWith("Content-Length: ")) {
                        length = Integer.parseInt(line.substring("Content-Length: ".length()));
                    }
                }
                for (int read = 0; read < length; read++) {
                    assertThat(answers.read()).isNotNegative();
                }
            }
        }
    }

    @Test
    void asksForAKey() {
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
    void probesAndTheDescriptionNeedNoKey() {
        LOCKED.get("/health").json(200);
        assertThat(LOCKED.get("/openapi.yaml").status()).isEqualTo(200);
        LOCKED.get("/health/").problem(401);
    }
}
