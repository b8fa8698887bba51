package dev.bide.ops;

import ch.qos.logback.access.common.spi.IAccessEvent;
import ch.qos.logback.core.LayoutBase;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A request as a line by the Elastic Common Schema. Without its query, headers and body: they may hold what nobody should read. Thread-safe. */
final class EcsAccessLayout extends LayoutBase<IAccessEvent> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int FAULT = 400;

    @Override
    public String doLayout(IAccessEvent event) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("@timestamp", Instant.ofEpochMilli(event.getTimeStamp()).toString());
        line.put("log.level", "INFO");
        line.put("message", event.getMethod() + " " + event.getRequestURI() + " " + event.getStatusCode());
        line.put("ecs.version", "1.2.0");
        line.put("service.name", EcsService.NAME);
        line.put("service.version", EcsService.version());
        put(line, "service.node.name", EcsService.node(getContext()));
        line.put("event.dataset", "bide.access");
        line.put("event.kind", "event");
        line.put("event.category", List.of("web"));
        line.put("event.outcome", event.getStatusCode() < FAULT ? "success" : "failure");
        line.put("event.duration", TimeUnit.MILLISECONDS.toNanos(event.getElapsedTime()));
        line.put("log.logger", "http.request");
        line.put("process.thread.name", event.getThreadName());
        line.put("http.request.method", event.getMethod());
        line.put("http.response.status_code", event.getStatusCode());
        if (event.getContentLength() >= 0) {
            line.put("http.response.body.bytes", event.getContentLength());
        }
        put(line, "http.version", version(event.getProtocol()));
        line.put("url.path", event.getRequestURI());
        put(line, "client.address", event.getRemoteAddr());
        String agent = event.getRequestHeader("User-Agent");
        put(line, "user_agent.original", "-".equals(agent) ? null : agent);
        try {
            return JSON.writeValueAsString(line) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Of {@code HTTP/1.1}. */
    private static @Nullable String version(@Nullable String protocol) {
        return protocol == null || !protocol.startsWith("HTTP/") ? null : protocol.substring("HTTP/".length());
    }

    private static void put(Map<String, Object> line, String field, @Nullable Object value) {
        if (value != null) {
            line.put(field, value);
        }
    }
}
