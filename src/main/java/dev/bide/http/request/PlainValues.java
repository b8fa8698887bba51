package dev.bide.http.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON as plain Java values, which is what delays are read from. */
final class PlainValues {
    private PlainValues() {}

    static Map<String, @Nullable Object> map(ObjectNode object) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        object.properties().forEach(member -> values.put(member.getKey(), value(member.getValue())));
        return values;
    }

    private static @Nullable Object value(JsonNode node) {
        if (node instanceof ObjectNode object) {
            return map(object);
        }
        if (node.isArray()) {
            List<@Nullable Object> values = new ArrayList<>(node.size());
            node.forEach(element -> values.add(value(element)));
            return values;
        }
        return switch (node.getNodeType()) {
            case STRING -> node.textValue();
            case NUMBER -> node.numberValue();
            case BOOLEAN -> node.booleanValue();
            case NULL, MISSING, ARRAY, BINARY, OBJECT, POJO -> null;
        };
    }
}
