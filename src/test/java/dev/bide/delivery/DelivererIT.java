package dev.bide.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.standardwebhooks.Webhook;
import dev.bide.delivery.DeliveryOutcome.Attempted;
import dev.bide.delivery.DeliveryOutcome.Delivered;
import dev.bide.delivery.DeliveryOutcome.Refused;
import dev.bide.delivery.DeliveryOutcome.Retryable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Headers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sent, and what an answer means. */
class DelivererIT {

    private static final Instant NOW = Instant.parse("2026-03-01T09:00:01Z");
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private final MockWebServer thirdParty = new MockWebServer();
    private final DeliveryConfiguration configuration = new DeliveryConfiguration().allowing("127.0.0.0/8");
    private Delivery delivery = configuration.build(InstantSource.fixed(NOW));

    @BeforeEach
    void start() throws Exception {
        thirdParty.start();
    }

    @AfterEach
    void stop() {
        delivery.close();
        thirdParty.close();
    }

    private void answer(int code, String... headers) {
        MockResponse.Builder answer = new MockResponse.Builder().code(code);
        for (int i = 0; i < headers.length; i += 2) {
            answer.addHeader(headers[i], headers[i + 1]);
        }
        thirdParty.enqueue(answer.build());
    }

    private String url() {
        return "http://127.0.0.1:" + thirdParty.getPort() + "/hook?a=b%20c";
    }

    private DeliveryOutcome send(
            String method, Map<String, String> headers, @Nullable String body, @Nullable RunValues run) {
        return delivery.deliverer()
                .deliver(new DeliveryRequest(
                        "018f-t1",
                        2,
                        Requests.DUE,
                        new HttpAction(method, url(), headers, body),
                        run,
                        Duration.ofSeconds(10)));
    }

    private DeliveryOutcome send() {
        return send("POST", Map.of(), "{\"a\":1}", null);
    }

    @Test
    void sends_the_action_with_bides_headers() throws Exception {
        answer(204);
        DeliveryOutcome outcome = send(
                "POST",
                Map.of("X-Run", "{{run.id}} {{input.name}}"),
                "{\"to\":\"{{input.email}}\",\"n\":1.10}",
                new RunValues("r1", null, "hello", "{\"email\":\"a\\\"b\",\"name\":\"Zo\u00eb\"}"));
        assertThat(outcome).isInstanceOf(Delivered.class);
        assertThat(((Delivered) outcome).httpStatus()).isEqualTo(204);
        assertThat(((Delivered) outcome).startedAt()).isEqualTo(NOW);
        RecordedRequest request = thirdParty.takeRequest();
        assertThat(request.getTarget()).isEqualTo("/hook?a=b%20c");
        assertThat(request.getMethod()).isEqualTo("POST");
        assertThat(request.getBody().utf8()).isEqualTo("{\"to\":\"a\\\"b\",\"n\":1.10}");
        assertThat(request.getHeaders().toMultimap())
                .containsEntry("idempotency-key", List.of("018f-t1"))
                .containsEntry("bide-attempt", List.of("2"))
                .containsEntry("bide-due-at", List.of("2026-03-01T09:00:00.120Z"))
                .containsEntry("content-type", List.of("application/json"))
                .containsEntry("user-agent", List.of("Bide/development"))
                .containsEntry("accept-encoding", List.of("identity"))
                .doesNotContainKey("webhook-id");
        assertThat(request.getHeaders().get("X-Run")).startsWith("r1 Zo");
    }

    @Test
    void signs_what_is_sent() throws Exception {
        configuration.signingSecrets = List.of(SECRET);
        delivery.close();
        delivery = configuration.build(InstantSource.fixed(NOW));
        answer(200);
        send("POST", Map.of(), "{\"id\":\"{{timer.id}}\"}", null);
        RecordedRequest request = thirdParty.takeRequest();
        Headers headers = request.getHeaders();
        assertThat(headers.get("webhook-id")).isEqualTo("018f-t1");
        assertThat(headers.get("webhook-timestamp")).isEqualTo("1772355601");
        assertThat(headers.get("webhook-signature"))
                .isEqualTo(new Webhook(SECRET)
                        .sign("018f-t1", 1772355601L, request.getBody().utf8()));
        assertThat(request.getBody().utf8()).isEqualTo("{\"id\":\"018f-t1\"}");
    }

    @Test
    void a_users_content_type_is_kept() throws Exception {
        answer(200);
        send("PUT", Map.of("content-type", "application/cloudevents+json"), "{}", null);
        assertThat(thirdParty.takeRequest().getHeaders().values("Content-Type"))
                .containsExactly("application/cloudevents+json");
    }

