package dev.bide.manifest;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** The fields of an object by where they are, to be spoilt one by one. */
final class Fields {
    private Fields() {}

    static List<JsonPointer> of(ObjectNode object) {
        List<JsonPointer> found = new ArrayList<>();
        collect(object, JsonPointer.empty(), found);
        return found;
    }

    private static void collect(JsonNode node, JsonPointer at, List<JsonPointer> found) {
        node.properties().forEach(field -> {
            JsonPointer below = at.appendProperty(field.getKey());
            found.add(below);
            collect(field.getValue(), below, found);
        });
        for (int index = 0; node.isArray() && index < node.size(); index++) {
            collect(node.get(index), at.appendIndex(index), found);
        }
    }

    /** Calls a field otherwise. */
    static void rename(ObjectNode object, JsonPointer field) {
        ObjectNode holder = (ObjectNode) object.at(field.head());
        String name = field.last().getMatchingProperty();
        holder.set(name + "x", holder.remove(name));
    }

    static void set(ObjectNode object, JsonPointer field, JsonNode value) {
        JsonNode holder = object.at(field.head());
        if (holder.isMissingNode() || object.at(field).isMissingNode()) {
            throw new IllegalArgumentException(Manifest.title(object) + " has no " + field);
        }
        if (holder instanceof ArrayNode array) {
            array.set(field.last().getMatchingIndex(), value);
        } else {
            ((ObjectNode) holder).set(field.last().getMatchingProperty(), value);
        }
    }
}
