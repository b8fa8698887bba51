package dev.bide.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.zip.CRC32;
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

    /** A number that is the same on all nodes and in all versions, since it is stored. Two destinations may have the same one. */
    int lane() {
        CRC32 sum = new CRC32();
        sum.update(toString().getBytes(UTF_8));
        int lane = (int) sum.getValue();
        return lane == HeldLanes.NONE ? lane + 1 : lane;
    }

    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
