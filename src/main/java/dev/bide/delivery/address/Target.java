package dev.bide.delivery.address;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
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
public final class Target {
    /** Most timers of a workflow have the same few urls, and to read one costs as much as to write its request. Some 6 MB at most. */
    private static final Cache<String, Target> KNOWN =
            Caffeine.newBuilder().maximumSize(2_000).executor(Runnable::run).build();

    private static final int LONGEST_KNOWN = 512;

    private static final Pattern PARTS = Pattern.compile("(?i:https?)://[^/?#]+([^?#]*)(?:\\?([^#]*))?(?:#.*)?");

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private final HttpUrl url;
    private final DestinationName name;
    private final boolean valid;

    private Target(HttpUrl url, boolean valid) {
        this.url = url;
        this.name = DestinationName.of(url);
        this.valid = valid;
    }

    /** Null where there is nothing that could be called. */
    public static @Nullable Target of(String text) {
        return text.length() > LONGEST_KNOWN ? read(text) : KNOWN.get(text, Target::read);
    }

    /** What is called. */
    public HttpUrl url() {
        return url;
    }

    public DestinationName name() {
        return name;
    }

    /** Whether it is a URI as Java has it: RFC 3986, with brackets in queries, and with letters beyond ASCII. */
    boolean isValid() {
        return valid;
    }

    private static boolean isUri(String text) {
        try {
            new URI(text);
            return true;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static @Nullable Target read(String text) {
        HttpUrl url;
        try {
            url = HttpUrl.parse(text);
        } catch (RuntimeException e) {
            return null;
        }
        if (url == null) {
            return null;
        }
        boolean valid = isUri(text);
        Matcher parts = PARTS.matcher(text);
        if (!valid
                || !parts.matches()
                || !text.chars().allMatch(c -> c > ' ' && c != 0x7f)
                || !UTF_8.newEncoder().canEncode(text)) {
            return new Target(url, valid);
        }
        String path = parts.group(1).isEmpty() ? "/" : ascii(parts.group(1));
        String query = parts.group(2) == null ? null : ascii(parts.group(2));
        boolean same = url.encodedPath().equals(path) && Objects.equals(url.encodedQuery(), query);
        return new Target(same ? url : exactly(url, path, query), true);
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
