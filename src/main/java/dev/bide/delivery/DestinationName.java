package dev.bide.delivery;

import okhttp3.HttpUrl;

/**
 * A host and port; what is asked of one and said of it counts for all paths there.
 *
 * @param host in lower case, an address without brackets
 */
record DestinationName(String host, int port) {
    static DestinationName of(HttpUrl url) {
        String host = url.host();
        return new DestinationName(host.endsWith(".") ? host.substring(0, host.length() - 1) : host, url.port());
    }

    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
