package dev.bide.manifest;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rules for Prometheus' operator, read as strictly as Prometheus reads them. */
record PrometheusRule(String apiVersion, String kind, Metadata metadata, Spec spec) {
    record Spec(List<Group> groups) {}

    record Group(
            String name,
            @Nullable String interval,
            @Nullable Integer limit,
            @Nullable Map<String, String> labels,
            List<Rule> rules) {}

    record Rule(
            @Nullable String record,
            @Nullable String alert,
            String expr,
            @JsonProperty("for") @Nullable String lasting,
            @JsonProperty("keep_firing_for") @Nullable String keepFiring,
            @Nullable Map<String, String> labels,
            @Nullable Map<String, String> annotations) {}
}
