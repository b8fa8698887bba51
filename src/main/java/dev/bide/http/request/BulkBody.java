package dev.bide.http.request;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.bide.http.body.Body;
import dev.bide.http.problem.RequestException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of a bulk call, item by item: each becomes a draft or its own errors, and the tree of one is gone before the next is
 * read. The body as a whole must be JSON, and hold nothing but the list.
 *
 * @param <T> a draft
 */
public final class BulkBody<T> {
    private final String listName;
    private final int mostItems;
    private final int itemLimit;
    private final JsonBody json;
    private final Function<Fields, @Nullable T> draft;

    /**
     * @param listName of the body's one field
     * @param itemLimit bytes that one item may have, as if it came alone
     */
    public BulkBody(String listName, int mostItems, int itemLimit, JsonBody json, Function<Fields, @Nullable T> draft) {
        this.listName = listName;
        this.mostItems = mostItems;
        this.itemLimit = itemLimit;
        this.json = json;
        this.draft = draft;
    }

    public List<Read<T>> read(Body body) {
        // The outline's parser sees no item.
        JsonBody.checkUtf8(body.bytes());
        JsonItems items = JsonItems.of(body.bytes(), mostItems);
        List<JsonItems.Place> places = places(items);
        List<Read<T>> read = new ArrayList<>(places.size());
        for (JsonItems.Place place : places) {
            read.add(json.item(body.bytes(), place, read.size(), itemLimit, body.memory(), draft));
        }
        return read;
    }

    private List<JsonItems.Place> places(JsonItems items) {
        try {
            return JsonBody.parse(items.outline(), parser -> new Outline(parser, items).places());
        } catch (StreamConstraintsException e) {
            throw RequestException.malformed("The body nests too deep to be read");
        }
    }

    /** The body with its items left out. */
    private final class Outline {
        private final JsonParser parser;
        private final JsonItems items;
        private final FieldErrors errors = new FieldErrors();

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
