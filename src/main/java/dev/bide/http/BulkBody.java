package dev.bide.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
final class BulkBody<T> {
    private final String listName;
    private final int mostItems;
    private final int itemLimit;
    private final Function<Fields, @Nullable T> draft;

    /**
     * @param listName of the body's one field
     * @param itemLimit bytes that one item may have, as if it came alone
     */
    BulkBody(String listName, int mostItems, int itemLimit, Function<Fields, @Nullable T> draft) {
        this.listName = listName;
        this.mostItems = mostItems;
        this.itemLimit = itemLimit;
        this.draft = draft;
    }

    /** A draft, or why there is none. */
    record Item<T>(@Nullable T draft, List<FieldError> errors) {}

    List<Item<T>> read(JsonParser parser) throws IOException {
        FieldErrors errors = new FieldErrors();
        FieldPath path = FieldPath.ROOT.field(listName);
        List<Item<T>> items = null;
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            JsonToken token = parser.nextToken();
            if (!name.equals(listName)) {
                errors.add(FieldPath.ROOT.field(name), "is not a known field");
                parser.skipChildren();
            } else if (items != null) {
                errors.add(path, "is given twice");
                parser.skipChildren();
            } else if (token != JsonToken.START_ARRAY) {
                errors.add(path, "must be a list");
                parser.skipChildren();
                items = List.of();
            } else {
                items = items(parser, path, errors);
            }
        }
        if (items == null) {
            errors.add(path, "is required");
        }
        errors.refuse();
        return Objects.requireNonNull(items);
    }

    private List<Item<T>> items(JsonParser parser, FieldPath path, FieldErrors errors) throws IOException {
        List<Item<T>> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (items.size() < mostItems) {
                items.add(item(parser));
            } else {
                if (errors.isEmpty()) {
                    errors.add(path, "must be at most " + mostItems);
                }
                parser.skipChildren();
            }
        }
        return items;
    }

    private Item<T> item(JsonParser parser) throws IOException {
        FieldErrors errors = new FieldErrors();
        long start = parser.currentTokenLocation().getByteOffset();
        var tree = new JsonTree(parser, errors).read(FieldPath.ROOT);
        if (parser.currentLocation().getByteOffset() - start > itemLimit) {
            errors.add(FieldPath.ROOT, "must have at most " + itemLimit + " bytes");
        }
        if (!(tree instanceof ObjectNode object)) {
            errors.add(FieldPath.ROOT, "must be an object");
            return new Item<>(null, errors.list());
        }
        T value = errors.isEmpty() ? draft.apply(new Fields(object, FieldPath.ROOT, errors)) : null;
        return new Item<>(value, errors.list());
    }
}
