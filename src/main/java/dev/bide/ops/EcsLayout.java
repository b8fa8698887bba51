package dev.bide.ops;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import co.elastic.logging.JsonUtils;
import co.elastic.logging.logback.EcsEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.slf4j.event.KeyValuePair;

/**
 * One JSON object a line by the Elastic Common Schema. Elastic's own encoder writes what every line has, and faults as type, message and stack trace, which Dropwizard's
 * layout with other names has in one field; the trace's ids come from the MDC ({@code trace.id}, {@code span.id}). What a line says of ids and outcomes comes from its keys
 * and values. Thread-safe.
 */
final class EcsLayout extends LayoutBase<ILoggingEvent> {
    private final Encoder encoder = new Encoder();

    @Override
    public void start() {
        encoder.setContext(getContext());
        encoder.setServiceName(EcsService.NAME);
        encoder.setServiceVersion(EcsService.version());
        encoder.setEventDataset("bide.log");
        encoder.start();
        super.start();
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        return new String(encoder.encode(event), StandardCharsets.UTF_8);
    }

    private static final class Encoder extends EcsEncoder {
        @Override
        protected void addCustomFields(ILoggingEvent event, StringBuilder line) {
            String node = EcsService.node(getContext());
            if (node != null) {
                text(line, "service.node.name", node);
            }
            List<KeyValuePair> pairs = event.getKeyValuePairs();
            if (pairs != null) {
                pairs.stream().filter(pair -> pair.value != null).forEach(pair -> add(line, pair.key, pair.value));
            }
        }

        private static void add(StringBuilder line, String key, Object value) {
            switch (key) {
                case "event" -> text(line, "event.action", value);
                case "outcome" -> text(line, "event.outcome", value);
                case "reason" -> text(line, "event.reason", value);
                case "startedAt" -> text(line, "event.start", value);
                case "duration" -> number(line, "event.duration", ((Duration) value).toNanos());
                case "destination" -> text(line, "destination.address", value);
                case "httpStatus" -> number(line, "http.response.status_code", ((Number) value).longValue());
                case "fault" -> text(line, "error.id", value);
                case "timer", "run", "workflow", "task", "operation", "node" ->
                    text(line, "labels." + key + "_id", value);
                default -> text(line, "labels." + key, value);
            }
        }

        private static void text(StringBuilder line, String field, Object value) {
            line.append('"').append(field).append("\":\"");
            JsonUtils.quoteAsString(value.toString(), line);
            line.append("\",");
        }

        private static void number(StringBuilder line, String field, long value) {
            line.append('"').append(field).append("\":").append(value).append(',');
        }
    }
}
