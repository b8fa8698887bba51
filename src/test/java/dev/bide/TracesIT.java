package dev.bide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.bide.testing.PostgresExtension;
import dev.bide.testing.StubThirdParty;
import dev.bide.testing.TimerJson;
import dev.bide.trace.SpanReceiver;
import dev.bide.trace.SpanReceiver.Received;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

/** The service with a receiver of spans beside it, from the request to the third party. One in a hundred of the traces that begin here is sampled, so each brings its own. */
class TracesIT {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String CALLER = "00f067aa0ba902b7";

    @RegisterExtension
    @Order(1)
    static final SpanReceiver SPANS = new SpanReceiver();

    @RegisterExtension
    @Order(2)
    static final ServiceExtension SERVICE = new ServiceExtension(new PostgresExtension())
            .with("nodeId", "traced")
            .with("telemetry.traceUrl", "https://traces.example/t/{traceId}?a=1&b=2");

    @RegisterExtension
    final StubThirdParty thirdParty = new StubThirdParty();

    private final JsonMapper json = new JsonMapper();

    @Test
    void a_sampled_request_is_followed_to_the_third_party() throws Exception {
        String timer = accept("01", "/good", "", "");
        Received accepting = SPANS.awaitOne(SpanReceiver.of("accept timer", timer));
        assertThat(accepting.traceId()).isEqualTo(TRACE);
        assertThat(accepting.parentId()).isEqualTo(CALLER);
        assertThat(accepting.span().getKindValue()).as("PRODUCER").isEqualTo(4);
        assertThat(accepting.service())
                .containsEntry("service.name", "bide")
                .containsEntry("service.instance.id", "traced")
                .containsEntry("service.version", "development");

        Received firing = SPANS.awaitOne(SpanReceiver.of("deliver timer", timer));
        assertThat(firing.traceId()).isNotEqualTo(TRACE);
        assertThat(firing.parentId()).as("a root").isEmpty();
        assertThat(firing.span().getKindValue()).as("CONSUMER").isEqualTo(5);
        assertThat(firing.links()).containsExactly(TRACE + "-" + accepting.id());
        assertThat(firing.attributes())
                .containsEntry("bide.attempt", "1")
                .containsEntry("bide.outcome", "delivered")
                .doesNotContainKey("error.type");
        assertThat(Long.parseLong(firing.attribute("bide.lateness_ms"))).isBetween(0L, 20_000L);

        Received call = SPANS.awaitOne(one -> one.parentId().equals(firing.id()));
        assertThat(call.traceId()).isEqualTo(firing.traceId());
        assertThat(call.span().getName()).isEqualTo("POST");
        assertThat(call.span().getKindValue()).as("CLIENT").isEqualTo(3);
        assertThat(call.attributes())
                .containsEntry("http.response.status_code", "200")
                .containsEntry("server.address", "127.0.0.1");
        assertThat(sent(timer, 0)).isEqualTo("00-" + call.traceId() + "-" + call.id() + "-01");

        assertThat(settled(timer, "delivered").at("/attempts/0/traceId").asText())
                .isEqualTo(firing.traceId());
        String link = firing.traceId() + "-" + firing.id();
        assertThat(SPANS.awaitOne(one -> one.span().getName().equals("settle timers")
                                && one.links().contains(link))
                        .attribute("bide.items"))
                .isNotNull();
        SPANS.awaitOne(one ->
                one.span().getName().equals("store timers") && one.links().contains(TRACE + "-" + accepting.id()));
        assertThat(SERVICE.admin("/metrics").body())
                .containsPattern("bide_trace_spans_total\\{result=\"exported\"} [1-9]");
    }

