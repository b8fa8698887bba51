package dev.bide.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dropwizard.util.DataSize;
import io.dropwizard.util.Duration;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Those who ask for a large page and take it byte by byte. */
@Timeout(120)
class SlowReadersIT {
    private static final String TIMER =
            "{\"delay\":{\"type\":\"period\",\"amount\":1,\"unit\":\"hours\"},\"action\":{\"url\":\"http://127.0.0.1:9/t\",\"body\":\"%s\"}}";

    /** Of 60 kB each: a page of more than the system keeps for a connection. */
    private static final int TIMERS = 75;

    /** Its bytes at least. */
    private static final int PAGE = 4 << 20;

    private static final int READERS = TestServer.THREADS + 8;

    @RegisterExtension
    static final ApiExtension API = ApiExtension.api();

    private static final TestServer SERVER = API.server();
    private static final TestServer IMPATIENT = API.another();

    static {
        SERVER.configuration().maxBytesUnderWay = DataSize.mebibytes(400);
        SERVER.configuration().minAnswerRate = DataSize.bytes(0);
        // It has no room for what they don't take.
        IMPATIENT.configuration().maxBytesUnderWay = DataSize.mebibytes(1);
        IMPATIENT.configuration().answerTimeout = Duration.seconds(2);
    }

    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService sip = Executors.newSingleThreadScheduledExecutor();

    @BeforeAll
    static void storeTimers() {
        String large = TIMER.formatted("x".repeat(60_000));
        String timers = IntStream.range(0, TIMERS).mapToObj(i -> large).collect(Collectors.joining(","));
        SERVER.post("/timers/bulk", "{\"timers\":[" + timers + "]}").json(200);
    }

    @AfterEach
    void close() throws IOException {
        sip.shutdownNow();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @Test
    void hold_up_nobody() throws Exception {
        for (int i = 0; i < READERS; i++) {
            ask(SERVER);
        }
        sip.scheduleAtFixedRate(() -> sockets.forEach(SlowReadersIT::sip), 0, 1, TimeUnit.SECONDS);
        await().atMost(java.time.Duration.ofSeconds(30)).until(() -> SERVER.active() >= READERS);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
        while (System.nanoTime() < end) {
            long begin = System.nanoTime();
            SERVER.get("/health").json(200);
            SERVER.post("/timers", TIMER.formatted("x")).json(201);
            // Where they hold the threads, nobody is answered as long as they read at all.
            assertThat(System.nanoTime() - begin).isLessThan(TimeUnit.SECONDS.toNanos(10));
        }
        assertThat(SERVER.active()).as("they are there still").isGreaterThanOrEqualTo(READERS);
    }

    @Test
    void are_cut_off_when_their_time_is_over() throws Exception {
        for (int i = 0; i < READERS; i++) {
            ask(IMPATIENT);
        }
        // Idle they would be dropped after half a minute.
        await().atMost(java.time.Duration.ofSeconds(25)).until(() -> IMPATIENT.active() == 0);
        IMPATIENT.get("/health").json(200);
        for (Socket socket : sockets) {
            assertThat(drain(socket)).isLessThan(PAGE);
        }
    }

    @Test
    void get_all_of_it_where_they_are_not_that_slow() throws Exception {
        Socket socket = ask(SERVER);
        InputStream in = socket.getInputStream();
        in.readNBytes(100_000);
        byte[] rest = in.readAllBytes();
        assertThat(rest.length).isGreaterThan(PAGE - 100_000);
        assertThat(rest[rest.length - 1]).isEqualTo((byte) '}');
    }

    /** How much comes until the end. */
    private static long drain(Socket socket) throws IOException {
        byte[] some = new byte[64 << 10];
        long read = 0;
        try {
            for (int n = 0; n >= 0; n = socket.getInputStream().read(some)) {
                read += n;
            }
        } catch (SocketException e) {
            // Cut off.
        }
        return read;
    }

    private static void sip(Socket socket) {
        try {
            var unused = socket.getInputStream().read();
        } catch (IOException e) {
            // It is cut off.
        }
    }

    private Socket ask(TestServer server) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4 << 10);
        socket.setSoTimeout(30_000);
        socket.connect(new InetSocketAddress("127.0.0.1", server.port()));
        sockets.add(socket);
        String head = "GET /v1/timers?limit=500 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
        return socket;
    }
}
