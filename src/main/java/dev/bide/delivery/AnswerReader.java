package dev.bide.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Response;
import okio.Buffer;
import okio.BufferedSource;

/**
 * Reads an answer's body so far that its connection can serve the next call, and keeps the beginning of one that refuses.
 * The status alone decides: a body that is too long, too slow or broken costs its connection and nothing else.
 */
final class AnswerReader {

    private static final int EXCERPT = 256;
    private static final long STEP = 8_192;

    /** The status is here; nobody should wait long for the rest. */
    private static final long PATIENCE_MILLIS = 1_000;

    private final long limit;

    /** @param limit bytes */
    AnswerReader(long limit) {
        this.limit = limit;
    }

    /** The beginning of the body of an answer that is not 2xx; empty otherwise. */
    String read(Call call, Response response) {
        Buffer excerpt = new Buffer();
        try {
            BufferedSource body = response.body().source();
            body.timeout().deadline(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            Buffer rest = new Buffer();
            long count = 0;
            while (count <= limit) {
                boolean kept = !response.isSuccessful() && excerpt.size() < EXCERPT;
                long read = kept ? body.read(excerpt, EXCERPT - excerpt.size()) : body.read(rest, STEP);
                if (read < 0) {
                    return excerpt.readString(UTF_8);
                }
                count += read;
                rest.clear();
            }
        } catch (IOException | IllegalStateException e) {
            // Cut off below.
        }
        call.cancel();
        return excerpt.readString(UTF_8);
    }
}
