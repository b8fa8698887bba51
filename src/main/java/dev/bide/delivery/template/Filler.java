package dev.bide.delivery.template;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Fills the variables in an action's header values and in the strings of its body. Of the body only string values that hold variables are
 * touched; all else is copied as it is written, so that numbers keep their digits, and keys stay as they are. A string that is one variable and nothing else becomes the value
 * itself, as the run's input has it; in a longer one a value is text. It stays valid JSON whatever a value holds. A text
 * without <code>{{</code> is never parsed.
 */
public final class Filler {

    private final Templates templates;
    private final int maxBodyLength;

    /** @param maxBodyLength of the filled strings of a body together, in characters */
    public Filler(int maxBodyLength) {
        this.templates = new Templates();
        this.maxBodyLength = maxBodyLength;
    }

    /** Syntax errors and unknown variables in a text that is not JSON. */
    public Optional<String> problem(String text) {
        return holdsVariable(text) ? templates.problem(text) : Optional.empty();
    }

    /** The same in each string of a JSON text, which the caller has found to be one. */
    public void bodyProblems(String json, BiConsumer<String, String> report) {
        if (holdsVariable(json)) {
            try {
                visit("body", ExactJson.MAPPER.readTree(json), report);
            } catch (JsonProcessingException e) {
                report.accept("body", "must be JSON");
            }
        }
    }

    /** @param maxLength of the filled text, in characters */
    public String fill(String text, Values values, int maxLength) throws UnfillableException {
        return holdsVariable(text) ? new Filling(values, maxLength).text(text) : text;
    }

    public String fillBody(String json, Values values) throws UnfillableException {
        if (!holdsVariable(json)) {
            return json;
        }
        Filling filling = new Filling(values, maxBodyLength);
        StringBuilder filled = new StringBuilder();
        int copied = 0;
        try (JsonParser parser = ExactJson.MAPPER.getFactory().createParser(json)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.VALUE_STRING && holdsVariable(parser.getText())) {
                    filled.append(json, copied, JsonInput.offset(parser)).append(filling.value(parser.getText()));
                    copied = JsonInput.end(parser);
                }
            }
        } catch (IOException e) {
            throw new UnfillableException("the body is no JSON");
        }
        return filled.append(json, copied, json.length()).toString();
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

        /** The JSON that a string of the body becomes. */
        String value(String template) throws UnfillableException {
            Optional<String> variable = templates.onlyVariable(template);
            if (variable.isEmpty()) {
                return Values.write(text(template));
            }
            String json = values.json(variable.get());
            if (json.length() > room) {
                throw new UnfillableException("filled with its values it is too long");
            }
            room -= json.length();
            return json;
        }
    }
}
