package dev.bide.delivery;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Fills the variables in an action's header values and in the strings of its body. Of the body only string values are
 * touched, as nodes of the parsed tree, so that it stays valid JSON whatever a value holds; keys stay as they are. A
 * text without <code>{{</code> is never parsed.
 */
final class Filler {

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .nodeFactory(JsonNodeFactory.withExactBigDecimals(true))
            .build();

    private final Templates templates;
    private final int maxBodyLength;

    /** @param maxBodyLength of the filled strings of a body together, in characters */
    Filler(int maxBodyLength) {
        this.templates = new Templates();
        this.maxBodyLength = maxBodyLength;
    }

    /** Reads and writes numbers digit by digit: 1.10 stays 1.10. */
    static ObjectMapper mapper() {
        return MAPPER;
    }

    /** A filled action can't be sent. The message is fit for the timer's user. */
    static final class UnfillableException extends Exception {
        UnfillableException(String message) {
            super(message);
        }
    }

    /** Syntax errors and unknown variables in a text that is not JSON. */
    Optional<String> problem(String text) {
        return holdsVariable(text) ? templates.problem(text) : Optional.empty();
    }

    /** The same in each string of a JSON text, which the caller has found to be one. */
    void bodyProblems(String json, BiConsumer<String, String> report) {
        if (holdsVariable(json)) {
            try {
                visit("body", MAPPER.readTree(json), report);
            } catch (JsonProcessingException e) {
                report.accept("body", "must be JSON");
            }
        }
    }

    /** @param maxLength of the filled text, in characters */
    String fill(String text, Values values, int maxLength) throws UnfillableException {
        return holdsVariable(text) ? new Filling(values, maxLength).text(text) : text;
    }

    String fillBody(String json, Values values) throws UnfillableException {
        if (!holdsVariable(json)) {
            return json;
        }
        try {
            return MAPPER.writeValueAsString(new Filling(values, maxBodyLength).node(MAPPER.readTree(json)));
        } catch (JsonProcessingException e) {
            throw new UnfillableException("the body is no JSON");
        }
    }

    private static boolean holdsVariable(String text) {
        return text.contains("{{");
    }

    private void visit(String path, JsonNode node, BiConsumer<String, String> report) {
        if (node.isTextual()) {
            problem(node.textValue()).ifPresent(message -> report.accept(path, message));
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                visit(path + "[" + i + "]", node.get(i), report);
            }
        } else {
            for (Map.Entry<String, JsonNode> field : node.properties()) {
                visit(path + "." + field.getKey(), field.getValue(), report);
            }
        }
    }

    /** One action being filled: counts what it has come to, so that many variables of a big input can't fill the memory. */
    private final class Filling {
        private final Values values;
        private int room;

        Filling(Values values, int room) {
            this.values = values;
            this.room = room;
        }

        String text(String template) throws UnfillableException {
            String filled = templates.fill(template, values, room);
            room -= filled.length();
            return filled;
        }

        JsonNode node(JsonNode node) throws UnfillableException {
            if (node.isTextual()) {
                String text = node.textValue();
                return holdsVariable(text) ? new TextNode(text(text)) : node;
            }
            if (node instanceof ArrayNode array) {
                List<JsonNode> filled = new ArrayList<>(array.size());
                for (JsonNode element : array) {
                    filled.add(node(element));
                }
                return MAPPER.createArrayNode().addAll(filled);
            }
            if (node instanceof ObjectNode object) {
                ObjectNode filled = MAPPER.createObjectNode();
                for (Map.Entry<String, JsonNode> field : object.properties()) {
                    filled.set(field.getKey(), node(field.getValue()));
                }
                return filled;
            }
            return node;
        }
    }
}
