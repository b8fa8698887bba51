package dev.bide.delivery.address;

import okhttp3.HttpUrl;

/**
 * A host and port; what is asked of one and said of it counts for all paths there.
 *
 * @param host in lower case, an address without brackets
 */
public record DestinationName(String host, int port) {
    public static DestinationName of(HttpUrl url) {
        String host = url.host();
        return new DestinationName(host.endsWith(".") ? host.substring(0, host.length() - 1) : host, url.port());
    }

    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
