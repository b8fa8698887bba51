package dev.bide.ops;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The Elastic Common Schema's list of fields, held against lines of the log. */
final class EcsSchema {
    /** What a line can't do without. */
    private static final List<String> REQUIRED = List.of(
            "@timestamp",
            "log.level",
            "message",
            "ecs.version",
            "log.logger",
            "process.thread.name",
            "service.name",
            "service.version",
            "event.dataset");

    private static final Map<String, List<String>> ALLOWED = Map.of(
            "event.outcome", List.of("success", "failure", "unknown"),
            "event.kind",
                    List.of("alert", "asset", "enrichment", "event", "metric", "state", "pipeline_error", "signal"));

    private final Map<String, Field> fields = new HashMap<>();

    record Field(String type, boolean list) {}

    EcsSchema() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(EcsSchema.class.getResourceAsStream("ecs-fields.csv")),
                StandardCharsets.UTF_8))) {
            lines.lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(",", -1))
                    .forEach(field -> fields.put(field[0], new Field(field[1], field[2].equals("array"))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The type of a field; null where there is none of this name. */
    String type(String name) {
        Field field = fields.get(name);
        return name.startsWith("labels.") ? "keyword" : field == null ? null : field.type;
    }

    /** What is wrong with a line, whose fields are named in full. */
    List<String> faults(JsonNode line) {
        List<String> faults = new ArrayList<>();
        REQUIRED.stream().filter(name -> !line.hasNonNull(name)).forEach(name -> faults.add(name + " is missing"));
        line.properties().forEach(field -> check(field.getKey(), field.getValue(), faults));
        return faults;
    }

    private void check(String name, JsonNode value, List<String> faults) {
        String type = type(name);
        if (type == null) {
            faults.add(name + " is no field");
            return;
        }
        boolean list = fields.containsKey(name) && fields.get(name).list;
        if (value.isArray() != list) {
            faults.add(name + " is " + (list ? "no list" : "a list"));
            return;
        }
        for (JsonNode one : list ? value : List.of(value)) {
            if (!fits(type, one)) {
                faults.add(name + " is no " + type + ": " + one);
            } else if (ALLOWED.containsKey(name) && !ALLOWED.get(name).contains(one.textValue())) {
                faults.add(name + " may not be " + one);
            }
        }
    }

    private static boolean fits(String type, JsonNode value) {
        return switch (type) {
            case "keyword", "match_only_text", "wildcard", "constant_keyword" -> value.isTextual();
            case "long" -> value.isIntegralNumber();
            case "float" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            case "date" -> value.isTextual() && isInstant(value.textValue());
            default -> false;
        };
    }

    private static boolean isInstant(String text) {
        try {
            Instant.parse(text);
            return true;
        } catch (DateTimeException e) {
            return false;
        }
    }
}
