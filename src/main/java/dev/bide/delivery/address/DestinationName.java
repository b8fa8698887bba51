package dev.bide.delivery.address;

import java.util.regex.Pattern;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * A host and port; what is asked of one and said of it counts for all paths there.
 *
 * @param host in lower case, an address without brackets
 */
public record DestinationName(String host, int port) {
    private static final Pattern HOST_AND_PORT =
            Pattern.compile("(\\[[^\\]\\[/?#@\\\\\\s]+\\]|[^\\[\\]:/?#@\\\\\\s]+):[0-9]{1,5}");

    public static DestinationName of(HttpUrl url) {
        String host = url.host();
        return new DestinationName(host.endsWith(".") ? host.substring(0, host.length() - 1) : host, url.port());
    }

    /** A host and its port, as whoever calls reads them in a url; null where that is something else. */
    public static @Nullable DestinationName parse(String text) {
        if (!HOST_AND_PORT.matcher(text).matches()) {
            return null;
        }
        HttpUrl url = HttpUrl.parse("http://" + text + "/");
        return url == null ? null : of(url);
    }

    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
