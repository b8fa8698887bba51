package dev.bide.http.body;

import org.eclipse.jetty.http.MimeTypes;
import org.jspecify.annotations.Nullable;

/** What bodies are said to be. */
public final class MediaTypes {
    private static final String JSON = "application/json";

    private MediaTypes() {}

    /** Whether a type without parameters, which tell nothing here, is JSON's. */
    public static boolean isJson(String type) {
        return type.equalsIgnoreCase(JSON);
    }

    /** The same of a header, at a glance: true for what nearly all senders write, false for JSON's in any other spelling. */
    public static boolean isPlainJson(@Nullable String header) {
        MimeTypes.Type known = header == null ? null : MimeTypes.CACHE.get(header);
        return known != null && isJson(known.getBaseType().asString());
    }
}
