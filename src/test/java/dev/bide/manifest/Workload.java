package dev.bide.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import java.util.stream.Stream;

/** What makes pods. */
record Workload(ObjectNode object) {
    private static final Set<String> KINDS = Set.of("Deployment", "StatefulSet", "DaemonSet", "Job");

    static boolean is(JsonNode object) {
        return KINDS.contains(Manifest.kind(object));
    }

    String title() {
        return Manifest.title(object);
    }

    JsonNode labels() {
        return object.at("/spec/template/metadata/labels");
    }

    JsonNode annotations() {
        return object.at("/spec/template/metadata/annotations");
    }

    JsonNode pod() {
        return object.at("/spec/template/spec");
    }

    Stream<JsonNode> containers() {
        return Stream.of("initContainers", "containers").flatMap(list -> Manifest.items(pod().path(list)));
    }

    /** Those of Bide itself. */
    Stream<JsonNode> nodes() {
        return containers().filter(container -> container.path("image").asText().matches("(.*/)?bide([:@].*)?"));
    }

    /** Whether it has a port of this name or number. */
    boolean has(JsonNode port) {
        return containers()
                .flatMap(container -> Manifest.items(container.path("ports")))
                .anyMatch(open -> port.equals(open.get(port.isTextual() ? "name" : "containerPort")));
    }
}
