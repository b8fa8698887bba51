package dev.bide.http.request;

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
import dev.bide.http.body.Body;
import dev.bide.http.body.MemoryBudget;
import dev.bide.http.problem.RequestException;
import dev.bide.workflow.RunDraft;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Turns the bytes of a body into a draft: 400 where they are no JSON object, 422 where its fields are wrong. Thread-safe. */
public final class JsonBody {
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

    /** @param mostNodes values of all kinds that one object may hold */
    public JsonBody(int mostNodes) {
        this.mostNodes = mostNodes;
    }

    /** What a body that is one object holds. */
    public <T> Read<T> read(Body body, Function<Fields, @Nullable T> draft) {
        try {
            return parse(body.bytes(), parser -> read(parser, body.memory(), draft));
        } catch (StreamConstraintsException e) {
            throw RequestException.malformed("The body nests too deep to be read");
        }
    }

    private <T> Read<T> read(JsonParser parser, MemoryBudget.Share memory, Function<Fields, @Nullable T> draft)
            throws IOException {
        FieldErrors errors = new FieldErrors();
        JsonTree tree = new JsonTree(parser, errors, mostNodes, memory);
        Read<T> read = draft((ObjectNode) tree.read(), errors, draft);
        tree.giveBack();
        return read;
    }

    private static <T> Read<T> draft(ObjectNode object, FieldErrors errors, Function<Fields, @Nullable T> draft) {
        String key = key(object, errors);
        T value = errors.isEmpty() ? draft.apply(new Fields(object, FieldPath.ROOT, errors)) : null;
        return new Read<>(errors.isEmpty() ? value : null, errors.list(), key);
    }

    /** The key, unless it breaks a rule itself. */
    private static @Nullable String key(ObjectNode object, FieldErrors errors) {
        JsonNode key = object.get("key");
        if (key == null
                || !key.isTextual()
                || errors.list().stream().anyMatch(error -> error.field().equals("key"))) {
            return null;
        }
        return RunDraft.isKey(key.textValue()) ? key.textValue() : null;
    }

    /**
     * One item of a bulk call.
     *
     * @param number from 0, for whoever looks for the fault
     */
    <T> Read<T> item(
            byte[] bytes,
            JsonItems.Place place,
            int number,
            int limit,
            MemoryBudget.Share memory,
            Function<Fields, @Nullable T> draft) {
        FieldErrors errors = new FieldErrors();
        if (place.length() > limit) {
            errors.add(FieldPath.ROOT, "must have at most " + limit + " bytes");
        }
        // A copy: of a part of an array Jackson reads on beyond its end.
        byte[] item = Arrays.copyOfRange(bytes, place.start(), place.start() + place.length());
        try (JsonParser parser = FACTORY.createParser(item)) {
            parser.nextToken();
            JsonTree tree = new JsonTree(parser, errors, mostNodes, memory);
            JsonNode value = tree.read();
            if (parser.nextToken() != null) {
                throw RequestException.malformed("The body is not JSON: see item " + number + " of the list");
            }
            if (value instanceof ObjectNode object) {
                Read<T> read = draft(object, errors, draft);
                tree.giveBack();
                return read;
            }
            errors.add(FieldPath.ROOT, "must be an object");
        } catch (StreamConstraintsException e) {
            if (errors.isEmpty()) {
                errors.add(FieldPath.ROOT, "nests too deep to be read");
            }
        } catch (JsonProcessingException e) {
            throw RequestException.malformed("The body is not JSON: see item " + number + " of the list");
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
        return new Read<>(null, errors.list(), null);
    }

    /** What {@code reader} reads of an object, from its first token to its last; there must be nothing after it. */
    static <T> T parse(byte[] bytes, Reader<T> reader) throws StreamConstraintsException {
        checkUtf8(bytes);
        try (JsonParser parser = FACTORY.createParser(bytes)) {
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
            throw e;
        } catch (JsonProcessingException e) {
            throw RequestException.malformed("The body is not JSON" + where(e.getLocation()));
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
            throw RequestException.malformed("The body is not UTF-8");
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
