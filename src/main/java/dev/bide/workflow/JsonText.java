package dev.bide.workflow;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Objects;

/**
 * A JSON value as text: what users give us to pass on. It is kept as text because a tree of it can take thirty times the memory, and because
 * its digits ({@code 1.0}, {@code 1e3}) are not ours to change. Jackson writes it as it is.
 *
 * @param text one well-formed JSON value; who makes one vouches for it, or has {@link #parse} look
 */
@JsonSerialize(using = JsonText.Writer.class)
@JsonDeserialize(using = JsonText.Reader.class)
public record JsonText(String text) {
    public static final JsonText EMPTY_OBJECT = new JsonText("{}");

    private static final JsonFactory FACTORY = new JsonFactory();

    public JsonText {
        Objects.requireNonNull(text, "text");
    }

    /** {@link IllegalArgumentException} where {@code text} is not one JSON value. */
    public static JsonText parse(String text) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            if (parser.nextToken() == null) {
                throw new IllegalArgumentException("there is no JSON value");
            }
            parser.skipChildren();
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException("there is something after the JSON value");
            }
            return new JsonText(text);
        } catch (IOException e) {
            throw new IllegalArgumentException("this is not JSON", e);
        }
    }

    public static JsonText of(JsonNode value) {
        return new JsonText(value.toString());
    }

    /** Characters: a measure of its memory, of which each takes one byte, or two where any of them is not Latin. */
    public int length() {
        return text.length();
    }

    public boolean isObject() {
        return text.stripLeading().startsWith("{");
    }

    @Override
    public String toString() {
        return text;
    }

    static final class Writer extends StdSerializer<JsonText> {
        private static final long serialVersionUID = 1L;

        Writer() {
            super(JsonText.class);
        }

        @Override
        public void serialize(JsonText value, JsonGenerator generator, SerializerProvider provider) throws IOException {
            generator.writeRawValue(value.text());
        }
    }

    /** Copies token by token: numbers by their digits, without a tree. */
    static final class Reader extends StdDeserializer<JsonText> {
        private static final long serialVersionUID = 1L;

        Reader() {
            super(JsonText.class);
        }

        @Override
        public JsonText deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            StringWriter text = new StringWriter();
            try (JsonGenerator copy = FACTORY.createGenerator(text)) {
                int depth = 0;
                JsonToken token = parser.currentToken();
                while (true) {
                    if (token.isNumeric()) {
                        copy.writeNumber(parser.getText());
                    } else {
                        copy.copyCurrentEvent(parser);
                    }
                    depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                    if (depth == 0) {
                        break;
                    }
                    token = parser.nextToken();
                }
            }
            return new JsonText(text.toString());
        }
    }
}
