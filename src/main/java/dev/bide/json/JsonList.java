package dev.bide.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads a body that holds one list, item by item: each becomes a draft or its own errors, and the tree of one is gone before the next is
 * read. The body as a whole must be JSON, and hold nothing but the list.
 *
 * @param <T> a draft
 */
public final class JsonList<T> {
    private final String listName;
    private final int mostItems;
    private final int itemLimit;
    private final JsonReader json;
    private final Function<Fields, @Nullable T> draft;

    /**
     * @param listName of the body's one field
     * @param itemLimit bytes that one item may have, as if it came alone
     */
    public JsonList(
            String listName, int mostItems, int itemLimit, JsonReader json, Function<Fields, @Nullable T> draft) {
        this.listName = listName;
        this.mostItems = mostItems;
        this.itemLimit = itemLimit;
        this.json = json;
        this.draft = draft;
    }

    /** Throws {@link MalformedException} where it is no JSON, {@link InvalidException} where it is not that list. */
    public List<Reading<T>> read(byte[] bytes, ValueMemory memory) {
        // The outline's parser sees no item.
        JsonReader.checkUtf8(bytes);
        JsonItems items = JsonItems.of(bytes, mostItems);
        List<JsonItems.Place> places = places(items);
        List<Reading<T>> read = new ArrayList<>(places.size());
        for (JsonItems.Place place : places) {
            read.add(json.item(bytes, place, read.size(), itemLimit, memory, draft));
        }
        return read;
    }

    private List<JsonItems.Place> places(JsonItems items) {
        try {
            return JsonReader.parse(items.outline(), parser -> new Outline(parser, items).places());
        } catch (StreamConstraintsException e) {
            throw new MalformedException("The body nests too deep to be read");
        }
    }

    /** The body with its items left out. */
    private final class Outline {
        private final JsonParser parser;
        private final JsonItems items;
        private final FieldErrors errors = FieldErrors.collecting();

        /** Elements that were passed, of all lists. */
        private int passed;

        Outline(JsonParser parser, JsonItems items) {
            this.parser = parser;
            this.items = items;
        }

        /** Where the items of the one list stand. */
        List<JsonItems.Place> places() throws IOException {
            FieldPath path = FieldPath.ROOT.field(listName);
            List<JsonItems.Place> places = null;
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                JsonToken token = parser.nextToken();
                if (!name.equals(listName)) {
                    errors.add(FieldPath.ROOT.field(name), "is not a known field");
                    pass(token);
                } else if (places != null) {
                    errors.add(path, "is given twice");
                    pass(token);
                } else if (token != JsonToken.START_ARRAY) {
                    errors.add(path, "must be a list");
                    pass(token);
                    places = List.of();
                } else {
                    places = elements(path);
                }
            }
            if (places == null) {
                errors.add(path, "is required");
            }
            errors.refuse();
            return Objects.requireNonNull(places);
        }

        private List<JsonItems.Place> elements(FieldPath path) throws IOException {
            List<JsonItems.Place> places = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                JsonItems.Place place = items.place(passed);
                passed++;
                if (place != null) {
                    places.add(place);
                } else if (errors.isEmpty()) {
                    errors.add(path, "must be at most " + mostItems);
                }
            }
            return places;
        }

        private void pass(JsonToken token) throws IOException {
            if (token == JsonToken.START_ARRAY) {
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    passed++;
                }
            } else {
                parser.skipChildren();
            }
        }
    }
}
