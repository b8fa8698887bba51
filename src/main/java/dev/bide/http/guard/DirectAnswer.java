package dev.bide.http.guard;

import dev.bide.http.body.BodyReader;
import dev.bide.http.body.Patience;
import dev.bide.http.problem.RequestException;
import jakarta.ws.rs.core.Response;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;

/** Sends answers past Jersey, also to those who are still sending. */
public final class DirectAnswer {
    /** Read at once, before the answer. */
    private static final int MOST_CHUNKS = 16;

    private DirectAnswer() {}

    /** For how long, and how much, who is still sending is listened to after the answer; then the connection is closed. */
    enum Linger {
        /** For those who may not ask at all. */
        BRIEF(Duration.ofSeconds(1), 1 << 20),
        /** For those who may: a whole bulk call is in flight soon. */
        LONG(Duration.ofSeconds(5), 64 << 20);

        private final Patience patience;
        private final long most;

        Linger(Duration longest, long most) {
            this.patience = new Patience(longest, 0);
            this.most = most;
        }
    }

    /**
     * Answers a request whose body is not wanted. What of it is there is thrown away; if more is to come, the connection ends with the
     * answer. For some time what still comes is thrown away then, without a thread: a client that is cut off while it sends may never see
     * the answer (RFC 9112, 9.6).
     */
    static void send(
            Response answer,
            Linger linger,
            Request request,
            org.eclipse.jetty.server.Response response,
            Callback callback) {
        if (takeWhatIsThere(request)) {
            write(answer, response, callback);
            return;
        }
        response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE.asString());
        boolean isWaiting = request.getHeaders().contains(HttpHeader.EXPECT);
        write(
                answer,
                response,
                isWaiting ? callback : Callback.from(() -> linger(linger, request, callback), callback::failed));
    }

    /** Returns whether it was all. Jetty's own way of it, {@link Request#consumeAvailable}, lets nobody read on where it was not. */
    private static boolean takeWhatIsThere(Request request) {
        for (int i = 0; i < MOST_CHUNKS; i++) {
            Content.Chunk chunk = request.read();
            if (chunk == null || Content.Chunk.isFailure(chunk)) {
                return false;
            }
            chunk.release();
            if (chunk.isLast()) {
                return true;
            }
        }
        return false;
    }

    /** Sends an answer whose body, as that of all of ours, is bytes. */
    public static void write(Response answer, org.eclipse.jetty.server.Response response, Callback callback) {
        response.setStatus(answer.getStatus());
        answer.getStringHeaders().forEach(response.getHeaders()::put);
        byte[] body = (byte[]) Objects.requireNonNull(answer.getEntity(), "every answer has a body");
        response.write(true, ByteBuffer.wrap(body), callback);
    }

    private static void linger(Linger linger, Request request, Callback callback) {
        BodyReader.read(request, linger.patience, new Discarded(linger.most))
                .whenComplete((end, fault) -> callback.succeeded());
    }

    private static final class Discarded implements BodyReader.Sink {
        private long left;

        Discarded(long most) {
            this.left = most;
        }

        @Override
        public void take(ByteBuffer content) {
            left -= content.remaining();
            if (left < 0) {
                throw RequestException.malformed("The body is far too large");
            }
        }
    }
}
