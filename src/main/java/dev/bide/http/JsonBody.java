package dev.bide.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Turns the bytes of a body into a draft: 400 where they are no JSON object, 422 where its fields are wrong. Thread-safe. */
final class JsonBody {
    private final JsonFactory factory;

    JsonBody(JsonFactory factory) {
        this.factory = factory;
    }

    /** A draft of a body that is one object. */
    <T> T read(byte[] bytes, Function<Fields, @Nullable T> draft) {
        FieldErrors errors = new FieldErrors();
        ObjectNode object = parse(bytes, parser -> (ObjectNode) new JsonTree(parser, errors).read(FieldPath.ROOT));
        errors.refuse();
        T value = draft.apply(new Fields(object, FieldPath.ROOT, errors));
        errors.refuse();
        return Objects.requireNonNull(value, "a draft without errors");
    }

    /** What {@code reader} reads of an object, from its first token to its last; there must be nothing after it. */
    <T> T parse(byte[] bytes, Reader<T> reader) {
        try (JsonParser parser = factory.createParser(bytes)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw RequestException.malformed("The body is empty; it must be a JSON object");
            }
            if (first != JsonToken.START_OBJECT) {
                throw RequestException.malformed("The body must be a JSON object");
            }
            T value = reader.read(parser);
            if (parser.nextToken() != null) {
                throw RequestException.malformed("There is something after the JSON object of the body");
            }
            return value;
        } catch (StreamConstraintsException e) {
            throw RequestException.malformed(
                    "The body nests too deep, or holds a number, name or string too long to read");
        } catch (JsonProcessingException e) {
            throw RequestException.malformed("The body is not JSON" + where(e.getLocation()));
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
    }

    private static String where(@Nullable JsonLocation location) {
        return location == null ? "" : ": see line " + location.getLineNr() + ", column " + location.getColumnNr();
    }

    /** Reads with a parser that is at the first token. */
    interface Reader<T> {
        T read(JsonParser parser) throws IOException;
    }
}
