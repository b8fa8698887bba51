package dev.bide.http;

import jakarta.ws.rs.container.ContainerRequestContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the bytes of a request's body: never more than its limit, and only UTF-8. */
final class RequestBody {
    private static final Logger LOG = LoggerFactory.getLogger(RequestBody.class);

    /** Beyond that the connection is closed on whoever still sends, 16 MiB. */
    private static final int MOST_DISCARDED = 16 << 20;

    private RequestBody() {}

    /** @param limit in bytes, after unpacking where the body came compressed */
    static byte[] read(ContainerRequestContext request, int limit) {
        InputStream stream = request.getEntityStream();
        if (request.getLength() > limit) {
            throw tooLarge(stream, limit);
        }
        byte[] bytes = read(stream, limit);
        if (bytes.length > limit) {
            throw tooLarge(stream, limit);
        }
        return checked(bytes);
    }

    /** The same bytes, if they are UTF-8. */
    static byte[] checked(byte[] bytes) {
        checkUtf8(bytes);
        return bytes;
    }

    /** One byte more than the limit tells that there is more. Grows as bytes come, so that a promise of many costs nothing. */
    private static byte[] read(InputStream stream, int limit) {
        try {
            return stream.readNBytes(limit + 1);
        } catch (IOException | RuntimeException e) {
            throw unread(e);
        }
    }

    /** The server tells bad chunks, a client that is gone, and bad gzip in many ways; all are the client's. */
    static RequestException unread(@Nullable Throwable fault) {
        LOG.debug("A request body could not be read", fault);
        return RequestException.malformed("The body could not be read to its end");
    }

    /** Jackson lets overlong and other forbidden forms pass. */
    private static void checkUtf8(byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(Math.min(bytes.length + 1, 8_192));
        CoderResult result = decoder.decode(in, out, true);
        while (result.isOverflow()) {
            out.clear();
            result = decoder.decode(in, out, true);
        }
        if (result.isError()) {
            throw RequestException.malformed("The body is not UTF-8");
        }
    }

    /** Reads on for a while: a client that is still sending when the connection is closed would not see the answer. */
    private static RequestException tooLarge(InputStream stream, int limit) {
        discard(stream);
        return new RequestException(ProblemType.TOO_LARGE, "The body must have at most " + limit + " bytes");
    }

    /** Reads to the end, or until more has come than anybody should send in vain. */
    static void discard(InputStream stream) {
        byte[] discarded = new byte[8_192];
        try {
            int read = 0;
            for (int n = 0; n >= 0 && read < MOST_DISCARDED; read += n) {
                n = stream.read(discarded);
            }
        } catch (IOException | RuntimeException e) {
            LOG.debug("The rest of a request body could not be read", e);
        }
    }
}
