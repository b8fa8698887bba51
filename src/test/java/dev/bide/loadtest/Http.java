package dev.bide.loadtest;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Gets a page now and then; the load goes another way. */
final class Http {
    private static final int TIMEOUT_MILLIS = 30_000;

    private Http() {}

    static String get(String url) throws IOException {
        try (InputStream body = open(url)) {
            return new String(body.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** The answer's body, to be closed by the caller. */
    static InputStream open(String url) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(url).toURL().openConnection();
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        return connection.getInputStream();
    }
}
