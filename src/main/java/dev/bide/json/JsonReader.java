package dev.bide.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Turns the bytes of a body into a draft, and all that is wrong with its fields; {@link MalformedException} where they are no JSON object.
 * Thread-safe.
 */
public final class JsonReader {
    /** Each level that the parser is in takes some memory; what is beyond {@link JsonTree#DEEPEST} is only passed over. */
    private static final int DEEPEST = 10_000;

    /**
     * Lengths are {@link JsonTree}'s to judge, value by value. Names are not remembered from one body to the next: they are a client's, and
     * thousands of long ones would stay in memory for ever.
     */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private final int mostNodes;
    private final String always;

    /**
     * @param mostNodes values of all kinds that one object may hold
     * @param always the name of the one member that is read however much else is wrong
     */
    public JsonReader(int mostNodes, String always) {
        this.mostNodes = mostNodes;
        this.always = always;
    }

    /** What a body that is one object holds. */
    public <T> Reading<T> object(byte[] bytes, ValueMemory memory, Function<Fields, @Nullable T> draft) {
        try {
            return parse(bytes, parser -> {
                FieldErrors errors = FieldErrors.collecting();
                JsonTree tree = tree(parser, errors, memory);
                Reading<T> read = draft((ObjectNode) tree.read(), errors, draft);
                tree.giveBack();
                return read;
            });
        } catch (StreamConstraintsException e) {
            throw new MalformedException("The body nests too deep to be read");
        }
    }

    private JsonTree tree(JsonParser parser, FieldErrors errors, ValueMemory memory) {
        return new JsonTree(parser, errors, mostNodes, FieldPath.ROOT.field(always), memory);
    }

    private <T> Reading<T> draft(ObjectNode object, FieldErrors errors, Function<Fields, @Nullable T> draft) {
        JsonNode kept = errors.has(FieldPath.ROOT.field(always)) ? null : object.get(always);
        String text = kept == null ? null : kept.textValue();
        T value = errors.isEmpty() ? draft.apply(new Fields(object, FieldPath.ROOT, errors)) : null;
        return new Reading<>(errors.isEmpty() ? value : null, errors.list(), text);
    }

    /**
     * One item of a list.
     *
     * @param number from 0, for whoever looks for the fault
     */
    <T> Reading<T> item(
            byte[] bytes,
            JsonItems.Place place,
            int number,
            int limit,
            ValueMemory memory,
            Function<Fields, @Nullable T> draft) {
        FieldErrors errors = FieldErrors.collecting();
        if (place.length() > limit) {
            errors.add(FieldPath.ROOT, "must have at most " + limit + " bytes");
        }
        // A copy: of a part of an array Jackson reads on beyond its end.
        byte[] item = Arrays.copyOfRange(bytes, place.start(), place.start() + place.length());
        try (JsonParser parser = FACTORY.createParser(item)) {
            parser.nextToken();
            JsonTree tree = tree(parser, errors, memory);
            try {
                JsonNode value = tree.read();
                if (parser.nextToken() != null) {
                    throw new MalformedException("The body is not JSON: see item " + number + " of the list");
                }
                if (value instanceof ObjectNode object) {
                    return draft(object, errors, draft);
                }
            } finally {
                tree.giveBack();
            }
            errors.add(FieldPath.ROOT, "must be an object");
        } catch (StreamConstraintsException e) {
            if (errors.isEmpty()) {
                errors.add(FieldPath.ROOT, "nests too deep to be read");
            }
        } catch (JsonProcessingException e) {
            throw new MalformedException("The body is not JSON: see item " + number + " of the list");
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
        return new Reading<>(null, errors.list(), null);
    }

    /** What {@code reader} reads of an object, from its first token to its last; there must be nothing after it. */
    static <T> T parse(byte[] bytes, Reader<T> reader) throws StreamConstraintsException {
        checkUtf8(bytes);
        try (JsonParser parser = FACTORY.createParser(bytes)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw new MalformedException("The body is empty; it must be a JSON object");
            }
            if (first != JsonToken.START_OBJECT) {
                throw new MalformedException("The body must be a JSON object");
            }
            T value = reader.read(parser);
            if (parser.nextToken() != null) {
                throw new MalformedException("There is something after the JSON object of the body");
            }
            return value;
        } catch (StreamConstraintsException e) {
            throw e;
        } catch (JsonProcessingException e) {
            throw new MalformedException("The body is not JSON" + where(e.getLocation()));
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
    }

    /** Jackson lets overlong and other forbidden forms pass. */
    static void checkUtf8(byte[] bytes) {
        CharsetDecoder decoder = UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(Math.min(bytes.length + 1, 8_192));
        CoderResult result = decoder.decode(in, out, true);
        while (result.isOverflow()) {
            out.clear();
            result = decoder.decode(in, out, true);
        }
        if (result.isError()) {
            throw new MalformedException("The body is not UTF-8");
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