    @Test
    void each_method_has_the_body_it_may_have() throws Exception {
        for (String method : List.of("POST", "PUT", "PATCH")) {
            answer(200);
            assertThat(send(method, Map.of(), null, null)).isInstanceOf(Delivered.class);
            RecordedRequest request = thirdParty.takeRequest();
            assertThat(request.getMethod()).isEqualTo(method);
            assertThat(request.getHeaders().get("Content-Length")).isEqualTo("0");
            assertThat(request.getHeaders().get("Content-Type")).isNull();
        }
        for (String method : List.of("GET", "HEAD", "DELETE")) {
            answer(200);
            assertThat(send(method, Map.of(), null, null)).isInstanceOf(Delivered.class);
            RecordedRequest request = thirdParty.takeRequest();
            assertThat(request.getMethod()).isEqualTo(method);
            assertThat(request.getHeaders().get("Content-Length")).isNull();
        }
        answer(200);
        send("DELETE", Map.of(), "{}", null);
        assertThat(thirdParty.takeRequest().getBody().utf8()).isEqualTo("{}");
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 202, 204, 206, 226, 299})
    void two_hundreds_are_delivered(int code) {
        answer(code);
        assertThat(send()).isInstanceOf(Delivered.class);
        assertThat(delivery.figures().delivered()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 425, 429, 500, 501, 502, 503, 504, 507, 599})
    void some_are_worth_another_attempt(int code) {
        answer(code, "Retry-After", "7");
        Retryable outcome = (Retryable) send();
        assertThat(outcome.httpStatus()).isEqualTo(code);
        assertThat(outcome.retryAfter()).isEqualTo(Duration.ofSeconds(7));
        assertThat(outcome.error()).isEqualTo("answer " + code);
        assertThat(thirdParty.getRequestCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {300, 301, 302, 303, 304, 307, 308, 400, 401, 402, 403, 404, 405, 407, 409, 410, 413, 421, 422, 451})
    void the_rest_are_final(int code) {
        answer(code, "Location", url(), "WWW-Authenticate", "Basic", "Proxy-Authenticate", "Basic", "Retry-After", "7");
        Refused outcome = (Refused) send();
        assertThat(outcome.httpStatus()).isEqualTo(code);
        assertThat(thirdParty.getRequestCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "00", "99999999999999"})
    void a_server_that_asks_for_it_at_once_gets_it_only_once(String retryAfter) {
        answer(503, "Retry-After", retryAfter);
        answer(200);
        assertThat(send()).isInstanceOf(Retryable.class);
        assertThat(thirdParty.getRequestCount()).isEqualTo(1);
    }

    @Test
    void retry_after_may_be_a_date() {
        answer(503, "Retry-After", "Sun, 01 Mar 2026 09:00:31 GMT");
        assertThat(((Retryable) send()).retryAfter()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void the_beginning_of_a_refusal_is_kept_as_one_printable_line() {
        thirdParty.enqueue(new MockResponse.Builder()
                .code(422)
                .body("no such\r\n\u0000\u001b[31mcustomer " + "x".repeat(5_000))
                .build());
        Attempted outcome = (Attempted) send();
        assertThat(outcome.error())
                .startsWith("answer 422: no such")
                .contains("customer")
                .hasSizeLessThan(DeliveryOutcome.MAX_ERROR_LENGTH)
                .doesNotContainPattern("\\p{Cntrl}");
        assertThat(outcome.answer())
                .startsWith("no such\n\ufffd\ufffd[31mcustomer xxx")
                .hasSize(1_023);
    }

    @Test
    void what_delivered_is_answered_is_kept_of_a_test_only() throws Exception {
        thirdParty.enqueue(new MockResponse.Builder().code(200).body("queued").build());
        assertThat(((Attempted) send()).answer()).isNull();
        assertThat(thirdParty.takeRequest().getHeaders().names()).doesNotContain("Bide-Test");

        thirdParty.enqueue(new MockResponse.Builder().code(200).body("queued").build());
        HttpAction action = new HttpAction("POST", url(), Map.of(), "{}");
        Attempted tested = (Attempted) delivery.deliverer()
                .deliver(DeliveryRequest.test(
                        "t1", NOW, action, new RunValues("r1", null, null, "{}"), Duration.ofSeconds(10)));
        assertThat(tested.answer()).isEqualTo("queued");
        assertThat(thirdParty.takeRequest().getHeaders().get("Bide-Test")).isEqualTo("true");
    }

    @Test
    void cookies_are_not_kept() throws Exception {
        answer(200, "Set-Cookie", "session=1");
        answer(200);
        send();
        send();
        thirdParty.takeRequest();
        assertThat(thirdParty.takeRequest().getHeaders().get("Cookie")).isNull();
    }

    @Test
    void connections_are_used_again() throws Exception {
        for (int i = 0; i < 3; i++) {
            answer(200);
            send();
        }
        thirdParty.takeRequest();
        assertThat(thirdParty.takeRequest().getExchangeIndex()).isEqualTo(1);
        assertThat(thirdParty.takeRequest().getExchangeIndex()).isEqualTo(2);
    }

    @Test
    void a_value_that_breaks_a_header_is_refused_unsent() {
        Refused outcome = (Refused) send(
                "POST",
                Map.of("X-Name", "{{input.name}}"),
                null,
                new RunValues("r", null, null, "{\"name\":\"a\\r\\nX-Admin: 1\"}"));
        assertThat(outcome.error()).isEqualTo("header X-Name must not hold control characters or line breaks");
        assertThat(outcome.httpStatus()).isNull();
        assertThat(thirdParty.getRequestCount()).isZero();
    }

    @Test
    void an_action_that_gets_too_big_is_refused_unsent() {
        String big = "{\"v\":\"" + "x".repeat(60_000) + "\"}";
        Refused body = (Refused)
                send("POST", Map.of(), "[\"" + "{{input.v}}".repeat(20) + "\"]", new RunValues("r", null, null, big));
        assertThat(body.error()).contains("too long");
        Refused header =
                (Refused) send("POST", Map.of("X-V", "{{input.v}}"), null, new RunValues("r", null, null, big));
        assertThat(header.error()).contains("too long");
        assertThat(thirdParty.getRequestCount()).isZero();
    }

    @Test
    void figures_count_what_happened() {
        answer(200);
        answer(500);
        answer(400);
        send();
        send();
        send();
        DeliveryFigures figures = delivery.figures();
        assertThat(figures.delivered()).isEqualTo(1);
        assertThat(figures.retryable()).isEqualTo(1);
        assertThat(figures.refused()).isEqualTo(1);
        assertThat(figures.resent()).isZero();
        assertThat(figures.inFlight()).isZero();
        assertThat(figures.openBreakers()).isEmpty();
        assertThat(figures.destinations()).isEqualTo(1);
    }
}
