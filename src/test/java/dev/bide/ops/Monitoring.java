package dev.bide.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The files of the component {@code monitoring}. */
final class Monitoring {
    static final Path DIRECTORY = Path.of("manifest/components/monitoring");

    private static final YAMLMapper YAML = new YAMLMapper();

    private Monitoring() {}

    /** What Prometheus' own rule files hold. */
    static JsonNode groups() {
        return yaml(DIRECTORY.resolve("prometheus-rule.yaml")).at("/spec/groups");
    }

    static List<JsonNode> rules() {
        return stream(groups()).flatMap(group -> stream(group.get("rules"))).toList();
    }

    static List<JsonNode> alerts() {
        return rules().stream().filter(rule -> rule.has("alert")).toList();
    }

    static List<Path> cases() {
        try (Stream<Path> files = Files.list(DIRECTORY.resolve("tests"))) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode yaml(Path file) {
        try {
            return YAML.readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode dashboard() {
        try {
            return new ObjectMapper()
                    .readTree(DIRECTORY.resolve("dashboard.json").toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the dashboard's panels show. */
    static List<String> shown() {
        return stream(dashboard().get("panels"))
                .flatMap(panel -> stream(panel.path("targets")))
                .map(target -> target.get("expr").textValue())
                .toList();
    }

    /** For promtool, which knows nothing of Kubernetes: the rules alone beside their cases. */
    static void write(Path directory) throws IOException {
        Files.createDirectories(directory);
        YAML.writeValue(
                directory.resolve("rules.yaml").toFile(),
                YAML.createObjectNode().set("groups", groups()));
        for (Path file : cases()) {
            Files.writeString(directory.resolve(file.getFileName()), Files.readString(file));
        }
    }

    static Stream<JsonNode> stream(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }
}
