package dev.bide.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigDecimal;

/**
 * Puts a JSON value together, strictly. What is JSON but can't be kept or passed on faithfully becomes an error with its path: a name
 * given twice, half a surrogate pair, a number beyond any use, nesting that readers further on would choke on. Jackson's own tree would
 * keep the last of two equal names, and would stop at the first error in the middle of a bulk request.
 */
final class JsonTree {
    /** Levels of lists and objects: a third party's parser can hardly be expected to take more, and Jackson's writers take 1,000. */
    static final int DEEPEST = 100;

    /** Digits before or after the decimal point: writing {@code 1e999999999} out would take a gigabyte. */
    private static final int MOST_DIGITS = 400;

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final JsonParser parser;
    private final FieldErrors errors;

    JsonTree(JsonParser parser, FieldErrors errors) {
        this.parser = parser;
        this.errors = errors;
    }

    /** The value that begins at the parser's current token; afterwards the parser is at its last token. */
    JsonNode read(FieldPath path) throws IOException {
        return read(path, 1);
    }

    private JsonNode read(FieldPath path, int depth) throws IOException {
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> tooDeep(path, depth) ? NODES.objectNode() : object(path, depth);
            case START_ARRAY -> tooDeep(path, depth) ? NODES.arrayNode() : array(path, depth);
            case VALUE_STRING -> NODES.textNode(whole(path, parser.getText()));
            case VALUE_NUMBER_INT -> integer();
            case VALUE_NUMBER_FLOAT -> decimal(path);
            case VALUE_TRUE -> NODES.booleanNode(true);
            case VALUE_FALSE -> NODES.booleanNode(false);
            case VALUE_NULL -> NODES.nullNode();
            case NOT_AVAILABLE, END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT ->
                throw new IllegalStateException("no JSON value begins with " + token);
        };
    }

    private boolean tooDeep(FieldPath path, int depth) throws IOException {
        if (depth <= DEEPEST) {
            return false;
        }
        errors.add(path, "is nested more than " + DEEPEST + " levels deep");
        parser.skipChildren();
        return true;
    }

    private ObjectNode object(FieldPath path, int depth) throws IOException {
        ObjectNode object = NODES.objectNode();
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            FieldPath member = path.field(whole(path, name));
            parser.nextToken();
            if (object.replace(name, read(member, depth + 1)) != null) {
                errors.add(member, "is given twice");
            }
        }
        return object;
    }

    private ArrayNode array(FieldPath path, int depth) throws IOException {
        ArrayNode array = NODES.arrayNode();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            array.add(read(path.element(array.size()), depth + 1));
        }
        return array;
    }

    private JsonNode integer() throws IOException {
        return switch (parser.getNumberType()) {
            case INT -> NODES.numberNode(parser.getIntValue());
            case LONG -> NODES.numberNode(parser.getLongValue());
            case BIG_INTEGER, FLOAT, DOUBLE, BIG_DECIMAL -> NODES.numberNode(parser.getBigIntegerValue());
        };
    }

    private JsonNode decimal(FieldPath path) throws IOException {
        try {
            BigDecimal value = new BigDecimal(parser.getText());
            if (Math.abs((long) value.scale()) <= MOST_DIGITS) {
                return NODES.numberNode(value);
            }
        } catch (NumberFormatException beyondBigDecimal) {
            // Falls through: its exponent has more than ten digits.
        }
        errors.add(path, "is a number out of range");
        return NODES.nullNode();
    }

    private String whole(FieldPath path, String text) {
        if (!PlainText.isWhole(text)) {
            errors.add(path, "must not hold half of a surrogate pair");
        }
        return text;
    }
}
