package dev.bide.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class TracesTest {
    private static final String CALLER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0";
    private static final FiringSpan.Of TIMER = new FiringSpan.Of(UUID.randomUUID(), null, null, null, 1);

    private final InMemorySpanExporter sent = InMemorySpanExporter.create();

    private Traces traces(Sampler sampler, boolean failures) {
        OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .setSampler(new LinkedSampler(sampler, failures))
                        .addSpanProcessor(new FailuresToo(SimpleSpanProcessor.create(sent)))
                        .build())
                .build();
        return new Traces(new Exporting(sdk, sdk.getTracer("test"), new SpanCounts(), failures));
    }

    /** Fires a timer and calls for it; answers what is told of it. */
    private static ExportedSpan fire(Traces traces, String accepted, boolean fails) {
        try (FiringSpan firing = traces.fire(TIMER, accepted)) {
            firing.call("POST", "api.example.com", 443).end(fails ? 500 : 200, fails ? "failed" : null);
            firing.attempted(fails ? "failed" : "delivered", 3, fails);
            return firing.end();
        }
    }

    @Test
    void nothing_is_kept_told_or_logged_where_it_is_off() {
        assertThat(Traces.OFF.on()).isFalse();
        assertThat(Traces.OFF.accept("timer", CALLER + "1").context()).isNull();
        try (FiringSpan firing = Traces.OFF.fire(TIMER, CALLER + "1")) {
            assertThat(firing).isSameAs(FiringSpan.NONE);
            assertThat(firing.call("POST", "h", 1)).isSameAs(CallSpan.NONE);
            assertThat(CallSpan.NONE.traceparent()).isNull();
            assertThat(firing.end()).isNull();
            assertThat(MDC.get("trace.id")).isNull();
        }
        assertThat(Traces.OFF.set("s", List.of(CALLER + "1"), Function.identity()))
                .isSameAs(SetSpan.NONE);
        assertThat(Traces.OFF.figures()).isEqualTo(new TraceFigures(0, 0));
    }

    @Test
    void a_request_s_context_is_kept_where_it_asked_for_it_or_is_sampled() {
        assertThat(traces(Sampler.alwaysOff(), true).accept("timer", null).context())
                .isNull();
        assertThat(traces(Sampler.alwaysOn(), true).accept("timer", null).context())
                .matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01");
        Traces byParent = traces(Sampler.parentBased(Sampler.alwaysOff()), true);
        String kept = byParent.accept("timer", CALLER + "0").context();
        assertThat(kept).startsWith(CALLER.substring(0, 36)).endsWith("-00");
        assertThat(kept).as("its own span").doesNotContain("00f067aa0ba902b7");
        assertThat(byParent.accept("timer", CALLER + "1").context()).endsWith("-01");
    }

    @Test
    void a_firing_goes_by_the_request_it_is_linked_to_and_only_else_by_the_sampler() {
        Traces none = traces(Sampler.alwaysOff(), false);
        assertThat(fire(none, CALLER + "1", false)).isNotNull();
        assertThat(fire(none, CALLER + "0", true)).isNull();
        assertThat(fire(none, null, true)).isNull();
        assertThat(sent.getFinishedSpanItems()).hasSize(2);
        sent.reset();
        Traces all = traces(Sampler.alwaysOn(), false);
        assertThat(fire(all, CALLER + "0", true)).isNull();
        assertThat(sent.getFinishedSpanItems()).isEmpty();
        assertThat(fire(all, null, false)).isNotNull();
        assertThat(sent.getFinishedSpanItems()).hasSize(2);
    }

    @Test
    void what_fails_is_sent_with_its_call_whatever_the_sampler_says() {
        Traces failures = traces(Sampler.alwaysOff(), true);
        assertThat(fire(failures, null, false)).isNull();
        assertThat(sent.getFinishedSpanItems()).isEmpty();
        ExportedSpan told = fire(failures, null, true);
        List<SpanData> spans = sent.getFinishedSpanItems();
        assertThat(spans).extracting(SpanData::getName).containsExactly("POST", "deliver timer");
        assertThat(spans).extracting(SpanData::getTraceId).containsOnly(told.traceId());
        assertThat(spans.get(0).getParentSpanId()).isEqualTo(spans.get(1).getSpanId());
        assertThat(spans).allMatch(span -> span.getSpanContext().isSampled());
    }

    @Test
    void a_firing_that_only_puts_its_timer_off_is_not_sent() {
        Traces traces = traces(Sampler.alwaysOn(), true);
        traces.fire(TIMER, CALLER + "1").close();
        assertThat(sent.getFinishedSpanItems()).isEmpty();
        assertThat(fire(traces, CALLER + "1", false)).isNotNull();
        assertThat(sent.getFinishedSpanItems()).hasSize(2);
    }

    @Test
    void what_a_thread_logs_carries_the_ids_until_the_span_is_closed() {
        Traces traces = traces(Sampler.alwaysOn(), true);
        try (FiringSpan firing = traces.fire(TIMER, null)) {
            String header = firing.call("GET", "h", 80).traceparent();
            assertThat(header).contains("-" + MDC.get("trace.id") + "-");
            assertThat(header).as("the call's own").doesNotContain(MDC.get("span.id"));
        }
        assertThat(MDC.get("trace.id")).isNull();
        assertThat(MDC.get("span.id")).isNull();
        try (LogIds ids = new ExportedSpan(CALLER + "1").logged()) {
            assertThat(MDC.getCopyOfContextMap())
                    .containsEntry("trace.id", "4bf92f3577b34da6a3ce929d0e0e4736")
                    .containsEntry("span.id", "00f067aa0ba902b7");
        }
        assertThat(MDC.get("trace.id")).isNull();
    }

    @Test
    void a_set_has_a_span_only_for_what_is_sampled_with_some_links_of_many() {
        Traces traces = traces(Sampler.alwaysOff(), true);
        traces.set("s", List.of(CALLER + "0"), Function.identity()).close();
        traces.set("s", List.of("none"), any -> null).close();
        assertThat(sent.getFinishedSpanItems()).isEmpty();
        traces.set("s", Collections.nCopies(100, CALLER + "1"), Function.identity())
                .close();
        SpanData span = sent.getFinishedSpanItems().get(0);
        assertThat(span.getLinks()).hasSize(Traces.MOST_LINKS);
        assertThat(span.getAttributes().get(Names.ITEMS)).isEqualTo(100);
    }

    @Test
    void a_request_that_fails_says_of_what_kind_and_not_what() {
        Traces traces = traces(Sampler.alwaysOn(), true);
        AcceptSpan span = traces.accept("timer", null);
        CompletableFuture<String> stored = new CompletableFuture<>();
        CompletableFuture<String> around = span.around(() -> stored, any -> {});
        assertThat(sent.getFinishedSpanItems()).isEmpty();
        stored.completeExceptionally(new IllegalStateException("secret"));
        assertThat(around).isCompletedExceptionally();
        SpanData failed = sent.getFinishedSpanItems().get(0);
        assertThat(failed.getAttributes().get(Names.ERROR)).isEqualTo("java.lang.IllegalStateException");
        assertThat(failed.toString()).doesNotContain("secret");
        assertThatThrownBy(() -> traces.accept("timers", null).during(() -> {
                    throw new IllegalStateException("secret");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(sent.getFinishedSpanItems()).hasSize(2);
        assertThat(MDC.get("trace.id")).isNull();
    }

    @Test
    void nothing_is_started_unless_an_endpoint_is_named_and_wanted() {
        TelemetryConfiguration configuration = new TelemetryConfiguration();
        assertThat(configuration.build("n", "1", Map.of())).isSameAs(Traces.OFF);
        String endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
        assertThat(configuration.build("n", "1", Map.of(endpoint, ""))).isSameAs(Traces.OFF);
        assertThat(configuration.build("n", "1", Map.of(endpoint, "http://h", "OTEL_SDK_DISABLED", "true")))
                .isSameAs(Traces.OFF);
        assertThat(configuration.build("n", "1", Map.of(endpoint, "http://h", "OTEL_TRACES_EXPORTER", "none")))
                .isSameAs(Traces.OFF);
        try (Traces traces = configuration.build("n", "1", Map.of(endpoint, "http://127.0.0.1:9"))) {
            assertThat(traces.on()).isTrue();
        }
    }

    @Test
    void spans_that_are_ready_are_sent_before_it_stops() throws Exception {
        try (SpanReceiver receiver = new SpanReceiver().open()) {
            Traces traces = started(Map.of("otel.exporter.otlp.endpoint", receiver.endpoint()));
            for (int i = 0; i < 50; i++) {
                fire(traces, CALLER + "1", false);
            }
            assertThat(receiver.received()).isEmpty();
            traces.close();
            assertThat(receiver.received()).hasSize(100);
            assertThat(traces.figures()).isEqualTo(new TraceFigures(100, 0));
        }
    }

    @Test
    void what_nobody_takes_is_counted_and_holds_nobody_up() throws Exception {
        Traces traces = started(Map.of(
                "otel.exporter.otlp.endpoint", "http://127.0.0.1:" + deadPort(),
                "otel.java.exporter.otlp.retry.disabled", "true",
                "otel.bsp.max.queue.size", "16",
                "otel.bsp.max.export.batch.size", "8"));
        for (int i = 0; i < 1_000; i++) {
            fire(traces, null, true);
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> traces.figures().lost() >= 2_000 - 16);
        assertThat(traces.figures().exported()).isZero();
        traces.close();
    }

    @Test
    void one_hundredth_is_sampled_unless_the_variables_say_otherwise() throws Exception {
        String endpoint = "http://127.0.0.1:" + deadPort();
        try (Traces traces = started(Map.of("otel.exporter.otlp.endpoint", endpoint))) {
            assertThat(sampled(traces)).isBetween(20, 400);
        }
        try (Traces traces =
                started(Map.of("otel.exporter.otlp.endpoint", endpoint, "otel.traces.sampler", "always_on"))) {
            assertThat(sampled(traces)).isEqualTo(10_000);
        }
        try (Traces traces =
                started(Map.of("otel.exporter.otlp.endpoint", endpoint, "otel.traces.sampler.arg", "0.5"))) {
            assertThat(sampled(traces)).isBetween(4_000, 6_000);
        }
    }

    @Test
    void a_wrong_variable_is_named() {
        assertThatThrownBy(() -> started(Map.of("otel.exporter.otlp.endpoint", "collector:4318")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("OTEL_")
                .hasMessageContaining("collector:4318");
        assertThatThrownBy(() -> started(
                        Map.of("otel.exporter.otlp.endpoint", "http://h:4317", "otel.exporter.otlp.protocol", "grpc")))
                .hasMessageContaining("OTEL_EXPORTER_OTLP_PROTOCOL must be http/protobuf");
        assertThatThrownBy(() ->
                        started(Map.of("otel.exporter.otlp.endpoint", "http://h", "otel.traces.sampler", "sometimes")))
                .hasMessageContaining("otel.traces.sampler");
    }

    /** Of ten thousand. */
    private static int sampled(Traces traces) {
        int sampled = 0;
        for (int i = 0; i < 10_000; i++) {
            sampled += traces.accept("timer", null).context() == null ? 0 : 1;
        }
        return sampled;
    }

    private static int deadPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** With what the variables of this JVM say meanwhile. */
    private static Traces started(Map<String, String> properties) {
        properties.forEach(System::setProperty);
        try {
            return new TelemetryConfiguration().build("node", "1", Map.of());
        } finally {
            properties.keySet().forEach(System::clearProperty);
        }
    }
}
