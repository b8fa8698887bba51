package dev.bide.delivery;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The call a timer makes, as its user wrote it: header values and the strings in the body may hold {@code {{variables}}}.
 *
 * <p>This record takes any text; {@link ActionRules#check} says what is wrong with it.
 *
 * @param url absolute, {@code http} or {@code https}; never filled from the run
 * @param headers by name, in the order they are sent; no name twice, in whatever case
 * @param body JSON text, sent as it stands where it holds no variable; null for none
 */
public record HttpAction(
        String method,
        String url,
        Map<String, String> headers,
        @Nullable String body) {

    public static final String DEFAULT_METHOD = "POST";

    public HttpAction {
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }
}
