package dev.bide.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.LabelSelector;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which pods Prometheus' operator has scraped, and how: those of its fields that may be used here. */
record PodMonitor(String apiVersion, String kind, Metadata metadata, Spec spec) {
    record Spec(
            @Nullable String jobLabel,
            @Nullable List<String> podTargetLabels,
            @Nullable Namespaces namespaceSelector,
            LabelSelector selector,
            List<Endpoint> podMetricsEndpoints) {}

    record Namespaces(@Nullable Boolean any, @Nullable List<String> matchNames) {}

    record Endpoint(
            String port,
            @Nullable String path,
            @Nullable String scheme,
            @Nullable String interval,
            @Nullable String scrapeTimeout,
            @Nullable Map<String, List<String>> params,
            @Nullable Boolean honorLabels,
            @Nullable List<Relabeling> relabelings,
            @Nullable List<Relabeling> metricRelabelings) {}

    record Relabeling(
            @Nullable String action,
            @Nullable List<String> sourceLabels,
            @Nullable String separator,
            @Nullable String regex,
            @Nullable String targetLabel,
            @Nullable String replacement,
            @Nullable JsonNode modulus) {}
}
