package dev.bide.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Urls as they were written. OkHttp's own parser makes a url's path and query over, which breaks what was signed: it sends {@code '} in a query as
 * {@code %27}, and leaves out dots as in {@code /a/./b}. Of a url that is a valid URI each byte of path and query is sent as it stands; letters beyond ASCII
 * are sent percent-encoded in UTF-8 (RFC 3987), and a fragment not at all.
 */
final class Target {

    private static final Pattern PARTS = Pattern.compile("(?i:https?)://[^/?#]+([^?#]*)(?:\\?([^#]*))?(?:#.*)?");

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private Target() {}

    /** Whether it is a URI as Java has it: RFC 3986, with brackets in queries, and with letters beyond ASCII. */
    static boolean valid(String text) {
        try {
            new URI(text);
            return true;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** Null where there is nothing that could be called. */
    static @Nullable HttpUrl parse(String text) {
        HttpUrl url;
        try {
            url = HttpUrl.parse(text);
        } catch (RuntimeException e) {
            return null;
        }
        if (url == null) {
            return null;
        }
        Matcher parts = PARTS.matcher(text);
        if (!parts.matches()) {
            return url;
        }
        if (!text.chars().allMatch(c -> c > ' ' && c != 0x7f)
                || !UTF_8.newEncoder().canEncode(text)
                || !valid(text)) {
            return url;
        }
        String path = parts.group(1).isEmpty() ? "/" : ascii(parts.group(1));
        String query = parts.group(2) == null ? null : ascii(parts.group(2));
        boolean same = url.encodedPath().equals(path) && Objects.equals(url.encodedQuery(), query);
        return same ? url : exactly(url, path, query);
    }

    private static String ascii(String text) {
        if (text.chars().allMatch(c -> c < 0x80)) {
            return text;
        }
        StringBuilder ascii = new StringBuilder();
        for (byte b : text.getBytes(UTF_8)) {
            if (b >= 0) {
                ascii.append((char) b);
            } else {
                ascii.append('%').append(HEX.toHexDigits(b));
            }
        }
        return ascii.toString();
    }

    /**
     * OkHttp has no public way to a url that it would write otherwise; its builder's fields, which Kotlin alone hides, have one. They hold what is sent: a path's
     * segments, and a query's names and values in turn, of which one name without a value is written as it is.
     */
    private static HttpUrl exactly(HttpUrl url, String path, @Nullable String query) {
        HttpUrl.Builder builder = url.newBuilder();
        List<String> segments = builder.getEncodedPathSegments$okhttp();
        segments.clear();
        segments.addAll(Arrays.asList(path.substring(1).split("/", -1)));
        builder.setEncodedQueryNamesAndValues$okhttp(query == null ? null : Arrays.asList(query, null));
        return builder.build();
    }
}