    @Test
    void what_is_not_sampled_is_sent_only_if_it_fails_and_the_log_tells_its_trace() throws Exception {
        Logged log = new Logged();
        String delivered = accept("00", "/good", "", "");
        assertThat(settled(delivered, "delivered").at("/attempts/0/traceId").isMissingNode())
                .isTrue();
        assertThat(sent(delivered, 0)).endsWith("-00");

        thirdParty.answer((path, attempt) -> 404);
        String refused = accept("00", "/bad", "", "");
        String trace = settled(refused, "dead").at("/attempts/0/traceId").asText();
        Received firing = SPANS.awaitOne(SpanReceiver.of("deliver timer", refused));
        assertThat(firing.traceId()).isEqualTo(trace);
        assertThat(firing.failed()).isTrue();
        assertThat(firing.attributes()).containsEntry("bide.outcome", "refused").containsEntry("error.type", "refused");
        assertThat(firing.links()).hasSize(1).first().asString().startsWith(TRACE);
        Received call = SPANS.awaitOne(one -> one.parentId().equals(firing.id()));
        assertThat(call.failed()).isTrue();
        assertThat(call.attributes()).containsEntry("error.type", "404");
        assertThat(sent(refused, 0))
                .as("its third party is not asked to keep its part")
                .endsWith(call.id() + "-00");
        assertThat(SPANS.received(SpanReceiver.of("deliver timer", delivered))).isEmpty();
        assertThat(SPANS.received(SpanReceiver.of("accept timer", refused))).isEmpty();

        ILoggingEvent line = log.awaitOne(refused + " is dead");
        assertThat(line.getMDCPropertyMap()).isEqualTo(Map.of("trace.id", trace, "span.id", firing.id()));
    }

    @Test
    void each_attempt_is_a_trace_of_its_own_linked_to_the_request() throws Exception {
        thirdParty.answer((path, attempt) -> attempt == 1 ? 500 : 200);
        String timer = accept("01", "/flaky", "", ",\"retry\":{\"initialBackoff\":\"PT0.01S\"}");
        JsonNode attempts = settled(timer, "delivered").get("attempts");
        List<Received> firings = SPANS.awaitAll(SpanReceiver.of("deliver timer", timer), 2);
        assertThat(firings).extracting(one -> one.attribute("bide.attempt")).containsExactlyInAnyOrder("1", "2");
        assertThat(firings)
                .extracting(Received::links)
                .containsOnly(firings.get(0).links());
        assertThat(firings.get(0).links()).hasSize(1);
        assertThat(firings)
                .extracting(Received::traceId)
                .containsExactlyInAnyOrder(
                        attempts.at("/0/traceId").asText(),
                        attempts.at("/1/traceId").asText());
    }

    @Test
    void all_timers_of_a_run_are_linked_to_the_request_that_started_it() throws Exception {
        String task = "{\"name\":\"%s\",\"delay\":{\"type\":\"period\",\"amount\":0,\"unit\":\"seconds\"},"
                + "\"action\":{\"url\":\"" + thirdParty.url("/task") + "\"}}";
        String workflow = id(post(
                "/v1/workflows",
                "{\"name\":\"w\",\"tasks\":[" + task.formatted("one") + "," + task.formatted("two") + "]}",
                null));
        String run = id(post("/v1/workflows/" + workflow + "/runs", "{}", "00-" + TRACE + "-" + CALLER + "-01"));
        Received accepting = SPANS.awaitOne(
                one -> one.span().getName().equals("accept run") && run.equals(one.attribute("bide.run.id")));
        List<Received> firings = SPANS.awaitAll(
                one -> one.span().getName().equals("deliver timer") && run.equals(one.attribute("bide.run.id")), 2);
        assertThat(firings).hasSize(2).allSatisfy(firing -> {
            assertThat(firing.links()).containsExactly(TRACE + "-" + accepting.id());
            assertThat(firing.attribute("bide.workflow.id")).isEqualTo(workflow);
        });
        assertThat(firings).extracting(one -> one.attribute("bide.task.id")).doesNotHaveDuplicates();
    }

    @Test
    void bulk_calls_are_one_request() throws Exception {
        String timer = timer("/bulk", "", "");
        String body = "{\"timers\":[" + timer + "," + timer + "]}";
        JsonNode made = json.readTree(post("/v1/timers/bulk", body, "00-" + TRACE + "-" + CALLER + "-01"));
        List<String> ids = List.of(
                made.at("/results/0/id").asText(), made.at("/results/1/id").asText());
        Received accepting = SPANS.awaitOne(one -> one.span().getName().equals("accept timers"));
        assertThat(accepting.attribute("bide.items")).isEqualTo("2");
        for (String id : ids) {
            assertThat(SPANS.awaitOne(SpanReceiver.of("deliver timer", id)).links())
                    .containsExactly(TRACE + "-" + accepting.id());
        }
    }

