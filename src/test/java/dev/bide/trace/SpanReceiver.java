package dev.bide.trace;

import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Takes spans by OTLP over HTTP as a collector does, and keeps them. While it is there, a service in this JVM is told of it. */
public final class SpanReceiver implements BeforeAllCallback, AfterAllCallback, AutoCloseable {
    private static final Map<String, String> QUICKLY = Map.of("otel.bsp.schedule.delay", "100");

    private final List<Received> received = new CopyOnWriteArrayList<>();
    private HttpServer server;

    /**
     * A span as it came.
     *
     * @param service what sent it, by its attributes
     */
    public record Received(Map<String, String> service, Span span) {
        public String traceId() {
            return hex(span.getTraceId());
        }

        public String id() {
            return hex(span.getSpanId());
        }

        public String parentId() {
            return hex(span.getParentSpanId());
        }

        public boolean failed() {
            return span.getStatus().getCodeValue() == 2;
        }

        /** The spans that it is linked to, as {@code trace-span}. */
        public List<String> links() {
            return span.getLinksList().stream()
                    .map(link -> hex(link.getTraceId()) + "-" + hex(link.getSpanId()))
                    .toList();
        }

        public Map<String, String> attributes() {
            return values(span.getAttributesList());
        }

        public String attribute(String name) {
            return attributes().get(name);
        }
    }

    /** Where it listens. */
    public String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    public SpanReceiver open() throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/v1/traces", this::take);
        server.start();
        return this;
    }

    @Override
    public void close() {
        server.stop(0);
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        open();
        System.setProperty("otel.exporter.otlp.endpoint", endpoint());
        QUICKLY.forEach(System::setProperty);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        System.clearProperty("otel.exporter.otlp.endpoint");
        QUICKLY.keySet().forEach(System::clearProperty);
        close();
    }

    private void take(HttpExchange exchange) throws IOException {
        boolean packed = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
        try (InputStream body = exchange.getRequestBody();
                InputStream plain = packed ? new GZIPInputStream(body) : body) {
            ExportTraceServiceRequest request = ExportTraceServiceRequest.parseFrom(plain);
            request.getResourceSpansList().forEach(resource -> {
                Map<String, String> service = values(resource.getResource().getAttributesList());
                resource.getScopeSpansList().forEach(scope -> scope.getSpansList()
                        .forEach(span -> received.add(new Received(service, span))));
            });
        }
        byte[] answer = ExportTraceServiceResponse.getDefaultInstance().toByteArray();
        exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
        exchange.sendResponseHeaders(200, answer.length == 0 ? -1 : answer.length);
        exchange.close();
    }

    public List<Received> received() {
        return received;
    }

    public List<Received> received(Predicate<Received> which) {
        return received.stream().filter(which).toList();
    }

    /** Waits for the first one. */
    public Received awaitOne(Predicate<Received> which) {
        return awaitAll(which, 1).get(0);
    }

    /** Waits for so many. */
    public List<Received> awaitAll(Predicate<Received> which, int number) {
        return await().atMost(Duration.ofSeconds(20)).until(() -> received(which), found -> found.size() >= number);
    }

    /** Spans of this name of a timer. */
    public static Predicate<Received> of(String name, Object timer) {
        return one -> one.span().getName().equals(name) && timer.toString().equals(one.attribute("bide.timer.id"));
    }

    private static String hex(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }

    private static Map<String, String> values(List<KeyValue> attributes) {
        return attributes.stream().collect(Collectors.toMap(KeyValue::getKey, pair -> text(pair.getValue())));
    }

    private static String text(AnyValue value) {
        return value.hasIntValue() ? Long.toString(value.getIntValue()) : value.getStringValue();
    }
}
