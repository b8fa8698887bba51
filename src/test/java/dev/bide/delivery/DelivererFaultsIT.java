package dev.bide.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bide.delivery.DeliveryOutcome.Deferred;
import dev.bide.delivery.DeliveryOutcome.Delivered;
import dev.bide.delivery.DeliveryOutcome.Reason;
import dev.bide.delivery.DeliveryOutcome.Refused;
import dev.bide.delivery.DeliveryOutcome.Retryable;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a call comes to when the third party, or the way to it, is broken. */
class DelivererFaultsIT {

    private static final Duration SHORT = Duration.ofMillis(400);
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    private final Delivery delivery =
            new DeliveryConfiguration().allowing("127.0.0.0/8").build(InstantSource.system());

    @AfterEach
    void close() {
        delivery.close();
    }

    private DeliveryOutcome post(RawServer server, Duration timeout) {
        return delivery.deliverer().deliver(Requests.post(server.url(), timeout));
    }

    private DeliveryOutcome post(RawServer server) {
        return post(server, Duration.ofSeconds(10));
    }

    @Test
    void silence_ends_with_the_timeout() throws Exception {
        try (RawServer server = new RawServer(RawServer.Connection::hang)) {
            Retryable outcome = (Retryable) post(server, SHORT);
            assertThat(outcome.error()).isEqualTo("no answer within 400 ms");
            assertThat(outcome.httpStatus()).isNull();
            assertThat(outcome.duration()).isGreaterThanOrEqualTo(SHORT);
        }
    }

    @Test
    void headers_that_drip_end_with_the_timeout() throws Exception {
        try (RawServer server = new RawServer(connection -> {
            connection.request();
            connection.answer("HTTP/1.1 200 OK\r\n");
            for (int i = 0; ; i++) {
                connection.answer("X-" + i + ": y\r\n");
                Thread.sleep(20);
            }
        })) {
            assertThat(post(server, SHORT)).isInstanceOf(Retryable.class);
        }
    }

    @Test
    void endless_headers_are_cut_off() throws Exception {
        try (RawServer server = new RawServer(connection -> {
            connection.request();
            connection.answer("HTTP/1.1 200 OK\r\n");
            while (true) {
                connection.answer("X-Y: " + "y".repeat(1_000) + "\r\n");
            }
        })) {
            assertThat(post(server)).isInstanceOf(Retryable.class);
        }
    }

    @Test
    void interim_answers_for_ever_end_with_the_timeout() throws Exception {
        try (RawServer server = new RawServer(connection -> {
            connection.request();
            while (true) {
                connection.answer("HTTP/1.1 103 Early Hints\r\n\r\n");
                Thread.sleep(5);
            }
        })) {
            assertThat(post(server, SHORT)).isInstanceOf(Retryable.class);
        }
    }

    @Test
    void a_connection_that_is_reset_is_worth_another_attempt() throws Exception {
        try (RawServer server = new RawServer(connection -> {
            connection.request();
            connection.reset();
        })) {
            assertThat(post(server)).isInstanceOf(Retryable.class);
            assertThat(server.requests()).isEqualTo(1);
        }
    }