    @Test
    void a_traceparent_that_is_written_badly_counts_for_nothing() throws Exception {
        assertThat(keptOf("00-" + TRACE + "-" + CALLER + "-00")).isOne();
        for (String bad :
                List.of("00-" + TRACE + "-0000000000000000-01", "ff-" + TRACE + "-" + CALLER + "-01", TRACE)) {
            assertThat(keptOf(bad)).as(bad).isZero();
        }
    }

    /** Whether the trace is kept with a timer whose request came with this. */
    private long keptOf(String traceparent) throws Exception {
        String id = id(post("/v1/timers", TimerJson.TIMER, traceparent));
        return SERVICE.postgres()
                .sql()
                .number("SELECT count(*) FROM timer WHERE id = '" + id + "' AND traceparent LIKE '00-" + TRACE + "-%'");
    }

    @Test
    void a_header_of_the_action_stays_as_it_is() throws Exception {
        String own = "00-11111111111111111111111111111111-2222222222222222-00";
        String timer = accept("01", "/own", ",\"headers\":{\"Traceparent\":\"" + own + "\"}", "");
        settled(timer, "delivered");
        assertThat(thirdParty.calls(timer).get(0).headers()).containsEntry("Traceparent", own);
        assertThat(thirdParty.calls(timer).get(0).headers()).doesNotContainKey("traceparent");
    }

    @Test
    void a_timer_that_is_redriven_is_linked_as_before() throws Exception {
        thirdParty.answer((path, attempt) -> attempt == 1 ? 404 : 200);
        String timer = accept("01", "/again", "", "");
        settled(timer, "dead");
        post("/v1/timers/" + timer + "/redrive", "", null);
        List<Received> firings = SPANS.awaitAll(SpanReceiver.of("deliver timer", timer), 2);
        assertThat(firings)
                .extracting(Received::links)
                .containsOnly(firings.get(0).links());
        assertThat(firings.get(0).links()).hasSize(1);
    }

    @Test
    void the_pages_say_where_traces_are_looked_at() throws Exception {
        assertThat(SERVICE.get("/timers").body())
                .contains("<meta name=\"bide-trace-url\" content=\"https://traces.example/t/{traceId}?a=1&amp;b=2\">");
    }

    /** Accepts a timer that is due at once; answers its id. */
    private String accept(String flags, String path, String moreOfAction, String more) throws Exception {
        return id(post("/v1/timers", timer(path, moreOfAction, more), "00-" + TRACE + "-" + CALLER + "-" + flags));
    }

    private String timer(String path, String moreOfAction, String more) {
        return "{\"delay\":{\"type\":\"period\",\"amount\":0,\"unit\":\"seconds\"},\"action\":{\"url\":\""
                + thirdParty.url(path) + "\"" + moreOfAction + "}" + more + "}";
    }

    private String id(String answer) throws Exception {
        return json.readTree(answer).get("id").asText();
    }

    private String post(String path, String body, String traceparent) throws Exception {
        HttpRequest.Builder request = SERVICE.request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (traceparent != null) {
            request.header("traceparent", traceparent);
        }
        HttpResponse<String> answer = SERVICE.send(request);
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
        return answer.body();
    }

    private JsonNode settled(String timer, String status) {
        return await().atMost(Duration.ofSeconds(20))
                .until(
                        () -> json.readTree(SERVICE.get("/v1/timers/" + timer).body()),
                        found -> found.get("status").asText().equals(status));
    }

    /** What the third party was told. */
    private String sent(String timer, int call) {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> thirdParty.calls(timer).size() > call);
        return thirdParty.calls(timer).get(call).headers().get("traceparent");
    }

    /** What is logged of settling. */
    private static final class Logged extends AppenderBase<ILoggingEvent> {
        private final List<ILoggingEvent> lines = new CopyOnWriteArrayList<>();

        Logged() {
            Logger logger = (Logger) LoggerFactory.getLogger("dev.bide.engine.deliver");
            setContext(logger.getLoggerContext());
            start();
            logger.addAppender(this);
        }

        @Override
        protected void append(ILoggingEvent line) {
            line.prepareForDeferredProcessing();
            lines.add(line);
        }

        ILoggingEvent awaitOne(String text) {
            return await().atMost(Duration.ofSeconds(20))
                    .until(
                            () -> lines.stream()
                                    .filter(line -> line.getFormattedMessage().contains(text))
                                    .findFirst(),
                            found -> found.isPresent())
                    .get();
        }
    }
}
