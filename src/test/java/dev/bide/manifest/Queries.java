package dev.bide.manifest;

import static dev.bide.manifest.Manifest.items;
import static dev.bide.manifest.Manifest.title;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What is asked of Prometheus to scale by is told by a running node, and what Prometheus scrapes is there. */
final class Queries {
    private static final Pattern METRIC = Pattern.compile("\\b[a-z]+_[a-z_]+\\b");

    private Queries() {}

    static void check(Manifest manifest, RunningNode node, Consumer<String> faults) {
        manifest.all("ScaledObject").forEach(scaled -> items(scaled.at("/spec/triggers"))
                .filter(trigger -> trigger.path("type").asText().equals("prometheus"))
                .forEach(trigger -> query(scaled, trigger.at("/metadata/query"), node, faults)));
        manifest.all("PodMonitor").forEach(monitor -> items(monitor.at("/spec/podMetricsEndpoints"))
                .forEach(endpoint -> endpoint(manifest, monitor, endpoint, node, faults)));
    }

    private static void query(ObjectNode scaled, JsonNode query, RunningNode node, Consumer<String> faults) {
        List<String> metrics =
                METRIC.matcher(query.asText()).results().map(MatchResult::group).toList();
        if (metrics.isEmpty() || !node.metrics().containsAll(metrics)) {
            faults.accept(
                    title(scaled) + ": a node does not tell all of " + metrics + " in \"" + query.asText() + "\"");
        }
    }

    private static void endpoint(
            Manifest manifest, ObjectNode monitor, JsonNode endpoint, RunningNode node, Consumer<String> faults) {
        Stream<Workload> pods = manifest.selected(monitor.at("/spec/selector/matchLabels"));
        if (!pods.allMatch(workload -> workload.has(endpoint.path("port")))
                || !endpoint.path("port").asText().equals("admin")
                || node.answer(RunningNode.Port.admin, endpoint.path("path").asText("/metrics")) != 200) {
            faults.accept(title(monitor) + ": nothing is told at " + endpoint);
        }
    }
}
