package dev.bide.delivery.template;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON text in which values are found and taken as they are written: a tree of numbers would not know 1e3 from 1000. Read once; holds the text and where each
 * value stands in it. Immutable.
 */
final class JsonInput {

    private final String text;
    private final Part root;

    /** From the first character of a value to behind its last one. */
    private record Part(int from, int to, Map<String, Part> fields, List<Part> elements) {}

    /** @throws IllegalArgumentException unless it is JSON */
    JsonInput(String text) {
        this.text = text;
        try (JsonParser parser = ExactJson.MAPPER.getFactory().createParser(text)) {
            parser.nextToken();
            this.root = read(parser);
        } catch (IOException e) {
            throw new IllegalArgumentException("the run's input is no JSON", e);
        }
    }

    /** Nested as deep as Jackson lets it be. */
    private static Part read(JsonParser parser) throws IOException {
        int from = offset(parser);
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT) {
            Map<String, Part> fields = null;
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                fields = fields == null ? new LinkedHashMap<>() : fields;
                fields.put(name, read(parser));
            }
            return new Part(from, end(parser), fields == null ? Map.of() : fields, List.of());
        }
        if (token == JsonToken.START_ARRAY) {
            List<Part> elements = null;
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                elements = elements == null ? new ArrayList<>() : elements;
                elements.add(read(parser));
            }
            return new Part(from, end(parser), Map.of(), elements == null ? List.of() : elements);
        }
        return new Part(from, end(parser), Map.of(), List.of());
    }

    static int offset(JsonParser parser) {
        return (int) parser.currentTokenLocation().getCharOffset();
    }

    /** Behind the token that the parser stands on, which it then has read to its end. */
    static int end(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == null) {
            throw new IOException("no JSON");
        }
        if (token == JsonToken.VALUE_STRING) {
            parser.finishToken();
            return (int) parser.currentLocation().getCharOffset();
        }
        return offset(parser) + (token.isStructEnd() ? 1 : parser.getTextLength());
    }

    /** The JSON of what the steps lead to, as it is written; null where there is nothing. */
    @Nullable
    String find(List<String> steps) {
        Part part = root;
        for (String step : steps) {
            Part next = part.fields().get(step);
            if (next == null) {
                int index = index(step);
                next = index >= 0 && index < part.elements().size()
                        ? part.elements().get(index)
                        : null;
            }
            if (next == null) {
                return null;
            }
            part = next;
        }
        return text.substring(part.from(), part.to());
    }

    private static int index(String step) {
        boolean digits = !step.isEmpty() && step.length() < 10 && step.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits ? Integer.parseInt(step) : -1;
    }
}
