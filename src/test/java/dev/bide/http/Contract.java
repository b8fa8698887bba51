package dev.bide.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialects;
import dev.bide.workflow.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** openapi.yaml, held against what is really asked and answered. Thread-safe. */
final class Contract {
    private static final ObjectMapper MAPPER = Json.mapper();
    private static final JsonNode DOCUMENT = load();

    private static final SchemaRegistry SCHEMAS = SchemaRegistry.withDialect(
            Dialects.getOpenApi31(),
            registry -> registry.schemaRegistryConfig(
                    SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));

    /** The document's own; answers may hold nothing that it does not name. */
    private static final JsonNode REQUESTS = DOCUMENT.at("/components/schemas");

    private static final JsonNode ANSWERS = closed(REQUESTS.deepCopy());

    private static final List<Operation> OPERATIONS = operations();
    private static final Map<String, Schema> KNOWN = new ConcurrentHashMap<>();

    private Contract() {}

    /** @param path with variables in braces, after {@code /v1} */
    record Operation(String id, String method, String path, JsonNode described) {
        boolean isAt(String asked) {
            return Pattern.matches(path.replaceAll("\\{\\w+}", "[^/]+"), asked);
        }

        int variables() {
            return (int) path.chars().filter(c -> c == '{').count();
        }

        /** The body that the document shows, as text; null where there is none. */
        String example() {
            JsonNode content = described.at("/requestBody/content");
            return content.isMissingNode()
                    ? null
                    : content.properties()
                            .iterator()
                            .next()
                            .getValue()
                            .path("example")
                            .toString();
        }
    }

    private static JsonNode load() {
        try {
            JsonNode document = new YAMLMapper().readTree(Contract.class.getResource("/openapi.yaml"));
            // Each schema stands alone, with those that it leads to beside it.
            return MAPPER.readTree(document.toString().replace("#/components/schemas/", "#/$defs/"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        DOCUMENT.path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(member -> {
                    if (member.getValue().has("operationId")) {
                        operations.add(new Operation(
                                member.getValue().path("operationId").textValue(),
                                member.getKey().toUpperCase(Locale.ROOT),
                                path.getKey(),
                                member.getValue()));
                    }
                }));
        return operations;
    }

    /** An answer must be one that the document has, to the last field. What no operation is described for must not be served. */
    static void hold(String method, String path, int status, String type, String body) {
        Optional<Operation> operation = operation(method, path.replaceFirst("/$", ""));
        if (operation.isEmpty()) {
            assertThat(status).as("%s %s is not described", method, path).isGreaterThanOrEqualTo(400);
            return;
        }
        String call = method + " " + path + " " + status;
        JsonNode responses = operation.get().described().path("responses");
        JsonNode response = responses.path(Integer.toString(status));
        if (response.isMissingNode()) {
            assertThat(status).as("%s is not described", call).isGreaterThanOrEqualTo(400);
            response = responses.path("default");
        }
        response = resolved(response);
        JsonNode content = response.path("content");
        if (content.isMissingNode()) {
            assertThat(body).as(call).isEmpty();
            return;
        }
        assertThat(content.has(type)).as("%s: %s", call, type).isTrue();
        if (type.endsWith("json")) {
            String schema = operation.get().id() + " " + (responses.has(Integer.toString(status)) ? status : "default");
            hold(call, schema, content.path(type).path("schema"), ANSWERS, body);
        }
    }

    /** A body that was taken must be one that the document allows. */
    static void holdRequest(Operation operation, String body) {
        JsonNode content = operation.described().at("/requestBody/content");
        if (body != null && !content.isMissingNode()) {
            JsonNode schema = content.properties().iterator().next().getValue().path("schema");
            hold("request of " + operation.id(), operation.id(), schema, REQUESTS, body);
        }
    }

    private static void hold(String what, String name, JsonNode schema, JsonNode components, String body) {
        Schema known = KNOWN.computeIfAbsent(name, key -> {
            ObjectNode whole = components == ANSWERS ? (ObjectNode) closed(schema.deepCopy()) : schema.deepCopy();
            whole.set("$defs", components);
            return SCHEMAS.getSchema(whole);
        });
        try {
            assertThat(known.validate(MAPPER.readTree(body)))
                    .as("%s: %s", what, body)
                    .isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The one with the fewest variables: {@code /runs/cancel} is no run. */
    private static Optional<Operation> operation(String method, String path) {
        return OPERATIONS.stream()
                .filter(one -> one.method().equals(method) && one.isAt(path))
                .min(Comparator.comparingInt(Operation::variables));
    }

    private static JsonNode resolved(JsonNode response) {
        JsonNode reference = response.path("$ref");
        return reference.isMissingNode()
                ? response
                : DOCUMENT.at(reference.textValue().substring(1));
    }

    /** The same schemas, whose objects have the fields that they name and no others. */
    private static JsonNode closed(JsonNode schemas) {
        if (schemas instanceof ObjectNode object) {
            if (object.path("properties").isObject()
                    && object.path("type").isTextual()
                    && !object.has("additionalProperties")) {
                object.put("additionalProperties", false);
            }
            object.properties().forEach(member -> {
                if (!member.getKey().startsWith("example")) {
                    closed(member.getValue());
                }
            });
        } else {
            schemas.forEach(Contract::closed);
        }
        return schemas;
    }
}
