package dev.bide.manifest;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBehavior;
import java.util.List;

/** What KEDA scales by: those of its fields that are used here. What a trigger takes is text, whatever it means. */
record ScaledObject(String apiVersion, String kind, Metadata metadata, Spec spec) {
    record Spec(
            Target scaleTargetRef,
            int pollingInterval,
            int minReplicaCount,
            int maxReplicaCount,
            Advanced advanced,
            List<Trigger> triggers) {}

    record Target(String name) {}

    record Advanced(Autoscaler horizontalPodAutoscalerConfig) {}

    record Autoscaler(HorizontalPodAutoscalerBehavior behavior) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Prometheus.class, name = "prometheus"),
        @JsonSubTypes.Type(value = Cpu.class, name = "cpu")
    })
    sealed interface Trigger {}

    record Prometheus(String name, PrometheusMetric metricType, Query metadata) implements Trigger {}

    enum PrometheusMetric {
        AverageValue,
        Value
    }

    record Query(String serverAddress, String query, String threshold, String ignoreNullValues) {}

    record Cpu(String name, CpuMetric metricType, CpuValue metadata) implements Trigger {}

    enum CpuMetric {
        AverageValue,
        Utilization
    }

    record CpuValue(String value) {}
}
