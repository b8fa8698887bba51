package dev.bide.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bide.http.TestServer.Answer;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.Duration;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Those who promise a body and send it byte by byte. */
class SlowSendersTest {
    @RegisterExtension
    static final TestServer SERVER = server();

    @RegisterExtension
    static final TestServer IMPATIENT = server();

    private static final String PREVIEW = "{\"delay\":{\"type\":\"period\",\"amount\":1,\"unit\":\"hours\"}}";

    static {
        IMPATIENT.configuration().bodyTimeout = Duration.seconds(1);
        SERVER.configuration().maxBytesUnderWay = DataSize.mebibytes(1);
    }

    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService drip = Executors.newSingleThreadScheduledExecutor();

    private static TestServer server() {
        Health up = () -> new Health.Report(true, Map.of());
        return new TestServer(() -> NoServices.with(up, InstantSource.system()), "right");
    }

    @AfterEach
    void close() throws IOException {
        drip.shutdownNow();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"wrong,/v1/timers", "right,/v1/timers", "right,/v1/timers/bulk", "right,/v1/timers/x/cancel"})
    void hold_up_nobody(String key, String path) throws Exception {
        for (int i = 0; i < 2 * TestServer.THREADS; i++) {
            send(SERVER, path, key, "Content-Length: 1000000");
        }
        dripOnAll();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
        while (System.nanoTime() < end) {
            long begin = System.nanoTime();
            SERVER.get("/health").json(200);
            SERVER.post("/delays/preview", PREVIEW, "X-Api-Key", "right").json(200);
            SERVER.post("/delays/preview", PREVIEW, "X-Api-Key", "wrong").problem(401);
            // Where they hold the threads, nobody is answered for as long as they send.
            assertThat(System.nanoTime() - begin).isLessThan(TimeUnit.SECONDS.toNanos(3));
        }
    }

    private void dripOnAll() {
        drip.scheduleAtFixedRate(() -> sockets.forEach(SlowSendersTest::drip), 0, 300, TimeUnit.MILLISECONDS);
    }

    private static void drip(Socket socket) {
        try {
            socket.getOutputStream().write(' ');
        } catch (IOException e) {
            // The server has closed it, as it may by then.
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/timers", "/v1/delays/preview", "/v1/timers/bulk"})
    void are_told_that_their_time_is_over(String path) throws Exception {
        Socket socket = send(IMPATIENT, path, "right", "Content-Length: 1000");
        dripOnAll();
        assertThat(answer(socket))
                .startsWith("HTTP/1.1 408 ")
                .contains("urn:bide:problem:timeout")
                .containsIgnoringCase("\r\nConnection: close\r\n");
        IMPATIENT.post("/delays/preview", PREVIEW, "X-Api-Key", "right").json(200);
    }

    @Test
    void are_told_so_too_when_they_send_in_chunks() throws Exception {
        Socket socket = send(IMPATIENT, "/v1/timers", "right", "Transfer-Encoding: chunked");
        assertThat(answer(socket)).startsWith("HTTP/1.1 408 ");
    }

    /** Long before their time is over, which is after half a minute. */
    @Test
    void are_told_that_they_are_too_slow() throws Exception {
        Socket socket = send(SERVER, "/v1/timers", "right", "Content-Length: 1000000");
        dripOnAll();
        long begin = System.nanoTime();
        assertThat(answer(socket)).startsWith("HTTP/1.1 408 ");
        assertThat(System.nanoTime() - begin).isLessThan(TimeUnit.SECONDS.toNanos(20));
    }

    /** A mebibyte is for all, of which a promise takes nothing, and what was sent its three times. */
    @Test
    void take_no_memory_that_they_only_promise() throws Exception {
        for (int i = 0; i < 20; i++) {
            send(SERVER, "/v1/timers", "right", "Content-Length: 1000000");
        }
        await().until(() -> SERVER.active() >= 20);
        String large = PREVIEW + " ".repeat(200_000);
        SERVER.post("/delays/preview", large, "X-Api-Key", "right").json(200);

        Socket socket = send(SERVER, "/v1/timers", "right", "Content-Length: 1000000");
        socket.getOutputStream().write(" ".repeat(200_000).getBytes(StandardCharsets.UTF_8));
        await().untilAsserted(() -> {
            Answer answer = SERVER.post("/delays/preview", large, "X-Api-Key", "right");
            answer.problem(429);
            assertThat(answer.header("Retry-After")).isEqualTo("2");
        });
        socket.close();
        await().untilAsserted(() ->
                SERVER.post("/delays/preview", large, "X-Api-Key", "right").json(200));
        SERVER.post("/delays/preview", large + " ".repeat(300_000), "X-Api-Key", "right")
                .problem(413);
    }

    private Socket send(TestServer server, String path, String key, String length) throws IOException {
        Socket socket = new Socket("127.0.0.1", server.port());
        socket.setSoTimeout(30_000);
        sockets.add(socket);
        String head = "POST " + path
                + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-Api-Key: " + key + "\r\n"
                + length
                + "\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
        return socket;
    }

    /** What comes until the server closes; more may have been sent to it by then than it read. */
    private static String answer(Socket socket) throws IOException {
        StringBuilder answer = new StringBuilder();
        try {
            for (int c = socket.getInputStream().read();
                    c >= 0;
                    c = socket.getInputStream().read()) {
                answer.append((char) c);
            }
        } catch (SocketException e) {
            assertThat(answer).isNotEmpty();
        }
        return answer.toString();
    }
}
