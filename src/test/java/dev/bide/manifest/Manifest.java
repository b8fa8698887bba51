package dev.bide.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The objects that one directory builds. */
record Manifest(List<ObjectNode> objects) {
    Manifest {
        if (objects.isEmpty()) {
            throw new IllegalArgumentException("a manifest holds nothing");
        }
        objects = List.copyOf(objects);
    }

    /** One that may be changed without harm to this one. */
    Manifest copy() {
        return new Manifest(objects.stream().map(ObjectNode::deepCopy).toList());
    }

    Stream<ObjectNode> all(String kind) {
        return objects.stream().filter(object -> kind.equals(kind(object)));
    }

    Optional<ObjectNode> find(String kind, String name) {
        return all(kind).filter(object -> name.equals(name(object))).findFirst();
    }

    Stream<Workload> workloads() {
        return objects.stream().filter(Workload::is).map(Workload::new);
    }

    /** Those whose pods have these labels. */
    Stream<Workload> selected(JsonNode labels) {
        return workloads()
                .filter(workload -> labels.isObject()
                        && labels.properties().stream().allMatch(label -> label.getValue()
                                .equals(workload.labels().get(label.getKey()))));
    }

    static String kind(JsonNode object) {
        return object.path("kind").asText();
    }

    static String name(JsonNode object) {
        return object.path("metadata").path("name").asText();
    }

    /** For people. */
    static String title(JsonNode object) {
        return kind(object) + " " + name(object);
    }

    static Stream<JsonNode> items(JsonNode array) {
        return array.valueStream();
    }
}
