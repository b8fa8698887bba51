package dev.bide.http;

import static dev.bide.testing.TimerJson.TIMER;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bide.http.TestServer.Answer;
import dev.bide.testing.PostgresExtension;
import dev.bide.testing.TimerJson;
import io.dropwizard.util.DataSize;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** New timers and runs by the short way, beside what Jersey makes of the same requests. */
class AcceptHandlerIT {
    @RegisterExtension
    static final ApiExtension API = ApiExtension.api();

    private static final PostgresExtension POSTGRES = API.postgres();
    private static final TestServer SERVER = API.server();

    private static final TestServer LOCKED = API.another("key-one").idleTimeout(Duration.ofSeconds(1));

    /** Jersey takes it for JSON; the short way leaves it alone. */
    private static final String UNUSUAL = "application/json; v=1";

    private static String runs;

    static {
        LOCKED.configuration().maxBodySize = DataSize.kibibytes(2);
    }

    @BeforeAll
    static void workflow() {
        String task = TimerJson.with(",\"name\":\"t\"");
        runs = "/workflows/"
                + SERVER.post("/workflows", "{\"name\":\"w\",\"tasks\":[" + task + "]}")
                        .json(201)
                        .path("id")
                        .textValue()
                + "/runs";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{}",
                "{} {}",
                "{\"delay\":{\"type\":\"period\",\"amount\":1,\"unit\":\"days\"},\"action\":{\"url\":\"http://127.0.0.1:9/\"}}",
                "{\"delay\":{\"type\":\"period\",\"amount\":1,\"unit\":\"days\"},\"action\":{\"url\":\"http://127.0.0.1:9/\"},\"key\":\"k\u00fc\"}",
                "{\"delay\":{\"type\":\"period\",\"amount\":-1,\"unit\":\"days\"},\"action\":{\"url\":\"ftp://x\"},\"more\":1}",
                "{\"delay\":{\"type\":\"date\",\"date\":\"2020-01-01\",\"ifPast\":\"reject\"},\"action\":{\"url\":\"http://127.0.0.1:9/\"}}",
                "{\"key\":\"r\",\"input\":{\"a\":[1]}}",
                "{\"key\":7}",
                "{\"key\":\"r\",\"nope\":1}",
                "{\"delay\":{\"type\":\"period\",\"amount\":1.0,\"unit\":\"days\"},\"action\":{\"url\":\"http://127.0.0.1:9/\"},\"timeout\":\"P0Y0M0DT10S\"}",
                "{\"delay\":{\"type\":\"period\",\"amount\":1e400,\"unit\":\"days\"},\"action\":{\"url\":\"http://127.0.0.1:9/\"},\"timeout\":\"P1Y\"}",
                "{\"input\":{\"\\ud83d\":1}}",
            })
    void answers_as_jersey_does(String body) {
        for (String path : List.of("/timers", runs, "/workflows/" + UUID.randomUUID() + "/runs")) {
            // Twice each, so that what has a key is there before both.
            SERVER.post(path, body);
            Map<String, Object> shortWay = shape(SERVER.post(path, body));
            assertThat(shortWay).isEqualTo(shape(SERVER.post(path, body, "Content-Type", UNUSUAL)));
            assertThat(shape(SERVER.post(path, body, "Content-Type", "application/json; charset=UTF-8")))
                    .isEqualTo(shortWay);
        }
    }

    @Test
    void answers_as_jersey_does_what_is_not_utf_8() {
        byte[] body = TimerJson.with(",\"key\":\"\u00fc\"").getBytes(StandardCharsets.ISO_8859_1);
        Answer answer = SERVER.send("POST", "/timers", body);
        answer.problem(400);
        assertThat(shape(answer)).isEqualTo(shape(SERVER.send("POST", "/timers", body, "Content-Type", UNUSUAL)));
    }

    /** Status, headers and body, but for what differs from one request to the next. */
    private static Map<String, Object> shape(Answer answer) {
        Map<String, Object> shape = new TreeMap<>(answer.response().headers().map());
        shape.remove("date");
        shape.put(":status", answer.status());
        shape.put(":body", answer.response().body());
        shape.replaceAll((name, value) -> String.valueOf(value)
                .replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID")
                .replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z", "TIME"));
        return shape;
    }

    @Test
    void takes_what_is_unusual_too() throws IOException {
        String large = TimerJson.with(",\"timezone\":\"UTC\"") + " ".repeat(20_000);
        SERVER.post("/timers", large).json(201);
        SERVER.send(HttpRequest.newBuilder(SERVER.uri("/timers"))
                        .header("Content-Type", "application/json")
                        // Its length is not known beforehand: it comes in chunks.
                        .POST(HttpRequest.BodyPublishers.ofInputStream(
                                () -> new ByteArrayInputStream(TIMER.getBytes(UTF_8))))
                        .build())
                .json(201);
        SERVER.send("POST", "/timers", gzip(large), "Content-Encoding", "gzip").json(201);
        SERVER.send("POST", "/timers", gzip(TIMER + " ".repeat(2_000_000)), "Content-Encoding", "gzip")
                .problem(413);
        SERVER.send("POST", "/timers", gzip(TIMER), "Content-Encoding", "GZip").json(201);
        assertThat(SERVER.post("/timers?x=1", TIMER).fields(400)).containsExactly("x");
        SERVER.post("/timers", TIMER, "Content-Encoding", "br").problem(415);
        SERVER.post("/timers/", TIMER).json(201);
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(UTF_8));
        }
        return bytes.toByteArray();
    }

    @Test
    void takes_no_more_than_the_limit() {
        String large = TIMER + " ".repeat(2_048);
        LOCKED.post("/timers", large, "X-Api-Key", "key-one").problem(413);
        LOCKED.post("/timers", large.substring(0, 2_048), "X-Api-Key", "key-one")
                .json(201);
    }

    @Test
    void asks_for_the_key() {
        for (String path : List.of("/timers", runs)) {
            String body = path.equals(runs) ? "{}" : TIMER;
            LOCKED.post(path, body).problem(401);
            LOCKED.post(path, body, "X-Api-Key", "key-two").problem(401);
            LOCKED.post(path, body, "Authorization", "Basic key-one").problem(401);
            LOCKED.post(path, body, "Authorization", "Bearer key-one", "Authorization", "Bearer key-one")
                    .problem(401);
            LOCKED.post(path, body, "Authorization", "Bearer key-one").json(201);
            LOCKED.post(path, body, "X-Api-Key", "key-one").json(201);
        }
    }

    /** More of them than the server has threads, large ones too; on either way. */
    @ParameterizedTest
    @ValueSource(strings = {"application/json", UNUSUAL})
    void holds_no_thread_while_they_are_being_written(String type) throws Exception {
        List<CompletableFuture<Answer>> answers;
        try (Connection connection = POSTGRES.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("LOCK TABLE timer, run IN SHARE MODE");
            answers = IntStream.range(0, 2 * TestServer.THREADS)
                    .mapToObj(i -> i % 2 == 0
                            ? SERVER.begin("POST", "/timers", TIMER + " ".repeat(20_000), "Content-Type", type)
                            : SERVER.begin("POST", runs, "{}", "Content-Type", type))
                    .toList();
            await().until(() -> POSTGRES.somebodyWaitsForALock() && SERVER.active() == 2 * TestServer.THREADS);
            SERVER.get("/health").json(200);
            assertThat(answers).noneMatch(CompletableFuture::isDone);
            connection.rollback();
        }
        for (CompletableFuture<Answer> answer : answers) {
            answer.get().json(201);
        }
    }

    @Test
    void answers_late_where_the_database_is_late() throws Exception {
        CompletableFuture<Answer> answer;
        try (Connection connection = POSTGRES.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("LOCK TABLE timer IN SHARE MODE");
            answer = LOCKED.begin("POST", "/timers", TIMER, "X-Api-Key", "key-one");
            await().until(POSTGRES::somebodyWaitsForALock);
            // More than twice as long as a client may say nothing.
            statement.execute("SELECT pg_sleep(2.5)");
            assertThat(answer).isNotDone();
            connection.rollback();
        }
        answer.get().json(201);
    }

    @Test
    void takes_requests_as_they_come_over_the_wire() throws Exception {
        String body = TIMER;
        String head =
                "POST /v1/timers HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                        + body.length() + "\r\n";
        String last = "Connection: close\r\n";

        assertThat(statuses(SERVER.raw(head + "\r\n" + body + head + "\r\n" + body + head + last + "\r\n" + body)))
                .as("three at once")
                .containsExactly("201 Created", "201 Created", "201 Created");

        try (Socket socket = new Socket("127.0.0.1", SERVER.port())) {
            socket.setSoTimeout(20_000);
            OutputStream out = socket.getOutputStream();
            out.write((head + last + "Expect: 100-continue\r\n\r\n").getBytes(UTF_8));
            byte[] wait = new byte[25];
            assertThat(socket.getInputStream().readNBytes(wait, 0, wait.length)).isEqualTo(wait.length);
            assertThat(new String(wait, UTF_8)).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            out.write(body.substring(0, 10).getBytes(UTF_8));
            out.flush();
            SERVER.get("/health").json(200);
            out.write(body.substring(10).getBytes(UTF_8));
            assertThat(statuses(new String(socket.getInputStream().readAllBytes(), UTF_8)))
                    .as("a body in two parts")
                    .containsExactly("201 Created");
        }

        String wrong = head.replace("Content-Length: " + body.length(), "Content-Length: 1") + "\r\n{";
        assertThat(statuses(SERVER.raw(wrong + head + last + "\r\n" + body)))
                .as("one more after a fault")
                .containsExactly("400 Bad Request", "201 Created");

        assertThat(statuses(LOCKED.raw(head + "X-Api-Key: key-one\r\n\r\n" + body.substring(0, 10))))
                .as("the rest does not come")
                .containsExactly("408 Request Timeout");

        try (Socket socket = new Socket("127.0.0.1", SERVER.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write((head + "\r\n" + body.substring(0, 10)).getBytes(UTF_8));
            socket.shutdownOutput();
            assertThat(statuses(new String(socket.getInputStream().readAllBytes(), UTF_8)))
                    .as("half a body")
                    .containsExactly("400 Bad Request");
        }
    }

    private static List<String> statuses(String answers) {
        return answers.lines()
                .filter(line -> line.contains("HTTP/1.1 "))
                .map(line -> line.substring(line.indexOf("HTTP/1.1 ") + 9))
                .toList();
    }
}
