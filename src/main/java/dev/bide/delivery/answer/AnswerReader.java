package dev.bide.delivery.answer;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Response;
import okio.Buffer;
import okio.BufferedSource;
import okio.ByteString;

/**
 * Reads an answer's body so far that its connection can serve the next call, and keeps the beginning of one that refuses.
 * The status alone decides: a body that is too long, too slow or broken costs its connection and nothing else.
 */
public final class AnswerReader {

    private static final int EXCERPT = 1_024;
    private static final long STEP = 8_192;

    /** The status is here; nobody should wait long for the rest. */
    private static final long PATIENCE_MILLIS = 1_000;

    private final long limit;

    /** @param limit bytes */
    public AnswerReader(long limit) {
        this.limit = limit;
    }

    /**
     * The beginning of the body of an answer; empty where that is not wanted.
     *
     * @param always keeps that of a 2xx too
     */
    public AnswerText read(Call call, Response response, boolean always) {
        ByteString beginning = beginning(call, response, always);
        return beginning.size() == 0
                ? AnswerText.NONE
                : new AnswerText(beginning, response.body().contentType());
    }

    private ByteString beginning(Call call, Response response, boolean always) {
        Buffer excerpt = new Buffer();
        try {
            BufferedSource body = response.body().source();
            body.timeout().deadline(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            Buffer rest = new Buffer();
            long count = 0;
            while (count <= limit) {
                boolean kept = (always || !response.isSuccessful()) && excerpt.size() < EXCERPT;
                long read = kept ? body.read(excerpt, EXCERPT - excerpt.size()) : body.read(rest, STEP);
                if (read < 0) {
                    return excerpt.readByteString();
                }
                count += read;
                rest.clear();
            }
        } catch (IOException | IllegalStateException e) {
            // Cut off below.
        }
        call.cancel();
        return excerpt.readByteString();
    }
}
