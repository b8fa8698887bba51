package dev.bide.workflow;

import static dev.bide.workflow.Checks.required;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP call to a third party. What a url and a header may be is the delivery room's to say; here only the shape is checked.
 *
 * @param method upper case; POST where none is given
 * @param headers in the order given
 * @param body any JSON, or none; strings in it and in the headers may hold {@code {{…}}}
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Action(
        String method,
        String url,
        Map<String, String> headers,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable JsonText body) {

    public Action {
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }

    /** Characters of all of it. */
    public long size() {
        long size = url.length() + (body == null ? 0 : body.length());
        for (Map.Entry<String, String> header : headers.entrySet()) {
            size += header.getKey().length() + header.getValue().length();
        }
        return size;
    }

    /** Whether it may be filled from a run's input, which then has to be there. */
    boolean mayHoldInput() {
        return mayHoldInput(body == null ? "" : body.text())
                || headers.values().stream().anyMatch(Action::mayHoldInput);
    }

    /** A name in JSON may be written with escapes. */
    private static boolean mayHoldInput(String text) {
        return text.contains("{{") && (text.contains("input") || text.contains("\\u"));
    }

    @JsonCreator
    public static Action of(
            @JsonProperty("method") @Nullable String method,
            @JsonProperty("url") @Nullable String url,
            @JsonProperty("headers") @Nullable Map<String, @Nullable String> headers,
            @JsonProperty("body") @Nullable JsonText body) {
        Map<String, String> checked = new LinkedHashMap<>();
        if (headers != null) {
            headers.forEach((name, value) -> checked.put(name, required("headers." + name, value)));
        }
        return new Action(
                method == null ? "POST" : method.toUpperCase(Locale.ROOT), required("url", url), checked, body);
    }
}
