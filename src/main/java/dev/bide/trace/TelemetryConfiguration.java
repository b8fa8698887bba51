package dev.bide.trace;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.validation.ValidationMethod;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How this node is traced. Where spans go, and how many, say the usual variables of OpenTelemetry. */
public final class TelemetryConfiguration {
    private static final String ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private static final String TRACES_ENDPOINT = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
    private static final String PLACE = "{traceId}";

    /** A call that did not deliver is sent, with its firing, though it is not sampled. Default true. False where a destination that is away for long fills the receiver. */
    @JsonProperty
    boolean failures = true;

    /**
     * Where people look at a trace: an http or https url with {@code {traceId}} in it. Default none. With it the console shows the trace id of an attempt as a link.
     */
    @JsonProperty
    @Nullable
    String traceUrl;

    /** Null where there is none. */
    public @Nullable String traceUrl() {
        return traceUrl == null || traceUrl.isBlank() ? null : traceUrl;
    }

    @ValidationMethod(message = "telemetry.traceUrl (TRACE_URL) must be an http or https url with {traceId} in it")
    public boolean isTraceUrlOne() {
        String url = traceUrl();
        return url == null || url.contains(PLACE) && isWeb(url.replace(PLACE, "0"));
    }

    private static boolean isWeb(String url) {
        try {
            URI uri = URI.create(url);
            return uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * Starts what sends spans, where the environment or the JVM's properties name an endpoint and nothing says otherwise.
     *
     * @param node this node's name
     * @throws IllegalArgumentException where a variable has a value that can't be used, which it names
     */
    public Traces build(String node, String version, Map<String, String> environment) {
        if (!isAsked(environment)) {
            return Traces.OFF;
        }
        return new Traces(OpenTelemetry.start(node, version, failures));
    }

    private static boolean isAsked(Map<String, String> environment) {
        boolean endpoint = value(ENDPOINT, environment) != null || value(TRACES_ENDPOINT, environment) != null;
        return endpoint
                && !"true".equalsIgnoreCase(value("OTEL_SDK_DISABLED", environment))
                && !"none".equalsIgnoreCase(value("OTEL_TRACES_EXPORTER", environment));
    }

    /** As OpenTelemetry finds it; null where it is empty. */
    private static @Nullable String value(String variable, Map<String, String> environment) {
        String property = System.getProperty(variable.toLowerCase(Locale.ROOT).replace('_', '.'));
        String value = property == null ? environment.get(variable) : property;
        return value == null || value.isBlank() ? null : value.strip();
    }
}
