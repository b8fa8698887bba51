package dev.bide.ops;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** The files of the component {@code elastic}. */
final class Elastic {
    static final Path DIRECTORY = Path.of("manifest/components/elastic");

    /** Strict: a field that is there twice is a fault, and so is anything behind the value. */
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private static final ObjectMapper YAML = new YAMLMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    private Elastic() {}

    static String text(String file) {
        try {
            return Files.readString(DIRECTORY.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode yaml(String text) {
        try {
            return YAML.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Each field that is indexed, by its name in full, and its type. */
    static Map<String, String> indexed() {
        Map<String, String> fields = new TreeMap<>();
        collect("", json(text("index-template.json")).at("/template/mappings/properties"), fields);
        return fields;
    }

    private static void collect(String prefix, JsonNode properties, Map<String, String> fields) {
        properties.properties().forEach(property -> {
            String name = prefix + property.getKey();
            if (property.getValue().has("properties")) {
                collect(name + ".", property.getValue().get("properties"), fields);
            } else {
                fields.put(name, property.getValue().get("type").textValue());
            }
        });
    }

    static JsonNode fluentBit() {
        return yaml(text("fluent-bit-pipeline.yaml"));
    }

    /** What Fluent Bit adds to a line: where it comes from. */
    static Set<String> added() {
        return StreamSupport.stream(fluentBit().at("/pipeline/filters").spliterator(), false)
                .flatMap(filter -> StreamSupport.stream(filter.path("rename").spliterator(), false))
                .map(rename -> rename.textValue().split(" ")[1])
                .filter(field -> !field.equals("message"))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
