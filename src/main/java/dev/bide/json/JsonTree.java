package dev.bide.json;

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

    /** Characters of a number, and of a name: no use is known for longer ones, and readers further on have such limits. */
    private static final int LONGEST_NUMBER = 1_000;

    private static final int LONGEST_NAME = 50_000;

    /** Values between two looks at the memory. */
    private static final int STEP = 16;

    private final JsonParser parser;
    private final FieldErrors errors;
    private final int mostNodes;
    private final FieldPath always;
    private final ValueMemory memory;
    private int nodes;
    private int taken;
    private boolean isFull;

    /**
     * @param mostNodes that are kept; more are an error
     * @param always the member that is kept all the same
     * @param memory that they are taken from
     */
    JsonTree(JsonParser parser, FieldErrors errors, int mostNodes, FieldPath always, ValueMemory memory) {
        this.parser = parser;
        this.errors = errors;
        this.mostNodes = mostNodes;
        this.always = always;
        this.memory = memory;
    }

    /** The value that begins at the parser's current token; afterwards the parser is at its last token. */
    JsonNode read() throws IOException {
        return read(FieldPath.ROOT, 1);
    }

    /** Once nobody holds the values any more: what is kept of a request is text. */
    void giveBack() {
        memory.giveBack(taken);
        taken = 0;
    }

    private JsonNode read(FieldPath path, int depth) throws IOException {
        if (tooMany(path)) {
            parser.skipChildren();
            return NODES.nullNode();
        }
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> tooDeep(path, depth) ? NODES.objectNode() : object(path, depth);
            case START_ARRAY -> tooDeep(path, depth) ? NODES.arrayNode() : array(path, depth);
            case VALUE_STRING -> NODES.textNode(whole(path, parser.getText()));
            case VALUE_NUMBER_INT -> tooLong(path) ? NODES.nullNode() : integer();
            case VALUE_NUMBER_FLOAT -> tooLong(path) ? NODES.nullNode() : decimal(path);
            case VALUE_TRUE -> NODES.booleanNode(true);
            case VALUE_FALSE -> NODES.booleanNode(false);
            case VALUE_NULL -> NODES.nullNode();
            case NOT_AVAILABLE, END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT ->
                throw new IllegalStateException("no JSON value begins with " + token);
        };
    }

    private boolean tooMany(FieldPath path) {
        if (nodes < mostNodes) {
            if (nodes % STEP == 0) {
                memory.take(STEP);
                taken += STEP;
            }
            nodes++;
            return false;
        }
        if (!isFull) {
            isFull = true;
            errors.add(FieldPath.ROOT, "must hold at most " + mostNodes + " values");
        }
        return !path.equals(always);
    }

    private boolean tooLong(FieldPath path) throws IOException {
        if (parser.getTextLength() <= LONGEST_NUMBER) {
            return false;
        }
        errors.add(path, "is a number out of range");
        return true;
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
            if (name.length() > LONGEST_NAME) {
                errors.add(path, "must not hold a name of more than " + LONGEST_NAME + " characters");
            }
            parser.nextToken();
            JsonNode value = read(member, depth + 1);
            if (object.has(name)) {
                errors.add(member, "is given twice");
            } else if (!isFull || member.equals(always)) {
                object.set(name, value);
            }
        }
        return object;
    }

    private ArrayNode array(FieldPath path, int depth) throws IOException {
        ArrayNode array = NODES.arrayNode();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            JsonNode value = read(path.element(array.size()), depth + 1);
            if (!isFull) {
                array.add(value);
            }
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
            BigDecimal value = new Written(parser.getText());
            if (Math.abs((long) value.scale()) <= MOST_DIGITS) {
                return NODES.numberNode(value);
            }
        } catch (NumberFormatException beyondBigDecimal) {
            // Falls through: its exponent has more than ten digits.
        }
        errors.add(path, "is a number out of range");
        return NODES.nullNode();
    }

    /** A number that is written as it came: {@code 1e3} is not ours to make {@code 1E+3} of. */
    private static final class Written extends BigDecimal {
        private static final long serialVersionUID = 1L;

        private final String text;

        Written(String text) {
            super(text);
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    private String whole(FieldPath path, String text) {
        if (!PlainText.isWhole(text)) {
            errors.add(path, "must not hold half of a surrogate pair");
        }
        return text;
    }
}
