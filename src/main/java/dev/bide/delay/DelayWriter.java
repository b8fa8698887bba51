package dev.bide.delay;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts the fields of a delay's canonical JSON together: in the order given, without those that are null. */
final class DelayWriter {

    private final Map<String, Object> fields = new LinkedHashMap<>();

    DelayWriter(String type) {
        fields.put("type", type);
    }

    DelayWriter field(String name, Object value) {
        fields.put(name, value);
        return this;
    }

    /** A value whose {@code toString} is its JSON: ISO-8601 dates and times, zone names, our own lower-case enums. */
    DelayWriter text(String name, @Nullable Object value) {
        if (value != null) {
            fields.put(name, value.toString());
        }
        return this;
    }

    Map<String, Object> fields() {
        return Collections.unmodifiableMap(fields);
    }
}