    @Test
    void a_port_that_nobody_listens_on_is_worth_another_attempt() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        Retryable outcome = (Retryable) delivery.deliverer().deliver(Requests.post("http://127.0.0.1:" + port + "/"));
        assertThat(outcome.error()).containsIgnoringCase("connect");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "\u0000\u0000"})
    void what_is_no_http_is_worth_another_attempt(String answer) throws Exception {
        try (RawServer server = new RawServer(connection -> {
            connection.request();
            connection.answer(answer);
        })) {
            assertThat(post(server)).isInstanceOf(Retryable.class);
        }
    }

    @Test
    void a_body_that_drips_does_not_hold_a_delivered_timer() throws Exception {
        try (RawServer server = new RawServer(connection -> {
            connection.request();
            connection.answer("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
            while (true) {
                connection.answer("x");
                Thread.sleep(20);
            }
        })) {
            Delivered outcome = (Delivered) post(server, Duration.ofSeconds(60));
            assertThat(outcome.duration()).isLessThan(Duration.ofSeconds(30));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"200 OK", "400 Bad Request", "500 Broken"})
    void a_huge_body_is_cut_off(String status) throws Exception {
        AtomicLong sent = new AtomicLong();
        CountDownLatch cutOff = new CountDownLatch(1);
        try (RawServer server = new RawServer(connection -> {
            connection.request();
            connection.answer("HTTP/1.1 " + status + "\r\nContent-Length: 100000000000\r\n\r\n");
            OutputStream out = connection.socket.getOutputStream();
            try {
                while (true) {
                    out.write(new byte[8_192]);
                    sent.addAndGet(8_192);
                }
            } finally {
                cutOff.countDown();
            }
        })) {
            DeliveryOutcome outcome = post(server, Duration.ofSeconds(60));
            assertThat(outcome)
                    .isInstanceOf(
                            status.startsWith("2")
                                    ? Delivered.class
                                    : status.startsWith("4") ? Refused.class : Retryable.class);
            cutOff.await();
            // What the sockets' buffers take is sent, though never read.
            assertThat(sent.get()).isLessThan(50_000_000);
        }
    }

    @Test
    void a_body_that_breaks_off_leaves_the_status_in_force() throws Exception {
        try (RawServer server = new RawServer(connection -> {
            connection.request();
            connection.answer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
        })) {
            assertThat(post(server)).isInstanceOf(Delivered.class);
        }
    }

    @Test
    void a_compressed_body_is_not_unpacked() throws Exception {
        AtomicReference<String> head = new AtomicReference<>();
        try (RawServer server = new RawServer(connection -> {
            head.set(connection.request());
            connection.answer("HTTP/1.1 400 No\r\nContent-Encoding: gzip\r\nContent-Length: 8\r\n\r\nnot gzip");
        })) {
            assertThat(((Refused) post(server)).error()).isEqualTo("answer 400: not gzip");
            assertThat(head.get()).contains("Accept-Encoding: identity\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\nabc",
                "HTTP/1.1 205 Reset Content\r\nContent-Length: 3\r\n\r\nabc",
                "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.0 200 OK\r\n\r\nuntil closed",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
            })
    void odd_answers_are_delivered_all_the_same(String answer) throws Exception {
        try (RawServer server = new RawServer(connection -> {
            connection.request();
            connection.answer(answer);
        })) {
            assertThat(post(server)).isInstanceOf(Delivered.class);
        }
    }

    @Test
    void an_upgrade_nobody_asked_for_is_final() throws Exception {
        try (RawServer server = new RawServer(connection -> {
            connection.request();
            connection.answer("HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
            connection.hang();
        })) {
            assertThat(((Refused) post(server)).httpStatus()).isEqualTo(101);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/2 200 OK\r\n\r\n",
                "junk\r\n",
                "H",
                "HTTP/1.1 200 OK\r\nX-",
                "HTTP/1.1 103 Early Hints\r\n\r\n"
            })
    void once_a_byte_of_an_answer_has_come_nothing_is_sent_again(String answer) throws Exception {
        try (RawServer server = new RawServer(connection -> {
            connection.request();
            connection.answer(OK);
            connection.request();
            connection.answer(answer);
        })) {
            assertThat(post(server)).isInstanceOf(Delivered.class);
            assertThat(post(server)).isInstanceOf(Retryable.class);
            assertThat(server.requests()).isEqualTo(2);
            assertThat(delivery.figures().resent()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-5", "-1", "abc", "99999999999999999999"})
    void a_length_that_is_none_is_not_the_timers_fault(String length) throws Exception {
        try (RawServer server = new RawServer(connection -> {
            connection.request();
            connection.answer("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n");
        })) {
            assertThat(post(server)).isInstanceOf(Delivered.class);
            assertThat(post(server)).isInstanceOf(Delivered.class);
            assertThat(delivery.figures().inFlight()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"000", "099", "600", "999", "+99", "-01"})
    void a_status_that_no_class_holds_is_worth_another_attempt(String status) throws Exception {
        try (RawServer server = new RawServer(connection -> {
            connection.request();
            connection.answer("HTTP/1.1 " + status + " Odd\r\nContent-Length: 0\r\n\r\n");
        })) {
            assertThat(((Retryable) post(server)).error()).doesNotContain("internal");
            assertThat(server.requests()).isEqualTo(1);
        }
    }

    /** A node that others may have taken for dead must not call; it looks when the connection stands, after all waiting. */
    @Test
    void who_may_not_call_any_more_sends_nothing_and_spends_no_attempt() throws Exception {
        try (RawServer server = new RawServer(connection -> {
            while (true) {
                connection.request();
                connection.answer(OK);
            }
        })) {
            AtomicReference<Boolean> connected = new AtomicReference<>(false);
            Deferred outcome = (Deferred) delivery.deliverer().deliver(Requests.post(server.url()), () -> {
                await().until(() -> server.connections() == 1);
                connected.set(true);
                return false;
            });
            assertThat(outcome.reason()).isEqualTo(Reason.NOT_OURS);
            assertThat(connected.get()).isTrue();
            assertThat(server.requests()).isZero();
            assertThat(post(server)).isInstanceOf(Delivered.class);
        }
    }

    /** A server that closes an idle connection just as it is used again: seen as one attempt, sent on a fresh connection. */
    @ParameterizedTest
    @ValueSource(strings = {"POST", "GET"})
    void a_connection_that_died_idle_costs_no_attempt(String method) throws Exception {
        try (RawServer server = new RawServer(connection -> {
            connection.request();
            connection.answer(OK);
            if (connection.number == 1) {
                connection.request();
                return;
            }
            connection.hang();
        })) {
            DeliveryRequest request =
                    Requests.request(new HttpAction(method, server.url(), Map.of(), null), Duration.ofSeconds(10));
            assertThat(delivery.deliverer().deliver(request)).isInstanceOf(Delivered.class);
            assertThat(delivery.deliverer().deliver(request)).isInstanceOf(Delivered.class);
            assertThat(server.connections()).isEqualTo(2);
            assertThat(server.requests()).isEqualTo(3);
            assertThat(delivery.figures().resent()).isEqualTo(1);
            assertThat(delivery.figures().delivered()).isEqualTo(2);
        }
    }

    /** The first sending may have arrived: to call once more by the same number would be a third. */
    @Test
    void an_attempt_that_was_sent_and_lost_is_spent_also_where_it_may_not_be_sent_again() throws Exception {
        try (RawServer server = new RawServer(connection -> {
            connection.request();
            connection.answer(OK);
            connection.request();
        })) {
            assertThat(post(server)).isInstanceOf(Delivered.class);
            AtomicInteger asked = new AtomicInteger();
            DeliveryOutcome outcome =
                    delivery.deliverer().deliver(Requests.post(server.url()), () -> asked.incrementAndGet() == 1);
            assertThat(asked.get()).isEqualTo(2);
            assertThat(outcome).isInstanceOf(Retryable.class);
            assertThat(server.requests()).isEqualTo(2);
        }
    }

    @Test
    void a_fresh_connection_that_dies_is_not_tried_again_in_the_same_attempt() throws Exception {
        try (RawServer server = new RawServer(connection -> {
            connection.request();
            if (connection.number == 1) {
                connection.answer(OK);
                connection.request();
            }
        })) {
            assertThat(post(server)).isInstanceOf(Delivered.class);
            assertThat(post(server)).isInstanceOf(Retryable.class);
            assertThat(server.requests()).isEqualTo(3);
        }
    }

    @Test
    void a_timeout_on_a_used_connection_is_not_sent_again() throws Exception {
        try (RawServer server = new RawServer(connection -> {
            connection.request();
            connection.answer(OK);
            connection.request();
            connection.hang();
        })) {
            assertThat(post(server)).isInstanceOf(Delivered.class);
            assertThat(post(server, SHORT)).isInstanceOf(Retryable.class);
            assertThat(server.requests()).isEqualTo(2);
            assertThat(delivery.figures().resent()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void who_stops_the_thread_spends_no_attempt(boolean before) throws Exception {
        CountDownLatch called = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        try (RawServer server = new RawServer(connection -> {
            connection.request();
            called.countDown();
            interrupted.await();
            // A blocked read is not interruptible; the next one notices.
            connection.answer("HTTP/1.1 ");
            connection.hang();
        })) {
            AtomicReference<DeliveryOutcome> outcome = new AtomicReference<>();
            AtomicReference<Boolean> flag = new AtomicReference<>();
            Thread thread = new Thread(() -> {
                if (before) {
                    Thread.currentThread().interrupt();
                }
                outcome.set(post(server, Duration.ofSeconds(20)));
                flag.set(Thread.currentThread().isInterrupted());
            });
            thread.start();
            if (!before) {
                called.await();
                thread.interrupt();
                interrupted.countDown();
            }
            thread.join();
            assertThat(outcome.get()).isInstanceOf(Deferred.class);
            assertThat(((Deferred) outcome.get()).reason()).isEqualTo(Reason.INTERRUPTED);
            assertThat(flag.get()).isTrue();
        }
    }

    @Test
    void plain_http_where_tls_is_asked_for_is_worth_another_attempt() throws Exception {
        try (RawServer server = new RawServer(connection -> connection.answer("HTTP/1.1 400 No\r\n\r\n"))) {
            Retryable outcome =
                    (Retryable) delivery.deliverer().deliver(Requests.post("https://127.0.0.1:" + server.port() + "/"));
            assertThat(outcome.error()).startsWith("TLS: ");
        }
    }

    @Test
    void many_threads_call_at_once() throws Exception {
        try (RawServer server = new RawServer(connection -> {
            while (true) {
                connection.request();
                connection.answer(OK);
            }
        })) {
            // Who has never answered gets few threads at once.
            post(server);
            Thread[] threads = new Thread[100];
            for (int i = 0; i < threads.length; i++) {
                threads[i] = new Thread(() -> {
                    for (int j = 0; j < 20; j++) {
                        post(server);
                    }
                });
                threads[i].start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(delivery.figures().delivered()).isEqualTo(2_001);
            assertThat(delivery.figures().inFlight()).isZero();
            assertThat(server.requests()).isEqualTo(2_001);
            assertThat(server.connections()).isLessThanOrEqualTo(101);
        }
    }
}
