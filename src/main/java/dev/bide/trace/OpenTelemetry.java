package dev.bide.trace;

import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** OpenTelemetry, set up by its own variables, with our defaults where they say nothing. */
final class OpenTelemetry {
    private static final String SAMPLER = "otel.traces.sampler";
    private static final String SHARE = "otel.traces.sampler.arg";

    /** Of the traces that begin here every hundredth: what fails is sent besides. */
    private static final String DEFAULT_SHARE = "0.01";

    private static final String PROTOCOL = "otel.exporter.otlp.protocol";
    private static final String TRACES_PROTOCOL = "otel.exporter.otlp.traces.protocol";

    /** The one that the JDK's client speaks. */
    private static final String HTTP = "http/protobuf";

    /** Would name this node anew at each start. */
    private static final String RANDOM_INSTANCE =
            "io.opentelemetry.sdk.autoconfigure.ServiceInstanceIdResourceProvider";

    private static final String RESOURCE = "otel.resource.attributes";

    private OpenTelemetry() {}

    /** Ours alone: where an agent is too, its own stands beside it. */
    static Exporting start(String node, String version, boolean failures) {
        SpanCounts counts = new SpanCounts();
        try {
            OpenTelemetrySdk sdk = AutoConfiguredOpenTelemetrySdk.builder()
                    .addPropertiesCustomizer(asked -> defaults(asked, node, version))
                    .addSamplerCustomizer((sampler, config) -> new LinkedSampler(sampler, failures))
                    .addSpanExporterCustomizer((exporter, config) -> counts.counting(exporter))
                    .addSpanProcessorCustomizer((processor, config) -> new FailuresToo(processor))
                    .addMeterProviderCustomizer((provider, config) -> provider.registerMetricReader(counts))
                    .disableShutdownHook()
                    .build()
                    .getOpenTelemetrySdk();
            return new Exporting(sdk, sdk.getTracer(Names.SCOPE), counts, failures);
        } catch (ConfigurationException | IllegalArgumentException e) {
            throw new IllegalArgumentException("a variable of OpenTelemetry (OTEL_…) is wrong: " + e.getMessage(), e);
        }
    }

    private static Map<String, String> defaults(ConfigProperties asked, String node, String version) {
        refuseOtherProtocols(asked);
        Map<String, String> defaults = new HashMap<>();
        defaults.put(PROTOCOL, HTTP);
        defaults.put(RESOURCE, resource(asked, node, version));
        defaults.put("otel.java.disabled.resource.providers", RANDOM_INSTANCE);
        defaults.put("otel.metrics.exporter", "none");
        defaults.put("otel.logs.exporter", "none");
        if (asked.getString(SAMPLER) == null) {
            defaults.put(SAMPLER, "parentbased_traceidratio");
            defaults.put(SHARE, asked.getString(SHARE, DEFAULT_SHARE));
        }
        return defaults;
    }

    private static void refuseOtherProtocols(ConfigProperties asked) {
        String protocol = asked.getString(TRACES_PROTOCOL, asked.getString(PROTOCOL, HTTP));
        if (!protocol.equals(HTTP)) {
            throw new ConfigurationException(
                    "OTEL_EXPORTER_OTLP_PROTOCOL must be " + HTTP + ", or left out, and not " + protocol
                            + ": set it so, and OTEL_EXPORTER_OTLP_ENDPOINT to the collector's port for HTTP, usually 4318");
        }
    }

    /** Who sends, where nobody has said so. */
    private static String resource(ConfigProperties asked, String node, String version) {
        Map<String, String> named = asked.getMap(RESOURCE);
        StringBuilder resource = new StringBuilder(asked.getString(RESOURCE, ""));
        if (asked.getString("otel.service.name") == null) {
            addUnlessNamed(resource, named, "service.name", "bide");
        }
        addUnlessNamed(resource, named, "service.version", version);
        addUnlessNamed(resource, named, "service.instance.id", node);
        return resource.toString();
    }

    private static void addUnlessNamed(
            StringBuilder resource, Map<String, String> named, String attribute, String value) {
        if (!named.containsKey(attribute)) {
            resource.append(resource.isEmpty() ? "" : ",")
                    .append(attribute)
                    .append('=')
                    .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
        }
    }
}
