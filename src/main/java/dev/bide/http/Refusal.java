package dev.bide.http;

import jakarta.ws.rs.core.Response;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;

/** Sends answers past Jersey, also to those who are still sending. */
final class Refusal {
    /** Beyond that the connection is closed on whoever still sends, so long or so much. */
    private static final BodyReader.Patience LINGER = new BodyReader.Patience(Duration.ofSeconds(1), 0);

    private static final long MOST_DISCARDED = 16 << 20;

    private Refusal() {}

    /**
     * Answers a request whose body is not wanted. What of it is there is thrown away; if more is to come, the connection ends with the
     * answer. For a second what still comes is thrown away then, without a thread: a client that is cut off while it sends may never see
     * the answer (RFC 9112, 9.6).
     */
    static void send(Response answer, Request request, org.eclipse.jetty.server.Response response, Callback callback) {
        if (request.consumeAvailable()) {
            write(answer, response, callback);
            return;
        }
        response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE.asString());
        boolean isWaiting = request.getHeaders().contains(HttpHeader.EXPECT);
        write(
                answer,
                response,
                isWaiting ? callback : Callback.from(() -> linger(request, callback), callback::failed));
    }

    /** Sends an answer whose body, as that of all of ours, is bytes. */
    static void write(Response answer, org.eclipse.jetty.server.Response response, Callback callback) {
        response.setStatus(answer.getStatus());
        answer.getStringHeaders().forEach(response.getHeaders()::put);
        byte[] body = (byte[]) Objects.requireNonNull(answer.getEntity(), "every answer has a body");
        response.write(true, ByteBuffer.wrap(body), callback);
    }

    private static void linger(Request request, Callback callback) {
        BodyReader.read(request, LINGER, new Discarded()).whenComplete((end, fault) -> callback.succeeded());
    }

    private static final class Discarded implements BodyReader.Sink {
        private long bytes;

        @Override
        public void take(ByteBuffer content) {
            bytes += content.remaining();
            if (bytes > MOST_DISCARDED) {
                throw RequestException.malformed("The body is far too large");
            }
        }
    }
}
